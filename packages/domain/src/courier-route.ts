import type { Delivery } from './delivery.ts'
import { distanceM, type Point } from './geo.ts'
import type { DeliveryId } from './ids.ts'

/** How couriers get about: planning figures, not measurements. */
export const riding = {
  /** 15 km/h: a loaded bike in the city, lights and bridges included. */
  speedMps: 15 / 3.6,
  /** Streets are this much longer than the line through the air. */
  detour: 1.3,
  /** Lock the bike, ring, hand over. */
  stopMs: 120_000,
} as const

/** Parcels that wait this close to each other are fetched in one stop. */
const samePlaceM = 50

/** Somewhere that a courier still has to be. */
export interface PlannedStop {
  readonly kind: 'pickup' | 'dropoff'
  /** What is fetched or handed over there; several only where they are fetched. */
  readonly deliveryIds: readonly DeliveryId[]
}

/** What is still before a courier. */
export interface CourierRoute {
  /** In the order in which they are ridden to. */
  readonly stops: readonly PlannedStop[]
  /** Metres by street over all stops. */
  readonly distanceM: number
  /** When each delivery will be handed over, and how far there is still to ride until then. */
  readonly arrivals: ReadonlyMap<string, { readonly etaMs: number; readonly distanceM: number }>
}

/** Metres by street, roughly. */
export const rideM = (from: Point, to: Point): number => distanceM(from, to) * riding.detour

export const rideMs = (metres: number): number => (metres / riding.speedMps) * 1000

/**
 * The stops of one courier, most pressing dropoff first; parcels that wait at the same place are fetched together. Nothing
 * is fetched or handed over before its window begins. It says when things would be done from `nowMs` on: a later `nowMs`
 * never gives an earlier arrival.
 *
 * @param deliveries assigned to or picked up by this courier, in any order
 * @param from where the courier is; null when that is not known: then the first stop costs no way
 */
export function planRoute(deliveries: readonly Delivery[], from: Point | null, nowMs: number): CourierRoute {
  const waiting = deliveries.toSorted(
    (a, b) => a.dropoff.window.toMs - b.dropoff.window.toMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )
  const stops: PlannedStop[] = []
  const fetched = new Set(waiting.filter(({ status }) => status === 'picked_up').map(({ id }) => id))
  const arrivals = new Map<string, { etaMs: number; distanceM: number }>()
  let at = from
  let atMs = nowMs
  let riddenM = 0
  const goTo = (point: Point, notBeforeMs: number) => {
    const metres = at === null ? 0 : rideM(at, point)
    riddenM += metres
    atMs = Math.max(atMs + rideMs(metres), notBeforeMs) + riding.stopMs
    at = point
  }
  for (const delivery of waiting) {
    if (!fetched.has(delivery.id)) {
      goTo(delivery.pickup.point, delivery.pickup.window.fromMs)
      // Whether a parcel is ready by then must not depend on the clock: an arrival would jump forth and back.
      const ready = waiting.filter(
        (other) =>
          !fetched.has(other.id) &&
          other.pickup.window.fromMs <= delivery.pickup.window.fromMs &&
          distanceM(other.pickup.point, delivery.pickup.point) <= samePlaceM,
      )
      for (const { id } of ready) fetched.add(id)
      stops.push({ kind: 'pickup', deliveryIds: ready.map(({ id }) => id) })
    }
    stops.push({ kind: 'dropoff', deliveryIds: [delivery.id] })
    goTo(delivery.dropoff.point, delivery.dropoff.window.fromMs)
    arrivals.set(delivery.id, { etaMs: atMs - riding.stopMs, distanceM: riddenM })
  }
  return { stops, distanceM: riddenM, arrivals }
}
