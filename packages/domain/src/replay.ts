import type { CourierState } from './courier-shifts.ts'
import { distanceM } from './geo.ts'
import type { BikeId, CourierId } from './ids.ts'

/** A courier's time with one bike. */
export interface Ride {
  readonly courierId: CourierId
  readonly bikeId: BikeId
  readonly fromMs: number
  /** Null when it went on for as long as the states tell. */
  readonly toMs: number | null
}

/**
 * Who had which bike, oldest first.
 *
 * @param states by courier, oldest first
 */
export function ridesOf(states: ReadonlyMap<CourierId, readonly CourierState[]>): readonly Ride[] {
  const rides: Ride[] = []
  for (const own of states.values())
    for (const [index, { courierId, bikeId, atMs }] of own.entries()) {
      if (bikeId === null || own[index - 1]?.bikeId === bikeId) continue
      const end = own.slice(index).find((later) => later.bikeId !== bikeId)
      rides.push({ courierId, bikeId, fromMs: atMs, toMs: end?.atMs ?? null })
    }
  return rides.toSorted((a, b) => a.fromMs - b.fromMs)
}

/** Columns of equal length, oldest first. */
interface Places {
  readonly timesMs: readonly number[]
  readonly lats: readonly number[]
  readonly lons: readonly number[]
}

/** More than a standing tracker wanders. */
const movedM = 30
/** Fixes farther apart than this are not joined: nobody knows how and when the bike came from one to the other. */
export const silenceMs = 120_000

/**
 * How many bikes moved in each of `slots` equal parts of a span of time.
 *
 * @param tracks one a bike, with about one place in each slot
 */
export function countMoving(
  tracks: readonly Places[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  slots: number,
): readonly number[] {
  const slotMs = (toMs - fromMs) / slots
  const slotOf = (timeMs: number) => Math.min(slots - 1, Math.max(0, Math.floor((timeMs - fromMs) / slotMs)))
  const moving = Array.from({ length: slots }, () => 0)
  for (const { timesMs, lats, lons } of tracks) {
    let countedTo = -1
    for (let i = 1; i < timesMs.length; i++) {
      const [a, b] = [i - 1, i].map((at) => ({ lat: lats[at]!, lon: lons[at]!, timeMs: timesMs[at]! })) as [
        { lat: number; lon: number; timeMs: number },
        { lat: number; lon: number; timeMs: number },
      ]
      if (b.timeMs - a.timeMs > Math.max(silenceMs, 2 * slotMs) || distanceM(a, b) < movedM) continue
      for (let slot = Math.max(countedTo + 1, slotOf(a.timeMs)); slot <= slotOf(b.timeMs); slot++) {
        moving[slot]!++
        countedTo = slot
      }
    }
  }
  return moving
}
