import { type Courier, type Delivery, distanceM, type Point } from '@fleet/domain'
import { searchable } from '../list-page/searchable.ts'
import { deliveriesByCourier } from '../live-page/fleet-index.ts'
import type { MarkerColumns } from '../live/marker-columns.ts'
import type { Registry } from '../live/registry.ts'

export interface CourierChoice {
  readonly courier: Courier
  /** Deliveries that they have under way. */
  readonly load: number
  /** From where their bike is to the first pick-up, as the crow flies; null when nobody knows where they are. */
  readonly distanceM: number | null
}

/** Each delivery under way counts as a kilometre and a half of distance: about what it takes in time. */
const metresPerDelivery = 1_500

/** Who could do it, best first: on shift before on a break, near and with little to do before far and busy. */
export function courierChoices(
  registry: Registry,
  markers: MarkerColumns,
  deliveries: readonly Delivery[],
  search: string,
): readonly CourierChoice[] {
  const words = searchable(search).split(/\s+/).filter(Boolean)
  const goal = deliveries[0]?.pickup.point
  const underWay = deliveriesByCourier(registry.deliveries)
  const cost = ({ load, distanceM }: CourierChoice) => (distanceM ?? 10_000) + load * metresPerDelivery
  return [...registry.couriers.values()]
    .filter((courier) => courier.shift !== 'off')
    .filter((courier) => deliveries.length !== 1 || courier.id !== deliveries[0]!.courierId)
    .filter((courier) => words.every((word) => searchable(courier.name).includes(word)))
    .map((courier): CourierChoice => ({
      courier,
      load: underWay.get(courier.id)?.length ?? 0,
      distanceM: goal === undefined ? null : distanceOf(registry, markers, courier, goal),
    }))
    .sort(
      (a, b) =>
        Number(a.courier.shift === 'break') - Number(b.courier.shift === 'break') ||
        cost(a) - cost(b) ||
        a.courier.no - b.courier.no,
    )
}

function distanceOf(
  registry: Registry,
  markers: MarkerColumns,
  courier: Courier,
  goal: Point,
): number | null {
  const bike = courier.bikeId === null ? undefined : registry.bikes.get(courier.bikeId)
  const slot = bike === undefined ? undefined : markers.slotOfNo.get(bike.no)
  if (slot === undefined || !markers.isPlaced(slot)) return null
  return distanceM({ lat: markers.lat[slot]!, lon: markers.lon[slot]! }, goal)
}
