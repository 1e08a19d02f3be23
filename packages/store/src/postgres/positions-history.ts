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
import type { PostgresConnection } from './connection.ts'

/**
 * One page of history, oldest first. A bike's history is the merge of ranges of the devices that reported for it; each
 * range lies in order in the partitions' keys.
 */
export async function readHistory(
  connection: PostgresConnection,
  query: HistoryQuery,
): Promise<Page<Position>> {
  const range = historyRange(query)
  if (range.fromMs >= range.toMs || query.limit < 1) return { items: [], nextCursor: null }
  const rows = await connection.withClient(async (client) =>
    readRows(client, query, range, await findRanges(client, query, range)),
  )
  const items = rows.map(toPosition)
  // One row was asked for beyond the limit: only to know whether there is another page.
  if (items.length <= query.limit) return { items, nextCursor: null }
  items.length = query.limit
  const last = rows[query.limit - 1]!
  return {
    items,
    nextCursor: renderCursor({
      deviceNo: Number(last[0]),
      timeMs: items.at(-1)!.timeMs,
      latE7: Number(last[2]),
      lonE7: Number(last[3]),
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

/** As PostgreSQL sends it: text. Parsing here, by position, costs a third of what `pg` does by type and name. */
type HistoryRow = [
  deviceNo: string,
  timeS: string,
  latE7: string,
  lonE7: string,
  bikeNo: string | null,
  courierNo: string | null,
  receivedAtS: string,
  speedMps: string | null,
  headingDeg: string | null,
  accuracyM: string | null,
  altitudeM: string | null,
  batteryPct: string | null,
  charging: string | null,
  flag: string | null,
  attributes: string | null,
]

const asText = { getTypeParser: () => (text: string) => text }

const columns = `device_no, date_part('epoch', time), lat_e7, lon_e7, bike_no, courier_no, date_part('epoch', received_at),
  speed_mps, heading_deg, accuracy_m, altitude_m, battery_pct, charging, flag, attributes`

async function readRows(
  client: PoolClient,
  query: HistoryQuery,
  { after, fromMs, toMs }: HistoryRange,
  ranges: readonly DeviceRange[],
): Promise<HistoryRow[]> {
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
  let text: string
  if (others.length === 0)
    text = `SELECT ${columns} FROM position p
      WHERE p.device_no = ${bind(first.deviceNo)}::int4 AND p.time >= ${timestamp(first.fromMs)}
        AND p.time < ${timestamp(first.toMs)} AND ${conditions.join(' AND ')}
      ORDER BY p.time, p.lat_e7, p.lon_e7 LIMIT ${limit}`
  else
    // The outer bounds, known when the statement is planned, leave out the partitions of other days.
    text = `SELECT ${columns} FROM unnest(${bind(ranges.map((r) => r.deviceNo))}::int4[],
        ${bind(ranges.map((r) => new Date(r.fromMs).toISOString()))}::timestamptz[],
        ${bind(ranges.map((r) => new Date(r.toMs).toISOString()))}::timestamptz[]) AS d (no, from_time, to_time)
      CROSS JOIN LATERAL (
        SELECT * FROM position p
        WHERE p.device_no = d.no AND p.time >= d.from_time AND p.time < d.to_time
          AND p.time >= ${timestamp(fromMs)} AND p.time < ${timestamp(toMs)} AND ${conditions.join(' AND ')}
        ORDER BY p.time, p.lat_e7, p.lon_e7 LIMIT ${limit}
      ) p
      ORDER BY p.time, p.device_no, p.lat_e7, p.lon_e7 LIMIT ${limit}`
  const result = await client.query<HistoryRow>({ text, values, rowMode: 'array', types: asText })
  return result.rows
}

/** From `date_part('epoch', ...)`: seconds; exact to the millisecond once rounded. */
function epochMs(seconds: string): number {
  return Math.round(Number(seconds) * 1000)
}

function toPosition(row: HistoryRow): Position {
  return {
    lat: Number(row[2]) / 1e7,
    lon: Number(row[3]) / 1e7,
    timeMs: epochMs(row[1]),
    speedMps: row[7] === null ? null : Number(row[7]),
    headingDeg: row[8] === null ? null : Number(row[8]),
    accuracyM: row[9] === null ? null : Number(row[9]),
    altitudeM: row[10] === null ? null : Number(row[10]),
    batteryPct: row[11] === null ? null : Number(row[11]),
    charging: row[12] === null ? null : row[12] === 't',
    attributes: row[14] === null ? null : (JSON.parse(row[14]) as Record<string, unknown>),
    deviceNo: Number(row[0]),
    bikeNo: row[4] === null ? null : Number(row[4]),
    courierNo: row[5] === null ? null : Number(row[5]),
    receivedAtMs: epochMs(row[6]),
    flag: row[13] as FixFlag | null,
  }
}
