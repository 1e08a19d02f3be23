import { activeDeliveryStatuses, type Delivery, planRoute, type Stop } from '@fleet/domain'

/** A place to go to, with what is fetched or handed over there. */
export interface CourierStop {
  readonly kind: 'pickup' | 'dropoff'
  readonly place: Stop
  readonly deliveries: readonly [Delivery, ...Delivery[]]
}

const isActive = ({ status }: Delivery) => (activeDeliveryStatuses as readonly string[]).includes(status)

/** What is still to be done, in the order in which it is due. */
export function stopsOf(deliveries: readonly Delivery[]): readonly CourierStop[] {
  const active = deliveries.filter(isActive)
  const byId = new Map(active.map((delivery) => [delivery.id, delivery]))
  // The order does not depend on when one sets out.
  return planRoute(active, null, 0).stops.map(({ kind, deliveryIds }) => {
    const there = deliveryIds.map((id) => byId.get(id)!) as [Delivery, ...Delivery[]]
    return { kind, place: there[0][kind], deliveries: there }
  })
}

/** What came to an end, latest first. */
export const endedOf = (deliveries: readonly Delivery[]): readonly Delivery[] =>
  deliveries.filter((delivery) => !isActive(delivery)).toSorted((a, b) => b.updatedAtMs - a.updatedAtMs)

/** The address that leads to a stop names its first delivery. */
export const codeOf = ({ deliveries: [{ code }] }: CourierStop): string => code
