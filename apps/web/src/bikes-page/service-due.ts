import type { ServiceEntry } from '@fleet/domain'

const soonMs = 14 * 86_400_000
const soonKm = 100

/** Most pressing first. */
export const dues = ['overdue', 'soon', 'later'] as const
export type Due = (typeof dues)[number]

/**
 * When what is in the book is to be done again. What was done again since is not due any more: only the newest entry of
 * each kind counts.
 *
 * @param odometerKm what the bike has ridden; null when nobody knows
 * @returns by the entry's id
 */
export function dueEntries(
  entries: readonly ServiceEntry[],
  nowMs: number,
  odometerKm: number | null,
): ReadonlyMap<string, Due> {
  const newest = new Map<string, ServiceEntry>()
  for (const entry of entries) {
    const known = newest.get(entry.kind)
    if (
      known === undefined ||
      entry.atMs > known.atMs ||
      (entry.atMs === known.atMs && entry.createdAtMs > known.createdAtMs)
    )
      newest.set(entry.kind, entry)
  }
  const due = new Map<string, Due>()
  for (const { id, dueMs, dueKm } of newest.values()) {
    if (dueMs === null && dueKm === null) continue
    const leftMs = dueMs === null ? Number.POSITIVE_INFINITY : dueMs - nowMs
    const leftKm = dueKm === null || odometerKm === null ? Number.POSITIVE_INFINITY : dueKm - odometerKm
    due.set(id, leftMs < 0 || leftKm < 0 ? 'overdue' : leftMs < soonMs || leftKm < soonKm ? 'soon' : 'later')
  }
  return due
}

export interface NextService {
  readonly due: Due
  readonly entry: ServiceEntry
}

/** What is most pressing of a bike's service; null when nothing is due. */
export function nextService(
  entries: readonly ServiceEntry[],
  nowMs: number,
  odometerKm: number | null,
): NextService | null {
  const due = dueEntries(entries, nowMs, odometerKm)
  const waiting = entries.flatMap((entry) => {
    const of = due.get(entry.id)
    return of === undefined ? [] : [{ due: of, entry }]
  })
  waiting.sort(
    (a, b) =>
      dues.indexOf(a.due) - dues.indexOf(b.due) ||
      (a.entry.dueMs ?? Number.POSITIVE_INFINITY) - (b.entry.dueMs ?? Number.POSITIVE_INFINITY),
  )
  return waiting[0] ?? null
}
