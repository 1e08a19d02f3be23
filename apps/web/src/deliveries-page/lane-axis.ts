import { type Delivery, hourMs } from '@fleet/domain'

/** A span of time laid out from left to right. */
export interface LaneAxis {
  readonly fromMs: number
  readonly toMs: number
  readonly pxPerHour: number
}

/**
 * The day, cut to the hours in which something happens: all windows and the present, whole hours, with one to spare.
 *
 * @param nowMs null when the day is not today
 */
export function createLaneAxis(
  day: { readonly fromMs: number; readonly toMs: number },
  deliveries: readonly Delivery[],
  nowMs: number | null,
  pxPerHour: number,
): LaneAxis {
  let fromMs = day.toMs
  let toMs = day.fromMs
  const include = (from: number, to: number) => {
    fromMs = Math.min(fromMs, from)
    toMs = Math.max(toMs, to)
  }
  for (const { pickup, dropoff } of deliveries) include(pickup.window.fromMs, dropoff.window.toMs)
  if (nowMs !== null) include(nowMs - hourMs, nowMs + 2 * hourMs)
  if (fromMs >= toMs) return { fromMs: day.fromMs + 8 * hourMs, toMs: day.fromMs + 20 * hourMs, pxPerHour }
  return {
    fromMs: Math.max(day.fromMs, Math.floor((fromMs - hourMs / 2) / hourMs) * hourMs),
    // A window that ends after midnight is shown to its end.
    toMs: Math.ceil((toMs + hourMs / 2) / hourMs) * hourMs,
    pxPerHour,
  }
}

export const axisX = (axis: LaneAxis, ms: number): number => ((ms - axis.fromMs) / hourMs) * axis.pxPerHour
export const axisMs = (axis: LaneAxis, x: number): number => axis.fromMs + (x / axis.pxPerHour) * hourMs
export const axisWidthPx = (axis: LaneAxis): number => axisX(axis, axis.toMs)

/** Every full hour on the axis. */
export function axisHours(axis: LaneAxis): readonly number[] {
  const hours: number[] = []
  for (let ms = Math.ceil(axis.fromMs / hourMs) * hourMs; ms <= axis.toMs; ms += hourMs) hours.push(ms)
  return hours
}

export interface LaneBlock {
  readonly delivery: Delivery
  /** 0 for the uppermost; blocks that overlap lie below each other. */
  readonly track: number
}

/** From the pick-up's window to the drop-off's end. */
export const blockSpan = ({ pickup, dropoff }: Delivery) => ({
  fromMs: Math.min(pickup.window.fromMs, dropoff.window.fromMs),
  toMs: Math.max(dropoff.window.toMs, pickup.window.toMs),
})

/**
 * Lays blocks on as few tracks as can be (greedy by start, which is optimal for intervals), none over another.
 *
 * @param leastMs a short block takes this much all the same, or its code could not be read
 */
export function packLane(
  deliveries: readonly Delivery[],
  leastMs: number,
): { readonly blocks: readonly LaneBlock[]; readonly tracks: number } {
  const endOfTrack: number[] = []
  const blocks = deliveries
    .map((delivery) => ({ delivery, span: blockSpan(delivery) }))
    .sort((a, b) => a.span.fromMs - b.span.fromMs || (a.delivery.id < b.delivery.id ? -1 : 1))
    .map(({ delivery, span }): LaneBlock => {
      const free = endOfTrack.findIndex((endMs) => endMs <= span.fromMs)
      const track = free < 0 ? endOfTrack.length : free
      endOfTrack[track] = Math.max(span.toMs, span.fromMs + leastMs)
      return { delivery, track }
    })
  return { blocks, tracks: Math.max(1, endOfTrack.length) }
}
