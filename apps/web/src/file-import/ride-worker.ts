import { lengthM, parseRideGpx } from '@fleet/api/recording'
import type { RideInFile } from './ride-file.ts'

/*
 * Reads a GPX file beside the page: 50 MB of XML take seconds in which nobody could type. Its message is the text of the
 * file, its answer a `RideInFile`.
 */
addEventListener('message', ({ data }: MessageEvent<string>) => {
  const { recording, problems } = parseRideGpx(data)
  const startMs = recording?.startedMs ?? 0
  const answer: RideInFile = {
    ride:
      recording === null
        ? null
        : { recording, startMs, endMs: startMs + recording.durationMs, lengthM: lengthM(recording) },
    problems,
  }
  postMessage(answer)
})
