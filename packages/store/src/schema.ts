import type {
  BikeKind,
  BikeStatus,
  CommandType,
  DeliverySize,
  DeliveryStatus,
  EntityKind,
  IssueKind,
} from '@fleet/domain'
import type { IssueReporter, IssueStatus, Priority, Role, Shift, ZoneKind } from '@fleet/domain'

/** A nested value: written as JSON text; read as a value by PostgreSQL (jsonb), as text by SQLite. */
export type Json = string
/** SQLite has 0 and 1. */
export type Flag = boolean | number

/** The columns that all seven entity tables have. */
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
}

export interface IssueRow extends EntityColumns {
  kind: IssueKind
  reporter: IssueReporter
  status: IssueStatus
  description: string
  bike_id: string | null
  courier_id: string | null
  delivery_id: string | null
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

export interface ChangeRow {
  seq: bigint
  at_ms: number
  kind: EntityKind
  entity_id: string
  version: number
  entity: Json | null
  command: CommandType | 'demo.clear'
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
  sessions: { token_hash: string; user_id: string; created_at_ms: number; expires_at_ms: number }
  changes: ChangeRow
  idempotency: { key: string; fingerprint: string; outcome: Json; at_ms: number }
  meta: { key: string; value: string }
}

export const tableOf = {
  bike: 'bikes',
  courier: 'couriers',
  delivery: 'deliveries',
  issue: 'issues',
  zone: 'zones',
  device: 'devices',
  user: 'users',
} as const satisfies Record<EntityKind, keyof Schema>

export type RowOf<K extends EntityKind> = Schema[(typeof tableOf)[K]]
/** The columns that are not part of the entity. */
export type SecretColumn = 'secret_hash' | 'password_hash'
