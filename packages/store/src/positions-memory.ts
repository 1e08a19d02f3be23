import { earliestStorableMs, newerContact, type BatchPlan, type PositionRow } from './positions-batch.ts'
import type { DeviceContact } from './port.ts'

/** A contact that came with a fix is written to the database this often. */
const contactWriteMs = 30_000

/** That a device reported for a bike or courier on one day: where history looks. */
export interface TrackerUse {
  readonly kind: 'bike' | 'courier'
  readonly subjectNo: number
  readonly day: number
  readonly deviceNo: number
}

/**
 * What one instance of the app remembers of what it stored, so that the usual batch costs no look-ups. Every answer
 * is a hint: another instance may know more, and a wrong hint costs time, never correctness. The one exception is
 * `newUses`, which says that a line is already in the database; `forgetUses` exists for those who delete such lines.
 */
export class PositionMemory {
  readonly #newestMs = new Map<number, number>()
  readonly #uses = new Set<string>()
  readonly #lastUse = new Map<number, { day: number; bikeNo: number | null; courierNo: number | null }>()
  readonly #unwritten = new Map<number, DeviceContact>()
  #contactsDueMs = -Infinity
  #keptFromMs = earliestStorableMs

  /** What is older is past retention, as far as upkeep has said. */
  get keptFromMs(): number {
    return this.#keptFromMs
  }

  /**
   * Whether the row is newer than all that this device is known to have sent: then it is hardly a repeat. A fix from
   * the future is always suspect, or a tracker with a wrong clock would make all of its later fixes suspect.
   */
  looksNew(row: PositionRow): boolean {
    const newest = this.#newestMs.get(row.fix.deviceNo)
    return newest !== undefined && row.timeMs > newest && row.fix.flag !== 'future'
  }

  /** Uses that this process has not written yet, each once, in the order in which every instance writes them. */
  newUses(rows: readonly PositionRow[]): readonly TrackerUse[] {
    let found: Map<string, TrackerUse> | null = null
    for (const { fix, day } of rows) {
      const last = this.#lastUse.get(fix.deviceNo)
      if (last && last.day === day && last.bikeNo === fix.bikeNo && last.courierNo === fix.courierNo) continue
      const { deviceNo } = fix
      for (const kind of ['bike', 'courier'] as const) {
        const subjectNo = kind === 'bike' ? fix.bikeNo : fix.courierNo
        if (subjectNo === null) continue
        const use: TrackerUse = { kind, subjectNo, day, deviceNo }
        if (!this.#uses.has(useKey(use))) (found ??= new Map()).set(useKey(use), use)
      }
    }
    return found ? [...found.values()].sort(compareUses) : []
  }

  /** The contacts to write with this batch: heartbeats at once, those of fixes with the next round. */
  dueContacts(plan: BatchPlan, nowMs: number): readonly DeviceContact[] {
    if (nowMs < this.#contactsDueMs && !plan.heartbeats) return []
    return [...this.#merged(plan.contacts).values()].sort((a, b) => a.deviceNo - b.deviceNo)
  }

  /** Contacts that no other instance can see yet. */
  unwrittenContacts(): Iterable<DeviceContact> {
    return this.#unwritten.values()
  }

  /** To be called after the commit, never before: an aborted batch must leave no hint behind. */
  committed(
    plan: BatchPlan,
    uses: readonly TrackerUse[],
    writtenContacts: readonly DeviceContact[],
    nowMs: number,
  ): void {
    for (const { fix, day, timeMs } of plan.rows) {
      if (fix.flag !== 'future' && !(this.#newestMs.get(fix.deviceNo)! >= timeMs))
        this.#newestMs.set(fix.deviceNo, timeMs)
      const last = this.#lastUse.get(fix.deviceNo)
      if (!last) this.#lastUse.set(fix.deviceNo, { day, bikeNo: fix.bikeNo, courierNo: fix.courierNo })
      else {
        last.day = day
        last.bikeNo = fix.bikeNo
        last.courierNo = fix.courierNo
      }
    }
    for (const use of uses) this.#uses.add(useKey(use))
    if (writtenContacts.length > 0) {
      // Another batch may have added a newer one while this was being written.
      for (const { deviceNo, atMs } of writtenContacts) {
        const unwritten = this.#unwritten.get(deviceNo)
        if (unwritten && unwritten.atMs <= atMs) this.#unwritten.delete(deviceNo)
      }
      this.#contactsDueMs = nowMs + contactWriteMs
    } else
      for (const [deviceNo, contact] of this.#merged(plan.contacts)) this.#unwritten.set(deviceNo, contact)
  }

  keepFrom(timeMs: number): void {
    this.#keptFromMs = timeMs
  }

  /** After lines of `tracker_use` were deleted, by this process or (hourly, to be safe) by another. */
  forgetUses(): void {
    this.#uses.clear()
    this.#lastUse.clear()
  }

  forgetDevices(deviceNos: readonly number[]): void {
    for (const deviceNo of deviceNos) {
      this.#newestMs.delete(deviceNo)
      this.#unwritten.delete(deviceNo)
    }
  }

  #merged(contacts: readonly DeviceContact[]): Map<number, DeviceContact> {
    const merged = new Map(this.#unwritten)
    for (const contact of contacts)
      merged.set(contact.deviceNo, newerContact(merged.get(contact.deviceNo), contact))
    return merged
  }
}

/** The days of these rows, ascending. */
export function daysOf(rows: readonly PositionRow[]): readonly number[] {
  const days: number[] = []
  // Rows ascend by day.
  for (const { day } of rows) if (days.at(-1) !== day) days.push(day)
  return days
}

function useKey(use: TrackerUse): string {
  return `${use.kind}/${use.subjectNo}/${use.day}/${use.deviceNo}`
}

function compareUses(a: TrackerUse, b: TrackerUse): number {
  return (
    (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0) ||
    a.subjectNo - b.subjectNo ||
    a.day - b.day ||
    a.deviceNo - b.deviceNo
  )
}
