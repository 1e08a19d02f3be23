import type { FixFlag, Position } from '@fleet/domain'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { dayOf } from '../positions-batch.ts'
import {
  deviceRange,
  historyRange,
  renderCursor,
  type DeviceRange,
  type HistoryRange,
} from '../positions-cursor.ts'
import type { HistoryQuery, Page } from '../port.ts'
import { prepared } from './statements.ts'

/** More devices than this on one bike in one query are read in rounds: SQLite takes 500 parts and 32,766 values. */
const devicesPerStatement = 100

/**
 * One page of history, oldest first. A bike's history is the merge of ranges of the devices that reported for it: each
 * part comes out of the clustered key in order, so SQLite merges without sorting and stops at the limit.
 */
export function readHistory(db: DatabaseSync, query: HistoryQuery): Page<Position> {
  const range = historyRange(query)
  if (range.fromMs >= range.toMs || query.limit < 1) return { items: [], nextCursor: null }
  const ranges = findRanges(db, query, range)
  const rows: HistoryRow[] = []
  for (let i = 0; i < ranges.length; i += devicesPerStatement)
    rows.push(...readRows(db, query, range, ranges.slice(i, i + devicesPerStatement)))
  if (ranges.length > devicesPerStatement)
    rows.sort((a, b) => a[1] - b[1] || a[0] - b[0] || a[2] - b[2] || a[3] - b[3])
  // One row was asked for beyond the limit: only to know whether there is another page.
  const more = rows.length > query.limit
  const last = more ? rows[query.limit - 1]! : null
  return {
    items: (more ? rows.slice(0, query.limit) : rows).map(toPosition),
    nextCursor: last && renderCursor({ deviceNo: last[0], timeMs: last[1], latE7: last[2], lonE7: last[3] }),
  }
}

function findRanges(db: DatabaseSync, query: HistoryQuery, range: HistoryRange): readonly DeviceRange[] {
  const { bikeNo, courierNo, deviceNo } = query
  if (bikeNo === undefined && courierNo === undefined)
    return [{ deviceNo: deviceNo!, fromMs: range.fromMs, toMs: range.toMs }]
  const [kind, subjectNo]: [string, number] =
    bikeNo !== undefined ? ['bike', bikeNo] : ['courier', courierNo!]
  const rows = prepared(
    db,
    `SELECT device_no, min(day) AS first_day, max(day) AS last_day FROM tracker_use
     WHERE kind = ? AND subject_no = ? AND day BETWEEN ? AND ? GROUP BY device_no ORDER BY device_no`,
  ).all(kind, subjectNo, dayOf(range.fromMs), dayOf(range.toMs - 1)) as {
    device_no: number
    first_day: number
    last_day: number
  }[]
  return rows
    .filter((row) => deviceNo === undefined || row.device_no === deviceNo)
    .map((row) => deviceRange(range, row.device_no, row.first_day, row.last_day))
    .filter((found) => found !== null)
}

type HistoryRow = [
  deviceNo: number,
  timeMs: number,
  latE7: number,
  lonE7: number,
  bikeNo: number | null,
  courierNo: number | null,
  receivedAtMs: number,
  speedMps: number | null,
  headingDeg: number | null,
  accuracyM: number | null,
  altitudeM: number | null,
  batteryPct: number | null,
  charging: number | null,
  flag: string | null,
  attributes: string | null,
]

function readRows(
  db: DatabaseSync,
  query: HistoryQuery,
  { after }: HistoryRange,
  ranges: readonly DeviceRange[],
): HistoryRow[] {
  if (ranges.length === 0) return []
  const filters: string[] = []
  const filterValues: number[] = []
  if (query.bikeNo !== undefined) {
    filters.push('AND bike_no = ?')
    filterValues.push(query.bikeNo)
  }
  if (query.courierNo !== undefined) {
    filters.push('AND courier_no = ?')
    filterValues.push(query.courierNo)
  }
  // The cursor's comparison holds for every first page too; the range of the key is what makes it fast.
  const part = `SELECT device_no, time_ms, lat_e7, lon_e7, bike_no, courier_no, received_at_ms, speed_mps, heading_deg,
      accuracy_m, altitude_m, battery_pct, charging, flag, attributes
    FROM position WHERE device_no = ? AND time_ms >= ? AND time_ms < ?
      AND (time_ms, device_no, lat_e7, lon_e7) > (?, ?, ?, ?) ${filters.join(' ')}`
  const statement = prepared(db, `${ranges.map(() => part).join(' UNION ALL ')} ORDER BY 2, 1, 3, 4 LIMIT ?`)
  const values: SQLInputValue[] = []
  for (const { deviceNo, fromMs, toMs } of ranges)
    values.push(
      deviceNo,
      fromMs,
      toMs,
      after.timeMs,
      after.deviceNo,
      after.latE7,
      after.lonE7,
      ...filterValues,
    )
  // Arrays come out of node:sqlite twice as fast as objects.
  statement.setReturnArrays(true)
  return statement.all(...values, query.limit + 1) as unknown as HistoryRow[]
}

function toPosition(row: HistoryRow): Position {
  return {
    lat: row[2] / 1e7,
    lon: row[3] / 1e7,
    timeMs: row[1],
    speedMps: row[7],
    headingDeg: row[8],
    accuracyM: row[9],
    altitudeM: row[10],
    batteryPct: row[11],
    charging: row[12] === null ? null : row[12] === 1,
    attributes: row[14] === null ? null : (JSON.parse(row[14]) as Record<string, unknown>),
    deviceNo: row[0],
    bikeNo: row[4],
    courierNo: row[5],
    receivedAtMs: row[6],
    flag: row[13] as FixFlag | null,
  }
}
