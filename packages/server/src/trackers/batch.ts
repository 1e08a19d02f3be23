import { boundAttributes } from './attributes.ts'
import { parseJson, readBodyText, readMediaType } from './body.ts'
import {
  isLatitude,
  isLongitude,
  isNullIsland,
  isTimeMs,
  maxAccuracyM,
  maxAltitudeM,
  maxSpeedMps,
  minAltitudeM,
  readAccuracyM,
  readAltitudeM,
  readBatteryPct,
  readHeadingDeg,
  readSpeedMps,
} from './quantity.ts'
import {
  createTrackerRefusal,
  describeProblem,
  type FixReport,
  isTrackerName,
  type TrackerRefusal,
  trackerNameFix,
} from './report.ts'
import { parseIsoInstantMs } from './timestamp.ts'

export const maxBatchItems = 10_000

/** One item of a batch, as a sender writes it. Other keys are ignored. */
export interface BatchItem {
  readonly device: string
  /** ISO 8601 with `Z` or an offset, or epoch milliseconds. */
  readonly time: string | number
  readonly lat: number
  readonly lon: number
  readonly speed_mps?: number | null
  readonly heading_deg?: number | null
  readonly accuracy_m?: number | null
  readonly altitude_m?: number | null
  readonly battery_pct?: number | null
  readonly charging?: boolean | null
  readonly attributes?: Readonly<Record<string, unknown>> | null
}

export interface BatchItemProblem {
  readonly ok: false
  /** One sentence that begins with the item's place: `Item 3: lat is 95: send …` or `Line 3: …`, counted from 1. */
  readonly message: string
}

export type BatchItemResult = { readonly ok: true; readonly report: FixReport } | BatchItemProblem

export type BatchResult =
  | { readonly ok: true; /** In the order of the body. */ readonly items: readonly BatchItemResult[] }
  | TrackerRefusal

/**
 * Reads a batch of positions: a JSON array (`application/json`) or one JSON object a line (`application/x-ndjson`; blank
 * lines are skipped). A bad item is answered for itself and spoils no other; only what concerns the whole body is a
 * refusal: 400 no JSON array, 413 more than 10,000 items, 415 another content type.
 *
 * Values are SI units already; `null` and absent both mean unknown, and so do negative speed, heading, battery and an accuracy of
 * zero or less. Coordinates 0,0 are refused: a gateway sends them for a tracker without a fix (see quantity.ts).
 */
export function parsePositionBatch(
  contentType: string | null | undefined,
  body: Uint8Array | string,
): BatchResult {
  switch (readMediaType(contentType)) {
    case 'application/json':
      return parseArray(readBodyText(body))
    case 'application/x-ndjson':
    case 'application/ndjson':
      return parseLines(readBodyText(body))
    default:
      return createTrackerRefusal(
        describeProblem(
          'Content-Type',
          contentType ?? undefined,
          'send application/json or application/x-ndjson',
        ),
        null,
        415,
      )
  }
}

function parseArray(text: string): BatchResult {
  const array = parseJson(text)
  if (!Array.isArray(array))
    return createTrackerRefusal('The body is no JSON array: send [{"device": …, "time": …}, …].')
  if (array.length > maxBatchItems) return tooManyItems(String(array.length))
  const items: BatchItemResult[] = []
  for (let i = 0; i < array.length; i++) {
    const result = readItem(array[i])
    items.push(typeof result === 'string' ? problemAt('Item', i, result) : { ok: true, report: result })
  }
  return { ok: true, items }
}

function parseLines(text: string): BatchResult {
  const items: BatchItemResult[] = []
  let start = 0
  for (let line = 0; start < text.length; line++) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const lineText = text.slice(start, end)
    start = end + 1
    if (isBlank(lineText)) continue
    // Found late, but the work until here is bounded by the same number.
    if (items.length === maxBatchItems) return tooManyItems(`more than ${maxBatchItems}`)
    const value = parseJson(lineText)
    const result = value === undefined ? 'no JSON: send one object a line.' : readItem(value)
    items.push(typeof result === 'string' ? problemAt('Line', line, result) : { ok: true, report: result })
  }
  return { ok: true, items }
}

function isBlank(line: string): boolean {
  // A look at the first character spares the copy that trim() makes of every line.
  return line.charCodeAt(0) !== 123 && line.trim() === ''
}

function problemAt(unit: 'Item' | 'Line', index: number, problem: string): BatchItemProblem {
  return { ok: false, message: `${unit} ${index + 1}: ${problem}` }
}

function tooManyItems(count: string): TrackerRefusal {
  return createTrackerRefusal(
    `The batch has ${count} items: send at most ${maxBatchItems} a request.`,
    null,
    413,
  )
}

/**
 * The hot path: straight-line checks on one shape of object. Closures, regular expressions or a schema
 * library here cost more than all checks together.
 *
 * @returns the report, or the problem as text
 */
function readItem(value: unknown): FixReport | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return describeProblem('The item', value, 'send an object')
  // A claim that every use below checks before it believes it.
  const item = value as { readonly [K in keyof BatchItem]?: unknown }

  const device = item.device
  if (!isTrackerName(device)) return describeProblem('device', device, trackerNameFix)
  const time = item.time
  const timeMs =
    typeof time === 'string'
      ? parseIsoInstantMs(time)
      : typeof time === 'number'
        ? Math.trunc(time)
        : Number.NaN
  if (!isTimeMs(timeMs))
    return describeProblem(
      'time',
      time,
      'send ISO 8601 with Z or an offset, or milliseconds since 1970, between 2000 and 2100',
    )
  const lat = item.lat
  const lon = item.lon
  if (typeof lat !== 'number' || !isLatitude(lat))
    return describeProblem('lat', lat, 'send degrees from -90 to 90')
  if (typeof lon !== 'number' || !isLongitude(lon))
    return describeProblem('lon', lon, 'send degrees from -180 to 180')
  if (isNullIsland(lat, lon))
    return 'lat and lon are both 0: leave the item out while the tracker has no fix.'

  const speed = item.speed_mps
  const speedMps = isAbsent(speed) ? null : readSpeedMps(numberOrNaN(speed))
  if (Number.isNaN(speedMps))
    return optionalProblem('speed_mps', speed, `metres per second up to ${maxSpeedMps}`)
  const heading = item.heading_deg
  const headingDeg = isAbsent(heading) ? null : readHeadingDeg(numberOrNaN(heading))
  if (Number.isNaN(headingDeg)) return optionalProblem('heading_deg', heading, 'degrees from 0 to 360')
  const accuracy = item.accuracy_m
  const accuracyM = isAbsent(accuracy) ? null : readAccuracyM(numberOrNaN(accuracy))
  if (Number.isNaN(accuracyM)) return optionalProblem('accuracy_m', accuracy, `metres up to ${maxAccuracyM}`)
  const altitude = item.altitude_m
  const altitudeM = isAbsent(altitude) ? null : readAltitudeM(numberOrNaN(altitude))
  if (Number.isNaN(altitudeM))
    return optionalProblem('altitude_m', altitude, `metres from ${minAltitudeM} to ${maxAltitudeM}`)
  const battery = item.battery_pct
  const batteryPct = isAbsent(battery) ? null : readBatteryPct(numberOrNaN(battery))
  if (Number.isNaN(batteryPct)) return optionalProblem('battery_pct', battery, 'percent from 0 to 100')
  const charging = item.charging ?? null
  if (charging !== null && typeof charging !== 'boolean')
    return optionalProblem('charging', charging, 'true or false')
  const attributes = item.attributes ?? null
  if (attributes !== null && (typeof attributes !== 'object' || Array.isArray(attributes)))
    return optionalProblem('attributes', attributes, 'an object')

  return {
    trackerId: device,
    driverId: null,
    fix: {
      lat,
      lon,
      timeMs,
      speedMps,
      headingDeg,
      accuracyM,
      altitudeM,
      batteryPct,
      charging,
      attributes: attributes === null ? null : boundAttributes(attributes),
    },
    heartbeat: null,
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function numberOrNaN(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

function optionalProblem(field: string, value: unknown, expected: string): string {
  return describeProblem(field, value, `send ${expected}, or leave the field out`)
}
