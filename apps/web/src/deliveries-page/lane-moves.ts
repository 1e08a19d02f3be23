import type { Delivery } from '@fleet/domain'
import { axisMs, blockSpan, type LaneAxis } from './lane-axis.ts'
import { isActive } from './lateness.ts'

/** What a block is moved by in time: finer promises nobody makes. */
export const moveStepMs = 5 * 60_000

export const wholeSteps = (ms: number): number => Math.round(ms / moveStepMs) * moveStepMs

/** What is over has had its time. */
export const isMovable = isActive

/** The windows as much later (or earlier); the pick-up's too, unless the parcel has been picked up. */
export function movedWindows(
  delivery: Delivery,
  deltaMs: number,
): Partial<Pick<Delivery, 'pickup' | 'dropoff'>> {
  const moved = (kind: 'pickup' | 'dropoff') => {
    const { fromMs, toMs } = delivery[kind].window
    return { ...delivery[kind], window: { fromMs: fromMs + deltaMs, toMs: toMs + deltaMs } }
  }
  return delivery.status === 'picked_up'
    ? { dropoff: moved('dropoff') }
    : { pickup: moved('pickup'), dropoff: moved('dropoff') }
}

/** A block in somebody's hand. */
export interface Grab {
  readonly delivery: Delivery
  /** Where it was taken, from its own beginning. */
  readonly offsetMs: number
}

export const grabAt = (delivery: Delivery, axis: LaneAxis, x: number): Grab => ({
  delivery,
  offsetMs: axisMs(axis, x) - blockSpan(delivery).fromMs,
})

/** How much later it would be if it were let go there. */
export const deltaAt = ({ delivery, offsetMs }: Grab, axis: LaneAxis, x: number): number =>
  wholeSteps(axisMs(axis, x) - offsetMs - blockSpan(delivery).fromMs)

type Lanes = readonly { readonly deliveries: readonly Delivery[] }[]

const inTime = (deliveries: readonly Delivery[]): readonly Delivery[] =>
  deliveries.toSorted((a, b) => blockSpan(a).fromMs - blockSpan(b).fromMs || (a.id < b.id ? -1 : 1))

/**
 * Where an arrow key leads from a block: sideways through its lane, up and down to the block of the nearest lane that has
 * any which begins at about the same time.
 *
 * @returns null at the edge
 */
export function neighbourOf(lanes: Lanes, id: string, key: string): Delivery | null {
  const at = lanes.findIndex(({ deliveries }) => deliveries.some((delivery) => delivery.id === id))
  if (at < 0) return null
  const lane = inTime(lanes[at]!.deliveries)
  const place = lane.findIndex((delivery) => delivery.id === id)
  switch (key) {
    case 'ArrowLeft':
      return lane[place - 1] ?? null
    case 'ArrowRight':
      return lane[place + 1] ?? null
    case 'Home':
      return lane[0]!
    case 'End':
      return lane.at(-1)!
    default:
      return nearestInLane(lanes, at, key === 'ArrowUp' ? -1 : 1, blockSpan(lane[place]!).fromMs)
  }
}

function nearestInLane(lanes: Lanes, from: number, step: -1 | 1, atMs: number): Delivery | null {
  for (let at = from + step; at >= 0 && at < lanes.length; at += step) {
    const [first, ...others] = inTime(lanes[at]!.deliveries)
    if (first === undefined) continue
    const away = (delivery: Delivery) => Math.abs(blockSpan(delivery).fromMs - atMs)
    return others.reduce((best, delivery) => (away(delivery) < away(best) ? delivery : best), first)
  }
  return null
}
