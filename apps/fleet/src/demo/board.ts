import type {
  AnyEntity,
  Bike,
  BikeId,
  Courier,
  CourierId,
  Delivery,
  DeliveryId,
  Device,
  EntityKind,
  Issue,
  IssueId,
} from '@fleet/domain'

/**
 * What the demo knows of the fleet: a copy that follows the change log. People change the fleet at the same time,
 * and what they decide counts, so every decision of the demo starts from here.
 */
export interface Board {
  readonly bikes: ReadonlyMap<BikeId, Bike>
  readonly couriers: ReadonlyMap<CourierId, Courier>
  readonly deliveries: ReadonlyMap<DeliveryId, Delivery>
  readonly issues: ReadonlyMap<IssueId, Issue>
  /** The demo tracker on each bike that the demo may speak for. */
  readonly trackers: ReadonlyMap<BikeId, string>
  /** Whether a phone of the real world rides with them: then the demo leaves them to it. */
  hasOwnTracker(id: BikeId | CourierId): boolean
  observe(kind: EntityKind, id: string, entity: AnyEntity | null): void
  /** A delivered order that nobody will rate any more. */
  forget(id: DeliveryId): void
}

export function createBoard(): Board {
  const bikes = new Map<BikeId, Bike>()
  const couriers = new Map<CourierId, Courier>()
  const deliveries = new Map<DeliveryId, Delivery>()
  const issues = new Map<IssueId, Issue>()
  const devices = new Map<string, Device>()
  const trackers = new Map<BikeId, string>()
  const handedOver = new Set<BikeId | CourierId>()

  function keep<K, V extends { version: number }>(map: Map<K, V>, id: K, entity: V | null): void {
    if (entity === null) map.delete(id)
    // The change log and the answer to our own command tell the same news twice, in either order.
    else if ((map.get(id)?.version ?? 0) < entity.version) map.set(id, entity)
  }

  return {
    bikes,
    couriers,
    deliveries,
    issues,
    trackers,
    hasOwnTracker: (id) => handedOver.has(id),
    forget: (id) => void deliveries.delete(id),
    observe(kind, id, entity) {
      switch (kind) {
        case 'bike':
          return keep(bikes, id as BikeId, entity as Bike | null)
        case 'courier':
          return keep(couriers, id as CourierId, entity as Courier | null)
        case 'delivery':
          // Nothing more will happen to it: the board would grow all day.
          return keep(
            deliveries,
            id as DeliveryId,
            isCancelled(entity as Delivery | null) ? null : (entity as Delivery),
          )
        case 'issue':
          return keep(issues, id as IssueId, isResolved(entity as Issue | null) ? null : (entity as Issue))
        case 'device': {
          keep(devices, id, entity as Device | null)
          trackers.clear()
          handedOver.clear()
          for (const { mount, trackerId, demo } of devices.values())
            if (!demo) handedOver.add(mount.on === 'bike' ? mount.bikeId : mount.courierId)
            else if (mount.on === 'bike') trackers.set(mount.bikeId, trackerId)
          for (const id of handedOver) trackers.delete(id as BikeId)
          return
        }
        case 'service':
        case 'zone':
        case 'user':
      }
    },
  }
}

const isCancelled = (delivery: Delivery | null) => delivery === null || delivery.status === 'cancelled'
const isResolved = (issue: Issue | null) => issue === null || issue.status === 'resolved'
