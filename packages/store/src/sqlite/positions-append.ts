import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  attributesText,
  planBatch,
  planMarkers,
  sumRiddenM,
  type MarkerMove,
  type PositionRow,
} from '../positions-batch.ts'
import type { PositionMemory, TrackerUse } from '../positions-memory.ts'
import type { DeviceContact, FixBatch, FixBatchResult } from '../port.ts'
import type { SqliteConnection } from './connection.ts'
import { prepared } from './statements.ts'

const columns = 15
/** Measured: 20 rows a statement store 1.3 times what single rows do; 50 no more; json_each a quarter. */
const rowsPerStatement = 20

const oneRow = `(${'?, '.repeat(columns - 1)}?)`
const insertOne = `INSERT INTO position VALUES ${oneRow} ON CONFLICT DO NOTHING`
const insertMany = `INSERT INTO position VALUES ${Array(rowsPerStatement).fill(oneRow).join(', ')} ON CONFLICT DO NOTHING`

/** Rows that memory took for new were there already; the transaction has to be done again, row by row. */
class WrongHint extends Error {}

/**
 * Stores a batch in one transaction.
 *
 * If the process dies anywhere before COMMIT has returned, the next start finds the whole batch or nothing of it; the
 * tracker was not answered and sends again, and what is there already is recognised by its key. The memory is told
 * after the commit, so it never knows of a row that is not on disk.
 *
 * @throws AppError database_locked, storage_failed, outcome_unknown; the batch may be given again in every case
 */
export async function appendFixes(
  connection: SqliteConnection,
  memory: PositionMemory,
  batch: FixBatch,
): Promise<FixBatchResult> {
  const stored: boolean[] = Array(batch.fixes.length).fill(false)
  const plan = planBatch(batch, memory.keptFromMs)
  const uses = memory.newUses(plan.rows)
  const contacts = memory.dueContacts(plan, batch.receivedAtMs)
  if (plan.rows.length > 0 || contacts.length > 0) {
    const attempt = (trustMemory: boolean) =>
      connection.transaction((db) => {
        const looksNew = (row: PositionRow) => trustMemory && memory.looksNew(row)
        insertPositions(db, plan.rows, batch.receivedAtMs, looksNew, stored)
        insertUses(db, uses)
        const moves = planMarkers(plan.rows, (row) => stored[row.index]!)
        moveMarkers(db, moves, batch.receivedAtMs)
        writeContacts(db, contacts)
      })
    try {
      await attempt(true)
    } catch (error) {
      if (!(error instanceof WrongHint)) throw error
      stored.fill(false)
      await attempt(false)
    }
  }
  memory.committed(plan, uses, contacts, batch.receivedAtMs)
  return { stored }
}

/** Sets `stored[row.index]` of each row that was not there. */
function insertPositions(
  db: DatabaseSync,
  rows: readonly PositionRow[],
  receivedAtMs: number,
  looksNew: (row: PositionRow) => boolean,
  stored: boolean[],
): void {
  const many = prepared(db, insertMany)
  const one = prepared(db, insertOne)
  const manyValues: SQLInputValue[] = Array(columns * rowsPerStatement).fill(null)
  const oneValues: SQLInputValue[] = Array(columns).fill(null)
  const pending: PositionRow[] = []
  const insertSingly = (row: PositionRow) => {
    bindRow(oneValues, 0, row, receivedAtMs)
    stored[row.index] = one.run(...oneValues).changes === 1
  }
  for (const row of rows) {
    if (!looksNew(row)) {
      insertSingly(row)
      continue
    }
    pending.push(row)
    if (pending.length < rowsPerStatement) continue
    for (let i = 0; i < rowsPerStatement; i++) bindRow(manyValues, i * columns, pending[i]!, receivedAtMs)
    // A statement of many rows says how many were new, not which ones.
    if (many.run(...manyValues).changes !== rowsPerStatement) throw new WrongHint()
    for (const taken of pending) stored[taken.index] = true
    pending.length = 0
  }
  for (const row of pending) insertSingly(row)
}

function bindRow(values: SQLInputValue[], at: number, row: PositionRow, receivedAtMs: number): void {
  const { fix } = row
  values[at] = fix.deviceNo
  values[at + 1] = row.timeMs
  values[at + 2] = row.latE7
  values[at + 3] = row.lonE7
  values[at + 4] = fix.bikeNo
  values[at + 5] = fix.courierNo
  values[at + 6] = receivedAtMs
  values[at + 7] = fix.speedMps
  values[at + 8] = fix.headingDeg
  values[at + 9] = fix.accuracyM
  values[at + 10] = fix.altitudeM
  values[at + 11] = fix.batteryPct
  values[at + 12] = fix.charging === null ? null : fix.charging ? 1 : 0
  values[at + 13] = fix.flag
  values[at + 14] = attributesText(fix)
}

function insertUses(db: DatabaseSync, uses: readonly TrackerUse[]): void {
  if (uses.length === 0) return
  const statement = prepared(
    db,
    'INSERT INTO tracker_use (kind, subject_no, day, device_no) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  for (const use of uses) statement.run(use.kind, use.subjectNo, use.day, use.deviceNo)
}

/** The write lock is held since BEGIN IMMEDIATE: between reading a marker and moving it nobody else moves it. */
function moveMarkers(db: DatabaseSync, moves: readonly MarkerMove[], receivedAtMs: number): void {
  if (moves.length === 0) return
  const heldTime = prepared(db, 'SELECT time_ms FROM latest_fix WHERE bike_no = ?')
  const upsert = prepared(db, upsertMarker)
  for (const { bikeNo, steps } of moves) {
    // One step needs no look: the statement itself leaves a newer marker alone.
    const held = steps.length > 1 ? (heldTime.get(bikeNo) as { time_ms: number } | undefined) : undefined
    const newer = held ? steps.filter((row) => row.timeMs > held.time_ms) : steps
    const last = newer.at(-1)
    if (!last) continue
    const { fix } = last
    upsert.run(
      bikeNo,
      fix.deviceNo,
      fix.courierNo,
      last.timeMs,
      receivedAtMs,
      last.latE7,
      last.lonE7,
      fix.speedMps,
      fix.headingDeg,
      fix.accuracyM,
      fix.altitudeM,
      fix.batteryPct,
      fix.charging === null ? null : fix.charging ? 1 : 0,
      sumRiddenM(newer),
    )
  }
}

const upsertMarker = `INSERT INTO latest_fix (bike_no, device_no, courier_no, time_ms, received_at_ms, lat_e7, lon_e7,
    speed_mps, heading_deg, accuracy_m, altitude_m, battery_pct, charging, odometer_m)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (bike_no) DO UPDATE SET device_no = excluded.device_no, courier_no = excluded.courier_no,
    time_ms = excluded.time_ms, received_at_ms = excluded.received_at_ms, lat_e7 = excluded.lat_e7,
    lon_e7 = excluded.lon_e7, speed_mps = excluded.speed_mps, heading_deg = excluded.heading_deg,
    accuracy_m = excluded.accuracy_m, altitude_m = excluded.altitude_m, battery_pct = excluded.battery_pct,
    charging = excluded.charging, odometer_m = odometer_m + excluded.odometer_m
  WHERE excluded.time_ms > latest_fix.time_ms`

function writeContacts(db: DatabaseSync, contacts: readonly DeviceContact[]): void {
  if (contacts.length === 0) return
  const statement = prepared(
    db,
    `INSERT INTO device_contact (device_no, at_ms, battery_pct, charging) VALUES (?, ?, ?, ?)
     ON CONFLICT (device_no) DO UPDATE SET at_ms = excluded.at_ms,
       battery_pct = coalesce(excluded.battery_pct, battery_pct), charging = coalesce(excluded.charging, charging)
     WHERE excluded.at_ms >= device_contact.at_ms`,
  )
  for (const { deviceNo, atMs, batteryPct, charging } of contacts)
    statement.run(deviceNo, atMs, batteryPct, charging === null ? null : charging ? 1 : 0)
}
