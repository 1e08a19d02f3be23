import type { CallInput } from '@fleet/api'
import type { GpxProblem, Recording } from '@fleet/api/recording'
import { mostRecordedAtOnce } from '@fleet/api'
import { type Bike, dayMs } from '@fleet/domain'

/** More than a week of a point a second is no ride; what holds more is something else. */
export const mostRideBytes = 50 * 1024 * 1024
export const mostRideFixes = 200_000

/** What the worker reads out of a file. */
export interface RideInFile {
  /** Null when there is no point that can be read. */
  readonly ride: {
    readonly recording: Recording
    readonly startMs: number
    readonly endMs: number
    readonly lengthM: number
  } | null
  readonly problems: readonly GpxProblem[]
}

export type RecordedFixes = CallInput<'importRecording'>['body']['fixes']

/** A ride in parts that a request may hold. */
export function partsOf({ recording, startMs }: NonNullable<RideInFile['ride']>): readonly RecordedFixes[] {
  const parts: RecordedFixes[] = []
  let part: RecordedFixes = []
  for (const { offsetMs, lat, lon, speedMps, headingDeg, accuracyM, altitudeM } of recording.fixes) {
    const timeMs = Math.round(startMs + offsetMs)
    if (part.length === mostRecordedAtOnce || (part[0] !== undefined && timeMs - part[0].timeMs > 7 * dayMs))
      part = []
    if (part.length === 0) parts.push(part)
    part.push({
      timeMs,
      lat,
      lon,
      speedMps: within(speedMps, 0, 1_000),
      headingDeg,
      accuracyM: within(accuracyM, 0, 100_000),
      altitudeM: within(altitudeM, -500, 20_000),
    })
  }
  return parts
}

/** What no bike does the recorder did not measure. */
const within = (value: number | null, min: number, max: number): number | null =>
  value === null || value < min || value > max ? null : value

/** The bike whose code is in the name of the file, like `2026-11-23 ams-0007.gpx`; of several the longest code. */
export function bikeInName(name: string, bikes: Iterable<Bike>): Bike | null {
  const words = plain(name)
  let best: Bike | null = null
  for (const bike of bikes)
    if (words.includes(plain(bike.code)) && bike.code.length > (best?.code.length ?? 0)) best = bike
  return best
}

/** `_AMS_0007_`: a code counts where it stands alone, not within a longer number. */
const plain = (text: string): string => `_${text.toUpperCase().replaceAll(/[^\p{L}\p{N}]+/gu, '_')}_`
