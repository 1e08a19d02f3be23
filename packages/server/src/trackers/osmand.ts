import { AttributeCollector } from './attributes.ts'
import { readBodyText, readMediaType, type TrackerBody } from './body.ts'
import { FieldReader } from './field-reader.ts'
import { parseOsmAndJson } from './osmand-json.ts'
import { isTimeMs, knotMps } from './quantity.ts'
import {
  createReport,
  createTrackerRefusal,
  describeProblem,
  isTrackerName,
  type ParseResult,
  trackerNameFix,
} from './report.ts'
import { osmAndTimeFix, parseOsmAndTimeMs } from './timestamp.ts'

export interface OsmAndRequest {
  readonly method: string
  /** The query of the URL, with or without `?`. */
  readonly query: URLSearchParams | string
  readonly contentType: string | null | undefined
  readonly body: TrackerBody
}

/**
 * Reads one request of the OsmAnd protocol (Traccar Client, OsmAnd, many others; https://www.traccar.org/osmand/): a GET query,
 * a POST form with parameters in the query, the body or both, or the JSON of Traccar Client 9.
 *
 * - Of a parameter given twice the first counts, and the query comes before the body; so do `id`, `lat`/`lon` and `bearing`
 *   before `deviceid`, `location` and `heading`.
 * - No `lat` and `lon`: a heartbeat. So are `valid=false` and the coordinates 0,0: the tracker itself says that it has no fix, so
 *   no marker may move; what it sent stays in the attributes.
 * - Negative speed, heading or battery and an accuracy of zero or less mean unknown: phones send them.
 * - A value that cannot be read refuses the whole message with 400. A phone then sends it again until someone mends the sender, so
 *   the refusal names the tracker.
 *
 * @param nowMs the time of a message that names none
 * @param timeZone IANA name of the server's zone, for times without one
 * @returns SI units. `unknownTrackerStatus` is 400 for parameters, 404 for JSON
 * @throws RangeError when `timeZone` is no zone
 */
export function parseOsmAnd(request: OsmAndRequest, nowMs: number, timeZone: string): ParseResult {
  const method = request.method.toUpperCase()
  const mayHaveBody = method === 'POST' || method === 'PUT'
  const body = mayHaveBody ? readBodyText(request.body) : ''
  // Senders without a content type exist; no form begins with a brace.
  if (
    readMediaType(request.contentType) === 'application/json' ||
    (!request.contentType && body.startsWith('{'))
  )
    return parseOsmAndJson(body, nowMs, timeZone)
  return parseParameters(new URLSearchParams(request.query), new URLSearchParams(body), nowMs, timeZone)
}

/** Parameters that have a place in the report; all others are attributes. */
const knownParameters = new Set([
  'id',
  'deviceid',
  'lat',
  'lon',
  'location',
  'speed',
  'bearing',
  'heading',
  'altitude',
  'accuracy',
  'batt',
  'charge',
  'driverUniqueId',
  'timestamp',
])

function parseParameters(
  query: URLSearchParams,
  form: URLSearchParams,
  nowMs: number,
  timeZone: string,
): ParseResult {
  const get = (name: string) => query.get(name) ?? form.get(name)
  const trackerId = get('id') ?? get('deviceid')
  if (!isTrackerName(trackerId))
    return createTrackerRefusal(describeProblem('id', trackerId ?? undefined, trackerNameFix))

  const reader = new FieldReader('parameters')
  const timestamp = get('timestamp')
  const timeMs = timestamp === null ? nowMs : parseOsmAndTimeMs(timestamp, timeZone, nowMs)
  if (!isTimeMs(timeMs)) reader.fail('timestamp', timestamp, osmAndTimeFix)
  const driverId = get('driverUniqueId')
  if (driverId !== null && !isTrackerName(driverId))
    reader.fail('driverUniqueId', driverId, `${trackerNameFix}, or leave the parameter out`)
  const place = readPlace(reader, get)
  const isValid = reader.flag('valid', get('valid')) !== false
  const speedMps = reader.speedMps('speed', get('speed'), 'knots', knotMps)
  const headingDeg = readFirst(get, 'bearing', 'heading', (name, value) => reader.headingDeg(name, value))
  const altitudeM = reader.altitudeM('altitude', get('altitude'))
  const accuracyM = reader.accuracyM('accuracy', get('accuracy'))
  const batteryPct = reader.batteryPct('batt', get('batt'))
  const charging = reader.flag('charge', get('charge'))
  if (reader.problem !== null) return createTrackerRefusal(reader.problem, trackerId)

  const hasFix = place !== null && isValid
  const attributes = new AttributeCollector()
  if (!hasFix) keepPlaceWithoutFix(attributes, get)
  for (const params of [query, form])
    for (const [name, value] of params) if (!knownParameters.has(name)) attributes.addText(name, value)

  const reading = {
    timeMs,
    speedMps,
    headingDeg,
    accuracyM,
    altitudeM,
    batteryPct,
    charging,
    attributes: attributes.finish(),
  }
  return {
    ok: true,
    reports: [createReport(trackerId, driverId, hasFix ? place : null, reading)],
    unknownTrackerStatus: 400,
  }
}

type GetParameter = (name: string) => string | null

function readFirst<T>(
  get: GetParameter,
  name: string,
  alias: string,
  read: (name: string, value: string | null) => T,
): T {
  const value = get(name)
  return value === null ? read(alias, get(alias)) : read(name, value)
}

function readPlace(reader: FieldReader, get: GetParameter) {
  const lat = get('lat')
  const lon = get('lon')
  if (lat !== null || lon !== null) return reader.place('lat', lat ?? undefined, 'lon', lon ?? undefined)
  const location = get('location')
  if (location === null) return null
  const comma = location.indexOf(',')
  if (comma < 0) return reader.fail('location', location, 'send latitude,longitude in degrees')
  return reader.place(
    'the latitude in location',
    location.slice(0, comma),
    'the longitude in location',
    location.slice(comma + 1),
  )
}

/** The coordinates of a tracker that says it has no fix: kept for whoever looks into it, not a place. */
function keepPlaceWithoutFix(attributes: AttributeCollector, get: GetParameter): void {
  for (const name of ['lat', 'lon', 'location']) {
    const value = get(name)
    if (value !== null) attributes.addText(name, value)
  }
}
