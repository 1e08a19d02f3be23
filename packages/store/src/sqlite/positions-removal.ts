import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { dayMs } from '@fleet/domain'
import { dayOf } from '../positions-batch.ts'
import type { PositionOwners } from '../positions-port.ts'
import type { SqliteConnection } from './connection.ts'
import { prepared } from './statements.ts'

/** Rows a transaction: some 10 ms, in which nothing else is served. */
const rowsPerChunk = 2000

/**
 * Deletes fixes older than `positionsDays` days, device by device out of the clustered key, in short transactions
 * between which ingest gets its turn.
 *
 * If the process dies between two of them, the next run goes on where this one stopped.
 */
export async function dropOldPositions(
  connection: SqliteConnection,
  nowMs: number,
  positionsDays: number,
): Promise<void> {
  const cutoffDay = dayOf(nowMs) - positionsDays
  const cutoffMs = cutoffDay * dayMs
  for (let deviceNo = nextDevice(connection.reader, -1); deviceNo !== null;) {
    const removed = await connection.transaction((db) => deleteChunk(db, deviceNo!, cutoffMs))
    if (removed < rowsPerChunk) deviceNo = nextDevice(connection.reader, deviceNo)
    await nextTurn()
  }
  await connection.transaction((db) => {
    prepared(db, 'DELETE FROM tracker_use WHERE day < ?').run(cutoffDay)
  })
}

/** See `PositionStore.clearHistory`. */
export async function clearHistory(
  connection: SqliteConnection,
  deviceNos: readonly number[],
): Promise<void> {
  for (const deviceNo of deviceNos)
    for (let removed = rowsPerChunk; removed >= rowsPerChunk; await nextTurn())
      removed = await connection.transaction((db) => deleteChunk(db, deviceNo, Number.MAX_SAFE_INTEGER))
}

/** Skips from device to device along the key instead of reading every row for DISTINCT. */
function nextDevice(db: DatabaseSync, after: number): number | null {
  const row = prepared(db, 'SELECT min(device_no) AS device_no FROM position WHERE device_no > ?').get(after)
  return row!['device_no'] as number | null
}

/** @returns how many rows went, about: below `rowsPerChunk` means that none are left */
function deleteChunk(db: DatabaseSync, deviceNo: number, beforeMs: number): number {
  const chunkEnd = prepared(
    db,
    'SELECT time_ms FROM position WHERE device_no = ? AND time_ms < ? ORDER BY time_ms LIMIT 1 OFFSET ?',
  ).get(deviceNo, beforeMs, rowsPerChunk - 1) as { time_ms: number } | undefined
  // Times are whole: the row at the end of the chunk, and others of its time, go with it.
  const endMs = chunkEnd ? chunkEnd.time_ms + 1 : beforeMs
  const { changes } = prepared(db, 'DELETE FROM position WHERE device_no = ? AND time_ms < ?').run(
    deviceNo,
    endMs,
  )
  return Number(changes)
}

/** Inside the caller's transaction: all of it or nothing. */
export function clearPositions(db: DatabaseSync, { bikeNos, courierNos, deviceNos }: PositionOwners): void {
  for (const deviceNo of deviceNos) {
    prepared(db, 'DELETE FROM position WHERE device_no = ?').run(deviceNo)
    prepared(db, 'DELETE FROM device_contact WHERE device_no = ?').run(deviceNo)
  }
  // What other devices sent for these bikes and couriers.
  for (const [kind, subjectNos] of [
    ['bike', bikeNos],
    ['courier', courierNos],
  ] as const)
    for (const subjectNo of subjectNos) {
      const uses = prepared(
        db,
        'SELECT device_no, day FROM tracker_use WHERE kind = ? AND subject_no = ?',
      ).all(kind, subjectNo) as { device_no: number; day: number }[]
      for (const { device_no, day } of uses)
        prepared(
          db,
          `DELETE FROM position WHERE device_no = ? AND time_ms >= ? AND time_ms < ? AND ${kind}_no = ?`,
        ).run(device_no, day * dayMs, (day + 1) * dayMs, subjectNo)
      prepared(db, 'DELETE FROM tracker_use WHERE kind = ? AND subject_no = ?').run(kind, subjectNo)
    }
  for (const bikeNo of bikeNos) prepared(db, 'DELETE FROM latest_fix WHERE bike_no = ?').run(bikeNo)
}
