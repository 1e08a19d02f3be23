import type { CourierState } from './courier-shifts.ts'
import type { CourierId } from './ids.ts'

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** Some time of one courier's. */
export interface CourierSpan extends Span {
  readonly courierId: CourierId
}

/** A parcel in a courier's bag. */
export interface CarriedParcel {
  readonly courierId: CourierId
  readonly fromMs: number
  /** Null while it is there. */
  readonly toMs: number | null
  /** Of its drop-off. */
  readonly district: string
}

/** What seems to be in a bag for longer was forgotten there, by whoever should have said that it is delivered. */
export const longestCarryMs = 24 * 3_600_000

/**
 * When each courier was at work within a span of time, breaks left out.
 *
 * @param states oldest first; what was before the first is taken to be off
 */
export function workedSpans(
  states: ReadonlyMap<CourierId, readonly CourierState[]>,
  { fromMs, toMs }: Span,
): readonly CourierSpan[] {
  const spans: CourierSpan[] = []
  for (const [courierId, own] of states)
    for (const [index, { shift, atMs }] of own.entries()) {
      if (shift !== 'on') continue
      const span = { fromMs: Math.max(atMs, fromMs), toMs: Math.min(own[index + 1]?.atMs ?? toMs, toMs) }
      if (span.fromMs < span.toMs) spans.push({ courierId, ...span })
    }
  return spans
}

/**
 * When each courier had a parcel in the bag within a span of time. Two parcels in one bag are not twice the work: spans
 * of one courier do not overlap.
 */
export function carriedSpans(
  parcels: readonly CarriedParcel[],
  { fromMs, toMs }: Span,
): readonly CourierSpan[] {
  const sorted = parcels.toSorted((a, b) =>
    a.courierId === b.courierId ? a.fromMs - b.fromMs : a.courierId < b.courierId ? -1 : 1,
  )
  const spans: CourierSpan[] = []
  for (const parcel of sorted) {
    const before = spans.at(-1)
    const busyUntilMs = before?.courierId === parcel.courierId ? before.toMs : fromMs
    const span = {
      fromMs: Math.max(parcel.fromMs, busyUntilMs, fromMs),
      toMs: Math.min(parcel.toMs ?? toMs, parcel.fromMs + longestCarryMs, toMs),
    }
    if (span.fromMs < span.toMs) spans.push({ courierId: parcel.courierId, ...span })
  }
  return spans
}
