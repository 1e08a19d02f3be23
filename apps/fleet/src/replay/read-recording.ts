import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { AppError } from '@fleet/domain'
import type { Recording } from './recording.ts'
import { parseRideCsv } from './ride-csv.ts'
import { parseRideGpx } from './ride-gpx.ts'

const maxShown = 20
/** A day at ten fixes a second is 100 MB; a small file that unpacks to more is not a ride. */
const maxBytes = 200 * 1024 * 1024

/**
 * Reads a ride from a CSV or GPX file, gzipped or not; what it is, its content tells.
 *
 * @throws AppError not_found, or usage with every row that cannot be read
 */
export async function readRecording(file: string): Promise<Recording> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new AppError('not_found', `Cannot read ${file}.`, {
      cause,
      fix: 'Check the path and who may read it.',
    })
  })
  const text = unpack(bytes, file).toString('utf8')
  const parsed = text.trimStart().startsWith('<') ? parseRideGpx(text) : parseRideCsv(text)
  if (parsed.ok) return parsed.recording
  const { problems } = parsed
  const shown = problems.slice(0, maxShown)
  if (problems.length > maxShown) shown.push(`... and ${problems.length - maxShown} more.`)
  throw new AppError(
    'usage',
    [
      `${file} has ${problems.length} problem${problems.length === 1 ? '' : 's'}; nothing was sent:`,
      ...shown,
    ].join('\n'),
    {
      fix: 'Correct these lines and run the command again.',
    },
  )
}

function unpack(bytes: Buffer, file: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    throw new AppError('usage', `${file} is not a whole gzip file.`, { cause, fix: 'Copy it again.' })
  }
}
