import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { type GpxProblem, parseRideGpx, type Recording } from '@fleet/api/recording'
import { AppError } from '@fleet/domain'
import { type ParsedRecording, parseRideCsv } from './ride-csv.ts'

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
  const parsed = text.trimStart().startsWith('<') ? parseWholeGpx(text) : parseRideCsv(text)
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

/** Whoever replays a ride wants all of it: a point that cannot be read is not left out silently. */
export function parseWholeGpx(text: string): ParsedRecording {
  const { recording, problems } = parseRideGpx(text)
  return recording === null || problems.length > 0
    ? { ok: false, problems: problems.map(sayProblem) }
    : { ok: true, recording }
}

function sayProblem(problem: GpxProblem): string {
  switch (problem.kind) {
    case 'xml':
      return `Line ${problem.line}: ${problem.message}`
    case 'no_points':
      return 'There is no track point (trkpt) in the file.'
    case 'time':
      return problem.text === null
        ? `Point ${problem.point}: it has no time.`
        : `Point ${problem.point}: time is "${problem.text}"; expected: ISO 8601.`
    case 'lat':
    case 'lon':
      break
  }
  const most = problem.kind === 'lat' ? 90 : 180
  return `Point ${problem.point}: ${problem.kind} is "${problem.text ?? ''}"; expected: degrees from -${most} to ${most}.`
}

function unpack(bytes: Buffer, file: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    throw new AppError('usage', `${file} is not a whole gzip file.`, { cause, fix: 'Copy it again.' })
  }
}
