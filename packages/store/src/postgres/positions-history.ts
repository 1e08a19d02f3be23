import type { FixFlag, Position } from '@fleet/domain'
import type { PoolClient } from 'pg'
import { dayOf } from '../positions-batch.ts'
import {
  deviceRange,
  historyRange,
  renderCursor,
  type DeviceRange,
  type HistoryRange,
} from '../positions-cursor.ts'
import type { HistoryQuery, Page } from '../port.ts'
import type { PostgresReads } from './connection.ts'

/**
 * One page of history, oldest first. A bike's history is the merge of ranges of the devices that reported for it; each
 * range lies in order in the partitions' keys.
 */
export async function readHistory(reads: PostgresReads, query: HistoryQuery): Promise<Page<Position>> {
  const range = historyRange(query)
  if (range.fromMs >= range.toMs || query.limit < 1) return { items: [], nextCursor: null }
  const items = await reads.withClient(async (client) =>
    readPositions(client, query, range, await findRanges(client, query, range)),
  )
  // One row was asked for beyond the limit: only to know whether there is another page.
  if (items.length <= query.limit) return { items, nextCursor: null }
  items.length = query.limit
  const { timeMs, deviceNo, lat, lon } = items.at(-1)!
  return {
    items,
    nextCursor: renderCursor({
      timeMs,
      deviceNo,
      latE7: Math.round(lat * 1e7),
      lonE7: Math.round(lon * 1e7),
    }),
  }
}

async function findRanges(
  client: PoolClient,
  query: HistoryQuery,
  range: HistoryRange,
): Promise<readonly DeviceRange[]> {
  const { bikeNo, courierNo, deviceNo } = query
  if (bikeNo === undefined && courierNo === undefined)
    return [{ deviceNo: deviceNo!, fromMs: range.fromMs, toMs: range.toMs }]
  const { rows } = await client.query<{ device_no: number; first_day: number; last_day: number }>({
    name: 'tracker_use_find',
    text: `SELECT device_no, min(day) AS first_day, max(day) AS last_day FROM tracker_use
           WHERE kind = $1 AND subject_no = $2 AND day BETWEEN $3 AND $4 GROUP BY device_no ORDER BY device_no`,
    values: [
      bikeNo !== undefined ? 'bike' : 'courier',
      bikeNo ?? courierNo,
      dayOf(range.fromMs),
      dayOf(range.toMs - 1),
    ],
  })
  return rows
    .filter((row) => deviceNo === undefined || row.device_no === deviceNo)
    .map((row) => deviceRange(range, row.device_no, row.first_day, row.last_day))
    .filter((found) => found !== null)
}

/**
 * What a page comes as: one row of arrays, each a column in the order of time. PostgreSQL and `pg` handle a value in an
 * array much faster than a field in a row: a day of 5,000 fixes takes two thirds of the time.
 */
const columns = [
  'device_no',
  // The cast rounds, which makes it exact again; a whole number is also the fastest to write as text.
  "(date_part('epoch', time) * 1000)::int8",
  'lat_e7',
  'lon_e7',
  'bike_no',
  'courier_no',
  "(date_part('epoch', received_at) * 1000)::int8",
  'speed_mps',
  'heading_deg',
  'accuracy_m',
  'altitude_m',
  'battery_pct',
  'charging::int',
  'flag',
]
const attributesColumn = 'CASE WHEN count(attributes) > 0 THEN json_agg(attributes) END'
const selectColumns = `SELECT ${columns.map((column) => `array_agg(${column})`).join(', ')}, ${attributesColumn}`

const asText = { getTypeParser: () => (text: string) => text }

async function readPositions(
  client: PoolClient,
  query: HistoryQuery,
  { after, fromMs, toMs }: HistoryRange,
  ranges: readonly DeviceRange[],
): Promise<Position[]> {
  const [first, ...others] = ranges
  if (!first) return []
  const values: unknown[] = []
  const bind = (value: unknown) => `$${values.push(value)}`
  const timestamp = (timeMs: number) => `${bind(new Date(timeMs).toISOString())}::timestamptz`
  const conditions = [
    `(p.time, p.device_no, p.lat_e7, p.lon_e7)
       > (${timestamp(after.timeMs)}, ${bind(after.deviceNo)}::int4, ${bind(after.latE7)}::int4, ${bind(after.lonE7)}::int4)`,
  ]
  if (query.bikeNo !== undefined) conditions.push(`p.bike_no = ${bind(query.bikeNo)}::int4`)
  if (query.courierNo !== undefined) conditions.push(`p.courier_no = ${bind(query.courierNo)}::int4`)
  const limit = `${bind(query.limit + 1)}::int8`
  let rows: string
  if (others.length === 0)
    rows = `SELECT * FROM position p
      WHERE p.device_no = ${bind(first.deviceNo)}::int4 AND p.time >= ${timestamp(first.fromMs)}
        AND p.time < ${timestamp(first.toMs)} AND ${conditions.join(' AND ')}
      ORDER BY p.time, p.lat_e7, p.lon_e7 LIMIT ${limit}`
  else
    // The outer bounds, known when the statement is planned, leave out the partitions of other days.
    rows = `SELECT p.* FROM unnest(${bind(ranges.map((r) => r.deviceNo))}::int4[],
        ${bind(ranges.map((r) => new Date(r.fromMs).toISOString()))}::timestamptz[],
        ${bind(ranges.map((r) => new Date(r.toMs).toISOString()))}::timestamptz[]) AS d (no, from_time, to_time)
      CROSS JOIN LATERAL (
        SELECT * FROM position p
        WHERE p.device_no = d.no AND p.time >= d.from_time AND p.time < d.to_time
          AND p.time >= ${timestamp(fromMs)} AND p.time < ${timestamp(toMs)} AND ${conditions.join(' AND ')}
        ORDER BY p.time, p.lat_e7, p.lon_e7 LIMIT ${limit}
      ) p
      ORDER BY p.time, p.device_no, p.lat_e7, p.lon_e7 LIMIT ${limit}`
  // An aggregate takes the rows of an ordered subquery in that order.
  const result = await client.query<(string | null)[]>({
    text: `${selectColumns} FROM (${rows}) AS page`,
    values,
    rowMode: 'array',
    types: asText,
  })
  return toPositions(result.rows[0]!)
}

function toPositions(arrays: readonly (string | null)[]): Position[] {
  const column = (i: number) => parseNumbers(arrays[i]!)
  // No rows have no arrays.
  if (arrays[0] === null) return []
  const deviceNos = column(0) as number[]
  const timesMs = column(1) as number[]
  const latsE7 = column(2) as number[]
  const lonsE7 = column(3) as number[]
  const bikeNos = column(4)
  const courierNos = column(5)
  const receivedMs = column(6) as number[]
  const speeds = column(7)
  const headings = column(8)
  const accuracies = column(9)
  const altitudes = column(10)
  const batteries = column(11)
  const charging = column(12)
  const flags = parseFlags(arrays[13]!)
  const attributes = JSON.parse(arrays[14] ?? 'null') as Position['attributes'][] | null
  return deviceNos.map((deviceNo, i) => ({
    lat: latsE7[i]! / 1e7,
    lon: lonsE7[i]! / 1e7,
    timeMs: timesMs[i]!,
    speedMps: speeds[i]!,
    headingDeg: headings[i]!,
    accuracyM: accuracies[i]!,
    altitudeM: altitudes[i]!,
    batteryPct: batteries[i]!,
    charging: charging[i] === null ? null : charging[i] === 1,
    attributes: attributes ? attributes[i]! : null,
    deviceNo,
    bikeNo: bikeNos[i]!,
    courierNo: courierNos[i]!,
    receivedAtMs: receivedMs[i]!,
    flag: flags[i]!,
  }))
}

/** `{1,NULL,2.5}`: but for the brackets and the case of NULL it is JSON. Stored numbers are finite. */
function parseNumbers(array: string): (number | null)[] {
  return JSON.parse(`[${array.slice(1, -1).replaceAll('NULL', 'null')}]`) as (number | null)[]
}

/** `{NULL,jump}`: flags are plain words, which PostgreSQL does not quote. */
function parseFlags(array: string): (FixFlag | null)[] {
  return array
    .slice(1, -1)
    .split(',')
    .map((word) => (word === 'NULL' ? null : (word as FixFlag)))
}
