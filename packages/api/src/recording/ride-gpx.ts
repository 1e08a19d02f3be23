import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { createRecording, type Recording, type TimedFix } from './recording.ts'

/** What cannot be read of a GPX file. Points are counted from 1. */
export type GpxProblem =
  | { readonly kind: 'xml'; readonly line: number; readonly message: string }
  | { readonly kind: 'no_points' }
  | {
      readonly kind: 'lat' | 'lon' | 'time'
      readonly point: number
      /** What stands there; null when nothing does. */
      readonly text: string | null
    }

/** A GPX file as far as it can be read. */
export interface ParsedGpx {
  /** Of the points that are good; null when there are none. */
  readonly recording: Recording | null
  readonly problems: readonly GpxProblem[]
}

/** Garmin's extension and GPX 1.0 both say speed (m/s) and course, at different places. */
const speedPaths = [['speed'], ['extensions', 'TrackPointExtension', 'speed'], ['extensions', 'speed']]
const coursePaths = [['course'], ['extensions', 'TrackPointExtension', 'course'], ['extensions', 'course']]

/**
 * Reads the track points of a GPX file (1.0 or 1.1, https://www.topografix.com/gpx.asp); all tracks and segments are
 * one ride.
 *
 * @returns the ride of all good points, and every problem
 */
export function parseRideGpx(text: string): ParsedGpx {
  const valid = XMLValidator.validate(text)
  if (valid !== true)
    return { recording: null, problems: [{ kind: 'xml', line: valid.err.line, message: valid.err.msg }] }
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
  if (points.length === 0) return { recording: null, problems: [{ kind: 'no_points' }] }
  const problems: GpxProblem[] = []
  const timed: TimedFix[] = []
  for (const [index, point] of points.entries()) {
    const fail = (kind: 'lat' | 'lon' | 'time') => {
      problems.push({ kind, point: index + 1, text: textAt(point, [kind]) })
    }
    const before = problems.length
    const lat = readNumber(point, [['lat']])
    const lon = readNumber(point, [['lon']])
    if (lat === null || Math.abs(lat) > 90) fail('lat')
    if (lon === null || Math.abs(lon) > 180) fail('lon')
    const atMs = parseTime(textAt(point, ['time']) ?? '')
    if (Number.isNaN(atMs)) fail('time')
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
  return { recording: timed.length === 0 ? null : createRecording(timed, true), problems }
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

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/

/** Milliseconds since 1970; NaN for what is no time. GPX 1.1: times without a zone are UTC. */
function parseTime(text: string): number {
  const zone = isoTime.exec(text)
  return zone ? Date.parse(zone[1] === undefined ? `${text}Z` : text) : Number.NaN
}
