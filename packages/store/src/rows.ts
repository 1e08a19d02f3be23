import type {
  AttachmentId,
  BikeId,
  CourierId,
  DeliveryId,
  DeviceId,
  EntityByKind,
  EntityKind,
} from '@fleet/domain'
import type { IssueId, ServiceEntryId, UserId, ZoneId } from '@fleet/domain'
import { countedColumns } from './counted-columns.ts'
import type { EntityColumns, RowOf, SecretColumn } from './schema.ts'
import { foldText, searchText } from './search-text.ts'

type EntityColumnsOf<K extends EntityKind> = Omit<RowOf<K>, keyof EntityColumns | SecretColumn>

interface RowCodec<K extends EntityKind> {
  readonly toColumns: (entity: EntityByKind[K]) => EntityColumnsOf<K>
  readonly fromRow: (
    row: RowOf<K>,
  ) => Omit<EntityByKind[K], 'version' | 'createdAtMs' | 'updatedAtMs' | 'demo'>
  /** Lists are ordered by this, by byte. */
  readonly sortKey: (entity: EntityByKind[K]) => string
  readonly searched: (entity: EntityByKind[K]) => readonly (string | null)[]
}

const json = (value: unknown) => JSON.stringify(value)
// PostgreSQL's driver has parsed jsonb already. Nested values are objects and arrays, never bare strings.
const parsed = <T>(value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value) as T
/** Orders like the number does, up to the year 5138. */
export const timeKey = (ms: number) => String(Math.max(0, Math.trunc(ms))).padStart(14, '0')

const codecs: { readonly [K in EntityKind]: RowCodec<K> } = {
  bike: {
    toColumns: ({ no, code, kind, status, note }) => ({ no, code, kind, status, note }),
    fromRow: ({ id, no, code, kind, status, note }) => ({ id: id as BikeId, no, code, kind, status, note }),
    sortKey: (bike) => bike.code,
    searched: (bike) => [bike.code, bike.kind, bike.note],
  },
  courier: {
    toColumns: ({ no, name, phone, shift, bikeId }) => ({ no, name, phone, shift, bike_id: bikeId }),
    fromRow: ({ id, no, name, phone, shift, bike_id }) => ({
      id: id as CourierId,
      no,
      name,
      phone,
      shift,
      bikeId: bike_id as BikeId | null,
    }),
    sortKey: (courier) => foldText(courier.name),
    searched: (courier) => [courier.name, courier.phone, courier.phone.replace(/\D/g, '')],
  },
  delivery: {
    toColumns: (delivery) => ({
      code: delivery.code,
      status: delivery.status,
      courier_id: delivery.courierId,
      window_from_ms: delivery.dropoff.window.fromMs,
      window_to_ms: delivery.dropoff.window.toMs,
      size: delivery.size,
      priority: delivery.priority,
      pickup: json(delivery.pickup),
      dropoff: json(delivery.dropoff),
      failure_reason: delivery.failureReason,
      timeline: json(delivery.timeline),
      rating: delivery.rating,
      complaint: delivery.complaint,
      pin_required: delivery.pinRequired,
      pin_failures: delivery.pinFailures,
      proof: delivery.proof === null ? null : json(delivery.proof),
      ...countedColumns(delivery),
    }),
    fromRow: (row) => ({
      id: row.id as DeliveryId,
      code: row.code,
      status: row.status,
      courierId: row.courier_id as CourierId | null,
      pickup: parsed(row.pickup),
      dropoff: parsed(row.dropoff),
      size: row.size,
      priority: row.priority,
      failureReason: row.failure_reason,
      timeline: parsed(row.timeline),
      rating: row.rating,
      complaint: row.complaint,
      pinRequired: Boolean(row.pin_required),
      pinFailures: row.pin_failures,
      proof: row.proof === null ? null : parsed(row.proof),
    }),
    sortKey: (delivery) => timeKey(delivery.createdAtMs),
    searched: ({ code, pickup, dropoff, failureReason, complaint, proof }) => [
      code,
      ...[pickup, dropoff].flatMap((stop) => [stop.address, stop.contact, stop.note]),
      failureReason,
      complaint,
      ...(proof === null ? [] : [proof.receivedBy, proof.note]),
    ],
  },
  issue: {
    toColumns: (issue) => ({
      kind: issue.kind,
      reporter: issue.reporter,
      status: issue.status,
      description: issue.description,
      bike_id: issue.bikeId,
      courier_id: issue.courierId,
      delivery_id: issue.deliveryId,
      photo_id: issue.photoId,
      comments: json(issue.comments),
    }),
    fromRow: (row) => ({
      id: row.id as IssueId,
      kind: row.kind,
      reporter: row.reporter,
      status: row.status,
      description: row.description,
      bikeId: row.bike_id as BikeId | null,
      courierId: row.courier_id as CourierId | null,
      deliveryId: row.delivery_id as DeliveryId | null,
      photoId: row.photo_id as AttachmentId | null,
      comments: parsed(row.comments),
    }),
    sortKey: (issue) => timeKey(issue.createdAtMs),
    searched: (issue) => [issue.description, ...issue.comments.map((comment) => comment.text)],
  },
  zone: {
    toColumns: ({ name, kind, polygon }) => ({ name, kind, polygon: json(polygon) }),
    fromRow: ({ id, name, kind, polygon }) => ({ id: id as ZoneId, name, kind, polygon: parsed(polygon) }),
    sortKey: (zone) => foldText(zone.name),
    searched: (zone) => [zone.name],
  },
  device: {
    toColumns: ({ no, trackerId, name, mount }) => ({
      no,
      tracker_id: trackerId,
      name,
      bike_id: mount.on === 'bike' ? mount.bikeId : null,
      courier_id: mount.on === 'courier' ? mount.courierId : null,
    }),
    fromRow: ({ id, no, tracker_id, name, bike_id, courier_id }) => ({
      id: id as DeviceId,
      no,
      trackerId: tracker_id,
      name,
      mount:
        bike_id === null
          ? { on: 'courier', courierId: courier_id as CourierId }
          : { on: 'bike', bikeId: bike_id as BikeId },
    }),
    sortKey: (device) => foldText(device.name),
    searched: (device) => [device.name, device.trackerId],
  },
  user: {
    toColumns: ({ name, role, disabled, courierId }) => ({ name, role, disabled, courier_id: courierId }),
    fromRow: ({ id, name, role, disabled, courier_id }) => ({
      id: id as UserId,
      name,
      role,
      disabled: Boolean(disabled),
      courierId: courier_id as CourierId | null,
    }),
    sortKey: (user) => user.name,
    searched: (user) => [user.name, user.role],
  },
  service: {
    toColumns: (entry) => ({
      bike_id: entry.bikeId,
      kind: entry.kind,
      at_ms: entry.atMs,
      cost_cents: entry.costCents,
      odometer_km: entry.odometerKm,
      note: entry.note,
      due_ms: entry.dueMs,
      due_km: entry.dueKm,
    }),
    fromRow: (row) => ({
      id: row.id as ServiceEntryId,
      bikeId: row.bike_id as BikeId,
      kind: row.kind,
      atMs: row.at_ms,
      costCents: row.cost_cents,
      odometerKm: row.odometer_km,
      note: row.note,
      dueMs: row.due_ms,
      dueKm: row.due_km,
    }),
    sortKey: (entry) => timeKey(entry.atMs),
    searched: (entry) => [entry.kind, entry.note],
  },
}

/** The row to store, without the secret columns, which no entity carries. */
export function toRow<K extends EntityKind>(
  kind: K,
  entity: EntityByKind[K],
): EntityColumns & EntityColumnsOf<K> {
  const codec = codecs[kind] as RowCodec<K>
  return {
    id: entity.id,
    version: entity.version,
    created_at_ms: entity.createdAtMs,
    updated_at_ms: entity.updatedAtMs,
    demo: entity.demo,
    sort_key: codec.sortKey(entity),
    search_text: searchText(...codec.searched(entity)),
    ...codec.toColumns(entity),
  }
}

export function fromRow<K extends EntityKind>(kind: K, row: RowOf<K>): EntityByKind[K] {
  const codec = codecs[kind] as RowCodec<K>
  return {
    ...codec.fromRow(row),
    version: row.version,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    demo: Boolean(row.demo),
  } as EntityByKind[K]
}

/** Newest first where rows pile up; by name where people look for one. */
export const sortDirection: Readonly<Record<EntityKind, 'asc' | 'desc'>> = {
  bike: 'asc',
  courier: 'asc',
  delivery: 'desc',
  issue: 'desc',
  zone: 'asc',
  device: 'asc',
  user: 'asc',
  service: 'desc',
}
