import { addEntries, AttributeCollector } from './attributes.ts'
import { isJsonObject, parseJson } from './body.ts'
import { FieldReader } from './field-reader.ts'
import { isTimeMs } from './quantity.ts'
import {
  createReport,
  createTrackerRefusal,
  describeProblem,
  isTrackerName,
  type ParseResult,
  type TrackerReport,
  trackerNameFix,
} from './report.ts'
import { osmAndTimeFix, parseOsmAndTimeMs } from './timestamp.ts'

const jsonPlaces = new Set(['timestamp', 'coords', 'battery', 'activity', 'extras'])
const coordsPlaces = new Set(['latitude', 'longitude', 'accuracy', 'speed', 'heading', 'altitude'])

/**
 * The JSON of Traccar Client 9. `location` may be an array, as its location library sends a backlog; then one bad
 * location refuses the request, because one status answers for all of it.
 *
 * @returns SI units; reports in the order of the array
 * @throws RangeError when `timeZone` is no zone
 */
export function parseOsmAndJson(text: string, nowMs: number, timeZone: string): ParseResult {
  const message = parseJson(text)
  if (!isJsonObject(message))
    return createTrackerRefusal('The body is no JSON object: send {"device_id": …, "location": {…}}.')
  const deviceId = message['device_id']
  // Some senders use a number for a name.
  const trackerId = typeof deviceId === 'number' ? String(deviceId) : deviceId
  if (!isTrackerName(trackerId))
    return createTrackerRefusal(describeProblem('device_id', deviceId, trackerNameFix))
  const location = message['location']
  const locations: unknown[] = Array.isArray(location) ? location : [location]
  const reports: TrackerReport[] = []
  for (const [index, item] of locations.entries()) {
    const field = Array.isArray(location) ? `location[${index}]` : 'location'
    const reader = new FieldReader('json')
    const report = readJsonLocation(reader, field, item, trackerId, nowMs, timeZone)
    if (report === null) return createTrackerRefusal(reader.problem ?? '', trackerId)
    reports.push(report)
  }
  return { ok: true, reports, unknownTrackerStatus: 404 }
}

/** @returns null when the reader has a problem */
function readJsonLocation(
  reader: FieldReader,
  field: string,
  location: unknown,
  trackerId: string,
  nowMs: number,
  timeZone: string,
): TrackerReport | null {
  if (!isJsonObject(location)) return reader.fail(field, location, 'send an object with timestamp and coords')
  const coords = readObject(reader, `${field}.coords`, location['coords'])
  const battery = readObject(reader, `${field}.battery`, location['battery'])
  const activity = readObject(reader, `${field}.activity`, location['activity'])
  const extras = readObject(reader, `${field}.extras`, location['extras'])

  const timestamp = location['timestamp'] ?? null
  const timeMs =
    timestamp === null
      ? nowMs
      : typeof timestamp === 'string' || typeof timestamp === 'number'
        ? parseOsmAndTimeMs(String(timestamp), timeZone, nowMs)
        : Number.NaN
  if (!isTimeMs(timeMs)) reader.fail(`${field}.timestamp`, timestamp, osmAndTimeFix)
  const place =
    coords &&
    reader.place(
      `${field}.coords.latitude`,
      coords['latitude'],
      `${field}.coords.longitude`,
      coords['longitude'],
    )
  const speedMps = reader.speedMps(`${field}.coords.speed`, coords?.['speed'], 'metres per second', 1)
  const headingDeg = reader.headingDeg(`${field}.coords.heading`, coords?.['heading'])
  const accuracyM = reader.accuracyM(`${field}.coords.accuracy`, coords?.['accuracy'])
  const altitudeM = reader.altitudeM(`${field}.coords.altitude`, coords?.['altitude'])
  const batteryPct = reader.batteryLevel(`${field}.battery.level`, battery?.['level'])
  const charging = reader.flag(`${field}.battery.is_charging`, battery?.['is_charging'])
  if (reader.problem !== null) return null

  const attributes = new AttributeCollector()
  for (const [name, value] of Object.entries(location)) if (!jsonPlaces.has(name)) attributes.add(name, value)
  if (activity) attributes.add('activity', activity['type'])
  if (coords)
    for (const [name, value] of Object.entries(coords))
      if (!coordsPlaces.has(name) || place === null) attributes.add(name, value)
  if (extras) addEntries(attributes, extras)
  return createReport(trackerId, null, place, {
    timeMs,
    speedMps,
    headingDeg,
    accuracyM,
    altitudeM,
    batteryPct,
    charging,
    attributes: attributes.finish(),
  })
}

function readObject(reader: FieldReader, field: string, value: unknown): Record<string, unknown> | null {
  if (value === undefined || value === null) return null
  return isJsonObject(value) ? value : reader.fail(field, value, 'send an object, or leave the field out')
}
