import {
  activeDeliveryStatuses,
  type Bike,
  type Courier,
  type Delivery,
  type DeliveryStatus,
} from '@fleet/domain'
import type { Registry } from '../live/registry.ts'
import { searchable } from '../list-page/searchable.ts'

const activeStatuses: readonly DeliveryStatus[] = activeDeliveryStatuses

/** Remembers the last answer for as long as the argument is the same object. */
function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>()
  return (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = make(key)
      known.set(key, value)
    }
    return value
  }
}

export const bikesByNo = once(
  (bikes: Registry['bikes']): ReadonlyMap<number, Bike> =>
    new Map(Array.from(bikes.values(), (bike) => [bike.no, bike])),
)

export const bikesByCode = once(
  (bikes: Registry['bikes']): ReadonlyMap<string, Bike> =>
    new Map(Array.from(bikes.values(), (bike) => [bike.code, bike])),
)

/** Who rides which bike, by the bike's id. */
export const couriersByBike = once((couriers: Registry['couriers']): ReadonlyMap<string, Courier> => {
  const byBike = new Map<string, Courier>()
  for (const courier of couriers.values()) if (courier.bikeId !== null) byBike.set(courier.bikeId, courier)
  return byBike
})

const urgency: Record<Delivery['priority'], number> = { urgent: 0, high: 1, normal: 2 }

/** Deliveries under way by courier's id; what is in the box first, then by urgency and promise. */
export const deliveriesByCourier = once(
  (deliveries: Registry['deliveries']): ReadonlyMap<string, readonly Delivery[]> => {
    const byCourier = new Map<string, Delivery[]>()
    for (const delivery of deliveries.values()) {
      if (delivery.courierId === null || !activeStatuses.includes(delivery.status)) continue
      const list = byCourier.get(delivery.courierId)
      if (list === undefined) byCourier.set(delivery.courierId, [delivery])
      else list.push(delivery)
    }
    for (const list of byCourier.values())
      list.sort(
        (a, b) =>
          Number(b.status === 'picked_up') - Number(a.status === 'picked_up') ||
          urgency[a.priority] - urgency[b.priority] ||
          a.dropoff.window.toMs - b.dropoff.window.toMs,
      )
    return byCourier
  },
)

/** All that a bike can be found by. */
export function searchText(registry: Registry, bike: Bike): string {
  const courier = couriersByBike(registry.couriers).get(bike.id)
  const deliveries =
    courier === undefined ? [] : (deliveriesByCourier(registry.deliveries).get(courier.id) ?? [])
  return searchable(
    [
      bike.code,
      bike.code.replace('-', ''),
      bike.note,
      courier?.name ?? '',
      courier?.phone.replace(/[^\d+]/g, '') ?? '',
      ...deliveries.flatMap(({ code, pickup, dropoff }) => [code, pickup.address, dropoff.address]),
    ].join('\n'),
  )
}
