import { AttributeCollector } from './attributes.ts'
import { isJsonObject, parseJson, readBodyText, type TrackerBody } from './body.ts'
import { FieldReader } from './field-reader.ts'
import { isTimeMs, kmhMps } from './quantity.ts'
import {
  createReport,
  createTrackerRefusal,
  describeProblem,
  isTrackerName,
  type ParsedReports,
  type TrackerRefusal,
  trackerNameFix,
} from './report.ts'

export interface OwnTracksRequest {
  /** Names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly query: URLSearchParams | string
  /** The name of HTTP Basic authentication, not yet checked. */
  readonly basicUser: string | null
  readonly body: TrackerBody
}

export type OwnTracksResult = ParsedReports | TrackerRefusal

/**
 * Reads one request of OwnTracks in HTTP mode (https://owntracks.org/booklet/tech/http/ and .../tech/json/).
 *
 * - The tracker is the device, from `X-Limit-D`, `?d=` or the third part of `topic`; without one it is the user, from Basic
 *   authentication, `X-Limit-U`, `?u=` or the second part of `topic`. The two letters of `tid` are a label: couriers share them.
 * - An empty body (a friend was deleted) and every other `_type` are legal and give no report: answer 200 and `[]`, or the app keeps
 *   them in its queue.
 * - `_type: "encrypted"` is refused with 422: apps show a 4xx to their user and discard the message, so that the courier
 *   learns of it and the queue goes on (owntracks/ios#665). An answer of 2xx would lose fixes in silence.
 * - The apps leave out `acc alt cog vac vel` when they are zero. No `vel` is 0 m/s: bikes stand still more often than a phone does not
 *   know. No `cog`, `acc` or `alt` is unknown: north, an exact fix and the level of the sea would be inventions, since the apps
 *   leave the field out as well when the phone does not know.
 * - `bs`: 1 unplugged, 2 charging, 3 full, which is on the charger too; 0 is unknown.
 * - The coordinates 0,0 are a heartbeat (see quantity.ts).
 *
 * @returns SI units; at most one report
 */
export function parseOwnTracks(request: OwnTracksRequest): OwnTracksResult {
  const text = readBodyText(request.body)
  const message = text.trim() === '' ? null : parseJson(text)
  const topic = isJsonObject(message) ? message['topic'] : null
  const trackerId = readTrackerId(request, topic)
  const known = isTrackerName(trackerId) ? trackerId : null
  if (message === null && text.trim() === '') return ignored
  if (!isJsonObject(message))
    return createTrackerRefusal('The body is no JSON object: send one OwnTracks message a request.', known)
  const type = message['_type']
  if (type === 'encrypted')
    return createTrackerRefusal(
      '_type is "encrypted": clear the encryption key in the OwnTracks settings and use an https URL.',
      known,
      422,
    )
  if (typeof type !== 'string')
    return createTrackerRefusal(describeProblem('_type', type, 'send "location"'), known)
  if (type !== 'location') return ignored
  if (!isTrackerName(trackerId))
    return createTrackerRefusal(
      describeProblem(
        'The device',
        trackerId ?? undefined,
        `set a device ID in the app, or add ?d= to its URL; ${trackerNameFix}`,
      ),
    )
  return readLocation(message, trackerId)
}

const ignored: ParsedReports = { ok: true, reports: [], unknownTrackerStatus: 404 }

/** Names that are empty count as absent: the apps send the headers also when the settings are blank. */
function readTrackerId(request: OwnTracksRequest, topic: unknown): string | null {
  const query = new URLSearchParams(request.query)
  const [, topicUser, topicDevice] = typeof topic === 'string' ? topic.split('/', 3) : []
  const device = readHeader(request, 'x-limit-d') || query.get('d') || topicDevice || null
  const user = request.basicUser || readHeader(request, 'x-limit-u') || query.get('u') || topicUser || null
  return device ?? user
}

function readHeader(request: OwnTracksRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'object' ? value[0] : value
}

/** What has a place in the report, and what says nothing about the reading. */
const placedFields = new Set(['_type', 'topic', 'lat', 'lon', 'tst', 'acc', 'alt', 'cog', 'vel', 'batt'])

function readLocation(message: Record<string, unknown>, trackerId: string): OwnTracksResult {
  const reader = new FieldReader('json')
  const tst = message['tst']
  const timeMs = typeof tst === 'number' ? Math.trunc(tst * 1000) : Number.NaN
  if (!isTimeMs(timeMs)) reader.fail('tst', tst, 'send seconds since 1970, between 2000 and 2100')
  const place = reader.place('lat', message['lat'], 'lon', message['lon'])
  const speedMps = reader.speedMps('vel', message['vel'] ?? 0, 'km/h', kmhMps)
  const headingDeg = reader.headingDeg('cog', message['cog'])
  const accuracyM = reader.accuracyM('acc', message['acc'])
  const altitudeM = reader.altitudeM('alt', message['alt'])
  const batteryPct = reader.batteryPct('batt', message['batt'])
  const charging = readBatteryStatus(reader, message['bs'])
  if (reader.problem !== null) return createTrackerRefusal(reader.problem, trackerId)

  const attributes = new AttributeCollector()
  for (const [name, value] of Object.entries(message))
    if (!placedFields.has(name)) attributes.add(name, value)
  const report = createReport(trackerId, null, place, {
    timeMs,
    speedMps,
    headingDeg,
    accuracyM,
    altitudeM,
    batteryPct,
    charging,
    attributes: attributes.finish(),
  })
  return { ok: true, reports: [report], unknownTrackerStatus: 404 }
}

function readBatteryStatus(reader: FieldReader, bs: unknown): boolean | null {
  switch (bs) {
    case undefined:
    case null:
    case 0:
      return null
    case 1:
      return false
    case 2:
    case 3:
      return true
    default:
      reader.fail('bs', bs, 'send 0 (unknown), 1 (unplugged), 2 (charging) or 3 (full)')
      return null
  }
}
