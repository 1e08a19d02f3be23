import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { createRecording, type ParsedRecording, type TimedFix } from './recording.ts'

/** Garmin's extension and GPX 1.0 both say speed (m/s) and course, at different places. */
const speedPaths = [['speed'], ['extensions', 'TrackPointExtension', 'speed'], ['extensions', 'speed']]
const coursePaths = [['course'], ['extensions', 'TrackPointExtension', 'course'], ['extensions', 'course']]

/**
 * Reads the track points of a GPX file (1.0 or 1.1, https://www.topografix.com/gpx.asp); all tracks and segments are
 * one ride.
 *
 * @returns the ride, or every problem with the number of its point
 */
export function parseRideGpx(text: string): ParsedRecording {
  const valid = XMLValidator.validate(text)
  if (valid !== true) return { ok: false, problems: [`Line ${valid.err.line}: ${valid.err.msg}`] }
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    // A ride has no need of them, and a hostile file could.
    processEntities: false,
    isArray: (name) => name === 'trk' || name === 'trkseg' || name === 'trkpt',
  })
  const document = parser.parse(text) as unknown
  const points = listAt(document, ['gpx', 'trk']).flatMap((track) =>
    listAt(track, ['trkseg']).flatMap((segment) => listAt(segment, ['trkpt'])),
  )
  if (points.length === 0) return { ok: false, problems: ['There is no track point (trkpt) in the file.'] }
  const problems: string[] = []
  const timed: TimedFix[] = []
  for (const [index, point] of points.entries()) {
    const fail = (sentence: string) => {
      problems.push(`Point ${index + 1}: ${sentence}`)
    }
    const before = problems.length
    const lat = readNumber(point, [['lat']])
    const lon = readNumber(point, [['lon']])
    if (lat === null || Math.abs(lat) > 90)
      fail(`lat is "${textAt(point, ['lat']) ?? ''}"; expected: degrees from -90 to 90.`)
    if (lon === null || Math.abs(lon) > 180)
      fail(`lon is "${textAt(point, ['lon']) ?? ''}"; expected: degrees from -180 to 180.`)
    const time = textAt(point, ['time'])
    const atMs = time === null ? Number.NaN : Date.parse(time)
    if (Number.isNaN(atMs)) fail(time === null ? 'it has no time.' : `time is "${time}"; expected: ISO 8601.`)
    if (problems.length > before || lat === null || lon === null) continue
    const hdop = readNumber(point, [['hdop']])
    const course = readNumber(point, coursePaths)
    timed.push({
      atMs,
      lat,
      lon,
      speedMps: known(readNumber(point, speedPaths)),
      headingDeg: course === null || (course >= 0 && course < 360) ? course : ((course % 360) + 360) % 360,
      // A dilution of one is about five metres for a phone.
      accuracyM: hdop === null || hdop <= 0 ? null : hdop * 5,
      altitudeM: readNumber(point, [['ele']]),
    })
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, recording: createRecording(timed, true) }
}

const known = (value: number | null) => (value === null || value < 0 ? null : value)

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<string, unknown>)[name]
  }
  return at
}

function listAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, path)
  return Array.isArray(found) ? found : []
}

function textAt(value: unknown, path: readonly string[]): string | null {
  const found = valueAt(value, path)
  return typeof found === 'string' ? found.trim() : null
}

function readNumber(value: unknown, paths: readonly (readonly string[])[]): number | null {
  for (const path of paths) {
    const text = textAt(value, path)
    if (text !== null && text !== '' && Number.isFinite(Number(text))) return Number(text)
  }
  return null
}
