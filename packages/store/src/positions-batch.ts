import { dayMs } from '@fleet/domain'
import type { DeviceContact, FixBatch, ResolvedFix } from './port.ts'

/** 1 January 2000: an earlier time is a tracker's clock that was never set. */
export const earliestStorableMs = Date.UTC(2000, 0, 1)
/**
 * How far ahead of its reception a fix may be. A clock in the wrong time zone is off by at most 26 hours and is kept
 * (flagged); one that is off by years would make PostgreSQL create a partition for every such day.
 */
export const storableAheadMs = 2 * dayMs

/** A fix with its identity as it is stored: device, time in whole ms, place in 1e-7 degrees (11 mm). */
export interface PositionRow {
  readonly fix: ResolvedFix
  /** Place in the batch. */
  readonly index: number
  /** Days since 1970-01-01 UTC. */
  readonly day: number
  readonly timeMs: number
  readonly latE7: number
  readonly lonE7: number
}

export interface BatchPlan {
  /** Every storable fix once, ascending by day and identity. */
  readonly rows: readonly PositionRow[]
  /** Heartbeats and the devices of all fixes: the newest word of each device, ascending by number. */
  readonly contacts: readonly DeviceContact[]
  readonly heartbeats: boolean
}

/**
 * Sorts a batch into the order in which every instance of the app writes: two of them that were given the same fixes
 * then wait for each other instead of deadlocking. The day leads because a bulk load into partitions writes partition
 * by partition.
 *
 * Leaves out repeats inside the batch (the first stays), fixes whose time or place cannot be true and those that are past
 * retention: these are reported as not stored, so that the tracker is answered 2xx and does not send them for ever.
 *
 * @param keptFromMs what is older goes with the next upkeep. Stored until then, a phone that sends years at once would
 *   have PostgreSQL make a partition for each of their days: minutes in which no fix of anybody is stored
 */
export function planBatch(batch: FixBatch, keptFromMs = earliestStorableMs): BatchPlan {
  const earliestMs = Math.max(keptFromMs, earliestStorableMs)
  const latestMs = batch.receivedAtMs + storableAheadMs
  const rows: PositionRow[] = []
  let ascending = true
  let previous: PositionRow | undefined
  for (let index = 0; index < batch.fixes.length; index++) {
    const fix = batch.fixes[index]!
    const timeMs = Math.round(fix.timeMs)
    const latE7 = Math.round(fix.lat * 1e7)
    const lonE7 = Math.round(fix.lon * 1e7)
    // Negated, so that NaN is left out too.
    if (!(timeMs >= earliestMs && timeMs <= latestMs)) continue
    if (!(Math.abs(latE7) <= 90e7 && Math.abs(lonE7) <= 180e7)) continue
    const row: PositionRow = {
      fix,
      index,
      day: dayOf(timeMs),
      timeMs,
      latE7,
      lonE7,
    }
    if (previous && compareRows(previous, row) >= 0) ascending = false
    previous = row
    rows.push(row)
  }
  return {
    rows: ascending ? rows : withoutRepeats(rows.sort(compareRows)),
    contacts: newestContacts(batch),
    heartbeats: batch.heartbeats.length > 0,
  }
}

export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs)
}

function compareRows(a: PositionRow, b: PositionRow): number {
  return (
    a.day - b.day ||
    a.fix.deviceNo - b.fix.deviceNo ||
    a.timeMs - b.timeMs ||
    a.latE7 - b.latE7 ||
    a.lonE7 - b.lonE7
  )
}

/** The sort is stable, so the first of equal rows is the one that came first in the batch. */
function withoutRepeats(sorted: readonly PositionRow[]): readonly PositionRow[] {
  return sorted.filter((row, i) => i === 0 || compareRows(sorted[i - 1]!, row) !== 0)
}

function newestContacts(batch: FixBatch): readonly DeviceContact[] {
  const newest = new Map<number, DeviceContact>()
  const batteryTimes = new Map<number, number>()
  for (const fix of batch.fixes) {
    const held = newest.get(fix.deviceNo)
    if (held && fix.timeMs < batteryTimes.get(fix.deviceNo)!) continue
    batteryTimes.set(fix.deviceNo, fix.timeMs)
    newest.set(fix.deviceNo, {
      deviceNo: fix.deviceNo,
      atMs: batch.receivedAtMs,
      batteryPct: fix.batteryPct ?? held?.batteryPct ?? null,
      charging: fix.charging ?? held?.charging ?? null,
    })
  }
  for (const heartbeat of batch.heartbeats)
    newest.set(heartbeat.deviceNo, newerContact(newest.get(heartbeat.deviceNo), heartbeat))
  return [...newest.values()].sort((a, b) => a.deviceNo - b.deviceNo)
}

/** The later of two contacts of a device. What it does not say about the battery is taken from the earlier one. */
export function newerContact(a: DeviceContact | undefined, b: DeviceContact): DeviceContact {
  if (!a) return b
  const [older, newer] = b.atMs >= a.atMs ? [a, b] : [b, a]
  return {
    deviceNo: newer.deviceNo,
    atMs: newer.atMs,
    batteryPct: newer.batteryPct ?? older.batteryPct,
    charging: newer.charging ?? older.charging,
  }
}

/** What a batch does to the marker of one bike if nothing moves it meanwhile. */
export interface MarkerMove {
  readonly bikeNo: number
  /**
   * The fixes that move the marker one after the other: plausible, ascending in time, each time once. Those not newer
   * than the marker that the database holds are still to be left out. Never empty.
   */
  readonly steps: readonly PositionRow[]
}

/**
 * Who moves where, ascending by bike.
 *
 * @param stored whether history took the row now; a repeat moves nothing and is not ridden twice
 */
export function planMarkers(
  rows: readonly PositionRow[],
  stored: (row: PositionRow) => boolean,
): readonly MarkerMove[] {
  const byBike = new Map<number, PositionRow[]>()
  for (const row of rows) {
    const { bikeNo, flag } = row.fix
    if (bikeNo === null || flag !== null || !stored(row)) continue
    const steps = byBike.get(bikeNo)
    if (steps) steps.push(row)
    else byBike.set(bikeNo, [row])
  }
  return [...byBike]
    .sort(([a], [b]) => a - b)
    .map(([bikeNo, steps]) => ({
      bikeNo,
      steps:
        steps.length === 1
          ? steps
          : steps
              .sort((a, b) => a.timeMs - b.timeMs || a.index - b.index)
              .filter((row, i) => i === 0 || steps[i - 1]!.timeMs < row.timeMs),
    }))
}

export function sumRiddenM(steps: readonly PositionRow[]): number {
  let sum = 0
  for (const step of steps) sum += step.fix.riddenM
  return sum
}

/** JSON text, or null. A NUL character stays the escape \u0000, so a text or `json` column takes it. */
export function attributesText(fix: ResolvedFix): string | null {
  return fix.attributes === null ? null : JSON.stringify(fix.attributes)
}
