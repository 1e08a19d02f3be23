import type {
  AttachmentKind,
  BikeKind,
  BikeStatus,
  DeliverySize,
  DeliveryStatus,
  EntityKind,
  IssueKind,
} from '@fleet/domain'
import type {
  IssueReporter,
  IssueStatus,
  Priority,
  Role,
  ServiceKind,
  Shift,
  ZoneEventKind,
  ZoneKind,
} from '@fleet/domain'
import type { Generated } from 'kysely'
import type { AttachmentSubject, ChangeCommand } from './port.ts'

/** A nested value: written as JSON text; read as a value by PostgreSQL (jsonb), as text by SQLite. */
export type Json = string
/** SQLite has 0 and 1. */
export type Flag = boolean | number

/** The columns that all entity tables have. */
export interface EntityColumns {
  id: string
  version: number
  created_at_ms: number
  updated_at_ms: number
  demo: Flag
  /** What lists are ordered by; compares by byte. */
  sort_key: string
  /** The words that search looks for, see search-text.ts. */
  search_text: string
}

export interface BikeRow extends EntityColumns {
  no: number
  code: string
  kind: BikeKind
  status: BikeStatus
  note: string
}

export interface CourierRow extends EntityColumns {
  no: number
  name: string
  phone: string
  shift: Shift
  bike_id: string | null
}

export interface DeliveryRow extends EntityColumns {
  code: string
  status: DeliveryStatus
  courier_id: string | null
  window_from_ms: number
  window_to_ms: number
  size: DeliverySize
  priority: Priority
  pickup: Json
  dropoff: Json
  failure_reason: string | null
  timeline: Json
  rating: number | null
  complaint: string | null
  pin_required: Flag
  pin_failures: number
  proof: Json | null
  district: string | null
  picked_up_at_ms: number | null
  ended_at_ms: number | null
  ride_m: number | null
}

export interface IssueRow extends EntityColumns {
  kind: IssueKind
  reporter: IssueReporter
  status: IssueStatus
  description: string
  bike_id: string | null
  courier_id: string | null
  delivery_id: string | null
  photo_id: string | null
  comments: Json
}

export interface ZoneRow extends EntityColumns {
  name: string
  kind: ZoneKind
  polygon: Json
}

export interface DeviceRow extends EntityColumns {
  no: number
  tracker_id: string
  name: string
  bike_id: string | null
  courier_id: string | null
  secret_hash: string
}

export interface UserRow extends EntityColumns {
  name: string
  role: Role
  disabled: Flag
  courier_id: string | null
  password_hash: string | null
}

export interface ServiceEntryRow extends EntityColumns {
  bike_id: string
  kind: ServiceKind
  at_ms: number
  cost_cents: number
  odometer_km: number | null
  note: string
  due_ms: number | null
  due_km: number | null
}

export interface ZoneEventRow {
  /** In the order of recording. */
  no: Generated<number>
  time_ms: number
  kind: ZoneEventKind
  zone_id: string
  zone_name: string
  zone_kind: ZoneKind
  bike_no: number
  courier_no: number | null
  lat: number
  lon: number
}

export interface ChangeRow {
  seq: bigint
  at_ms: number
  kind: EntityKind
  entity_id: string
  version: number
  entity: Json | null
  command: ChangeCommand
  actor_id: string | null
  actor: string
}

/** The tables of both backends, except those for positions, which are written in each backend's own SQL. */
export interface Schema {
  bikes: BikeRow
  couriers: CourierRow
  deliveries: DeliveryRow
  issues: IssueRow
  zones: ZoneRow
  devices: DeviceRow
  users: UserRow
  service_entries: ServiceEntryRow
  zone_presence: { bike_no: number; zone_id: string }
  zone_events: ZoneEventRow
  sessions: { token_hash: string; user_id: string; created_at_ms: number; expires_at_ms: number }
  changes: ChangeRow
  idempotency: { key: string; fingerprint: string; outcome: Json; at_ms: number }
  meta: { key: string; value: string }
  attachments: AttachmentRow
  courier_states: {
    courier_id: string
    version: number
    at_ms: number
    shift: Shift
    bike_id: string | null
  }
  saved_views: {
    user_id: string
    id: string
    page: string
    name: string
    search: string
    created_at_ms: number
  }
  tracking_links: {
    delivery_id: string
    no: number
    token_hash: string
    created_at_ms: number
    revoked_at_ms: number | null
  }
}

export interface AttachmentRow {
  id: string
  subject_kind: AttachmentSubject['kind']
  subject_id: string
  kind: AttachmentKind
  media_type: string
  /** Of `bytes`, hex. */
  sha256: string
  created_at_ms: number
  created_by: string | null
  bytes: Uint8Array
}

export const tableOf = {
  bike: 'bikes',
  courier: 'couriers',
  delivery: 'deliveries',
  issue: 'issues',
  zone: 'zones',
  device: 'devices',
  user: 'users',
  service: 'service_entries',
} as const satisfies Record<EntityKind, keyof Schema>

export type RowOf<K extends EntityKind> = Schema[(typeof tableOf)[K]]
/** The columns that are not part of the entity. */
export type SecretColumn = 'secret_hash' | 'password_hash'
