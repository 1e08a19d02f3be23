import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { dayMs } from '@fleet/domain'
import { dayOf } from '../positions-batch.ts'
import { storableSpan } from '../positions-cursor.ts'
import type { Track, TracksQuery } from '../port.ts'
import { scanStepMs, toTrack, type TrackPlace } from '../track-columns.ts'
import { prepared } from './statements.ts'

/**
 * See `Store.tracks`. With a long step, from one fix to the next that is far enough away the key is descended anew: that costs some
 * microseconds whatever lies between, so a bike that reports every second costs no more than one that reports every minute.
 */
export async function readTracks(db: DatabaseSync, query: TracksQuery): Promise<readonly Track[]> {
  const { fromMs, toMs } = storableSpan(query)
  const stepMs = Math.max(1, Math.ceil(query.stepMs))
  const tracks: Track[] = []
  if (fromMs >= toMs) return tracks
  for (const bikeNo of query.bikeNos) {
    const places: TrackPlace[] = []
    const read = stepMs <= scanStepMs ? scan : walk
    for (const use of findUses(db, bikeNo, fromMs, toMs))
      read(
        db,
        use.deviceNo,
        bikeNo,
        Math.max(fromMs, use.firstDay * dayMs),
        Math.min(toMs, (use.lastDay + 1) * dayMs),
        stepMs,
        places,
      )
    const before = query.lookBackMs ? lastBefore(db, bikeNo, fromMs - query.lookBackMs, fromMs) : []
    if (places.length + before.length > 0) tracks.push(toTrack(bikeNo, places, stepMs, before))
    // SQLite answers without ever waiting: others get their turn between two bikes.
    await setImmediate()
  }
  return tracks
}

/** The last fix that each of the bike's devices reported within a span. */
function lastBefore(db: DatabaseSync, bikeNo: number, fromMs: number, toMs: number): TrackPlace[] {
  const last = prepared(
    db,
    `SELECT time_ms, lat_e7, lon_e7 FROM position
     WHERE device_no = ? AND time_ms >= ? AND time_ms < ? AND bike_no = ? AND flag IS NULL
     ORDER BY time_ms DESC LIMIT 1`,
  )
  last.setReturnArrays(true)
  const places: TrackPlace[] = []
  for (const { deviceNo, lastDay } of findUses(db, bikeNo, fromMs, toMs)) {
    const place = last.get(deviceNo, fromMs, Math.min(toMs, (lastDay + 1) * dayMs), bikeNo)
    if (place !== undefined) places.push(place as unknown as TrackPlace)
  }
  return places
}

function findUses(db: DatabaseSync, bikeNo: number, fromMs: number, toMs: number) {
  return prepared(
    db,
    `SELECT device_no AS deviceNo, min(day) AS firstDay, max(day) AS lastDay FROM tracker_use
     WHERE kind = 'bike' AND subject_no = ? AND day BETWEEN ? AND ? GROUP BY device_no`,
  ).all(bikeNo, dayOf(fromMs), dayOf(toMs - 1)) as unknown as {
    deviceNo: number
    firstDay: number
    lastDay: number
  }[]
}

function scan(
  db: DatabaseSync,
  deviceNo: number,
  bikeNo: number,
  fromMs: number,
  toMs: number,
  _stepMs: number,
  places: TrackPlace[],
): void {
  const all = prepared(
    db,
    `SELECT time_ms, lat_e7, lon_e7 FROM position
     WHERE device_no = ? AND time_ms >= ? AND time_ms < ? AND bike_no = ? AND flag IS NULL`,
  )
  all.setReturnArrays(true)
  for (const place of all.iterate(deviceNo, fromMs, toMs, bikeNo)) places.push(place as unknown as TrackPlace)
}

function walk(
  db: DatabaseSync,
  deviceNo: number,
  bikeNo: number,
  fromMs: number,
  toMs: number,
  stepMs: number,
  places: TrackPlace[],
): void {
  const next = prepared(
    db,
    `SELECT time_ms, lat_e7, lon_e7 FROM position
     WHERE device_no = ? AND time_ms >= ? AND time_ms < ? AND bike_no = ? AND flag IS NULL
     ORDER BY time_ms LIMIT 1`,
  )
  next.setReturnArrays(true)
  for (let atMs = fromMs; atMs < toMs;) {
    const place = next.get(deviceNo, atMs, toMs, bikeNo) as TrackPlace | undefined
    if (place === undefined) return
    places.push(place)
    atMs = place[0] + stepMs
  }
}
