import {
  activeDeliveryStatuses,
  type DeliveryStatus,
  type EntityByKind,
  type EntityKind,
} from '@fleet/domain'

/**
 * The questions that rules ask about other rows than the one at hand: as a condition on columns for the database, and
 * as a predicate for rows that the transaction has decided on but not yet written.
 *
 * A question is answered correctly only under a lock that everybody takes who could change the answer: the row that
 * `value` names, or the value itself (`CommandReader.claim`).
 */
interface Lookup<K extends EntityKind> {
  readonly kind: K
  readonly column: string
  /** A further condition. */
  readonly where?: { readonly column: string; readonly in: readonly (string | number | boolean)[] }
  readonly matches: (entity: EntityByKind[K], value: string) => boolean
}

const lookup = <K extends EntityKind>(value: Lookup<K>) => value

const active: readonly DeliveryStatus[] = activeDeliveryStatuses

export const lookups = {
  activeDeliveriesOfCourier: lookup({
    kind: 'delivery',
    column: 'courier_id',
    where: { column: 'status', in: active },
    matches: (delivery, courierId) => delivery.courierId === courierId && active.includes(delivery.status),
  }),
  devicesOnBike: lookup({
    kind: 'device',
    column: 'bike_id',
    matches: ({ mount }, bikeId) => mount.on === 'bike' && mount.bikeId === bikeId,
  }),
  devicesOnCourier: lookup({
    kind: 'device',
    column: 'courier_id',
    matches: ({ mount }, courierId) => mount.on === 'courier' && mount.courierId === courierId,
  }),
  usersOfCourier: lookup({
    kind: 'user',
    column: 'courier_id',
    matches: (user, courierId) => user.courierId === courierId,
  }),
  enabledUsersWithRole: lookup({
    kind: 'user',
    column: 'role',
    where: { column: 'disabled', in: [false] },
    matches: (user, role) => user.role === role && !user.disabled,
  }),
  bikesWithCode: lookup({
    kind: 'bike',
    column: 'code',
    matches: (bike, code) => bike.code === code,
  }),
  devicesWithTrackerId: lookup({
    kind: 'device',
    column: 'tracker_id',
    matches: (device, trackerId) => device.trackerId === trackerId,
  }),
  usersWithName: lookup({
    kind: 'user',
    column: 'name',
    matches: (user, name) => user.name === name,
  }),
} as const

export type LookupName = keyof typeof lookups
