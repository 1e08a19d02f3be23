import type {
  AnyEntity,
  Bike,
  BikeStatus,
  Command,
  CommandOf,
  CommandType,
  Courier,
  CourierId,
  Delivery,
  DeliveryStatus,
  Device,
  EntityByKind,
  EntityKind,
  Fix,
  FixFlag,
  Issue,
  IssueStatus,
  KindOf,
  LatestFix,
  Position,
  Refusal,
  Role,
  Shift,
  User,
  UserId,
  Zone,
} from '@fleet/domain'

/** Place in the change log: a decimal number that only grows, as text because it can pass 2^53. */
export type ChangeSeq = string & { readonly brand: 'ChangeSeq' }

/** One line of the change log; also the audit trail. */
export interface Change {
  readonly seq: ChangeSeq
  readonly atMs: number
  readonly kind: EntityKind
  readonly id: string
  readonly version: number
  /** The row after the change; null when it was removed. */
  readonly entity: AnyEntity | null
  readonly command: CommandType | 'demo.clear'
  readonly actorId: UserId | null
  /** The name of the person or part at the time: "anna", "demo", "cli". */
  readonly actor: string
}

export interface CommandContext {
  /** Chosen by the caller, one per intent: 1 to 200 characters. The same key again returns the first outcome. */
  readonly key: string
  readonly actor: { readonly id: UserId | null; readonly name: string }
  readonly nowMs: number
  /** Marks created rows as demonstration data. */
  readonly demo?: boolean
  /**
   * Refuses what is not this courier's, in the transaction that would do it; see `commands/ownership.ts`. A key that
   * was used before gets its recorded outcome all the same, whoever has the delivery by now.
   */
  readonly onlyForCourier?: CourierId | null
}

export type CommandOutcome<T extends CommandType = CommandType> =
  | {
      readonly ok: true
      /** True when this key was executed before and this is the recorded outcome. */
      readonly replayed: boolean
      /** The row after the command; null when it was removed. */
      readonly entity: EntityByKind[KindOf<T>] | null
      /** Where the command stands in the change log. */
      readonly seq: ChangeSeq
    }
  | { readonly ok: false; readonly replayed: boolean; readonly refusal: Refusal }

/** A fix that ingest has resolved: which tracker, whom it counts for, whether it may move the marker. */
export interface ResolvedFix extends Fix {
  readonly deviceNo: number
  readonly bikeNo: number | null
  readonly courierNo: number | null
  readonly flag: FixFlag | null
  /** Metres to add to the bike's odometer if this fix becomes the marker. */
  readonly riddenM: number
}

export interface FixBatch {
  readonly receivedAtMs: number
  readonly fixes: readonly ResolvedFix[]
  /** Trackers that spoke without a position. */
  readonly heartbeats: readonly DeviceContact[]
}

export interface DeviceContact {
  readonly deviceNo: number
  readonly atMs: number
  readonly batteryPct: number | null
  readonly charging: boolean | null
}

/** Per fix, in the order of the batch: false means that history already held it. */
export interface FixBatchResult {
  readonly stored: readonly boolean[]
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null
}

export interface ListQuery {
  /** 1 to 500; anything else throws RangeError. */
  readonly limit: number
  /** `nextCursor` of the page before. One that cannot be read starts at the beginning. */
  readonly cursor?: string
  /** Words, all of which must occur in the row's text fields (code, name, address, ...); case is ignored. */
  readonly search?: string
}

export interface ListFilters {
  bike: { status?: readonly BikeStatus[] }
  courier: { shift?: readonly Shift[] }
  /** `fromMs` and `toMs`: the dropoff's promised window touches fromMs <= time < toMs. */
  delivery: { status?: readonly DeliveryStatus[]; courierId?: string; fromMs?: number; toMs?: number }
  issue: { status?: readonly IssueStatus[]; bikeId?: string; courierId?: string; deliveryId?: string }
  zone: Record<never, never>
  device: { bikeId?: string; courierId?: string }
  user: { role?: readonly Role[] }
}

export interface HistoryQuery {
  readonly bikeNo?: number
  readonly courierNo?: number
  readonly deviceNo?: number
  /** fromMs <= time < toMs. */
  readonly fromMs: number
  readonly toMs: number
  /** Oldest first; at most this many. */
  readonly limit: number
  readonly cursor?: string
}

/** All that the live screen starts from, read in one transaction. */
export interface Snapshot {
  /** Changes after this one are not in the snapshot; changes before it are. */
  readonly seq: ChangeSeq
  /** Names this change log: a cursor of another log (another database) is worthless here. */
  readonly logId: string
  readonly bikes: readonly Bike[]
  readonly couriers: readonly Courier[]
  /** The unassigned, assigned and picked-up ones. */
  readonly deliveries: readonly Delivery[]
  /** The open and in-progress ones. */
  readonly issues: readonly Issue[]
  readonly zones: readonly Zone[]
  readonly devices: readonly Device[]
  readonly latest: readonly LatestFix[]
}

export interface SessionRecord {
  readonly user: User
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/**
 * What the app needs of a database. Two backends, one contract suite (`contract/`) that both pass.
 *
 * Expected "no"s are values (`Refusal`); a database that is away throws `AppError('database_unavailable')`;
 * a commit whose outcome is not known throws `AppError('outcome_unknown')`: send the same key again to learn it.
 */
export interface Store {
  readonly backend: 'sqlite' | 'postgres'
  /** Where the data is, without secrets: for the log and `/readyz`. */
  readonly location: string

  /**
   * Executes one command in one transaction: the rows, their lines in the change log and the outcome under
   * `context.key`. Resolves after the commit is durable.
   */
  execute<T extends CommandType>(command: CommandOf<T>, context: CommandContext): Promise<CommandOutcome<T>>
  /**
   * The same, many at once in one transaction, for seeding and bulk actions; the first refusal undoes all. Each command
   * sees what those before it did. The outcome is the last command's. More than 300 commands keep all others waiting.
   */
  executeAll(commands: readonly Command[], context: CommandContext): Promise<CommandOutcome>

  get<K extends EntityKind>(kind: K, id: string): Promise<EntityByKind[K] | null>
  /** Deliveries and issues newest first, bikes by code, the others by name. */
  list<K extends EntityKind>(kind: K, query: ListQuery & ListFilters[K]): Promise<Page<EntityByKind[K]>>
  snapshot(): Promise<Snapshot>

  /** Changes after `since`, oldest first. A change is seen once, and none is skipped, whatever commits meanwhile. */
  changes(since: ChangeSeq, limit: number): Promise<readonly Change[]>
  headSeq(): Promise<ChangeSeq>
  /** Newest first: the audit trail, optionally of one row. */
  audit(query: ListQuery & { id?: string; actorId?: string }): Promise<Page<Change>>
  /** Calls `wake` soon after anybody, in this process or another, committed a change. Returns the unsubscribe. */
  onChange(wake: () => void): () => void

  /** Stores fixes durably, each once, and moves the markers. Resolves after the commit is durable. */
  appendFixes(batch: FixBatch): Promise<FixBatchResult>
  history(query: HistoryQuery): Promise<Page<Position>>
  /** Markers that were received after `sinceReceivedMs`, by any instance of the app. */
  latestFixes(sinceReceivedMs: number): Promise<readonly LatestFix[]>
  deviceContacts(): Promise<readonly DeviceContact[]>
  /** sha-256 hex of the tracker's secret, for a constant-time comparison. */
  deviceSecretHash(trackerId: string): Promise<string | null>

  userByName(name: string): Promise<{ user: User; passwordHash: string | null } | null>
  /** Tokens are stored hashed (sha-256 hex); the token itself is never stored. */
  createSession(session: {
    tokenHash: string
    userId: UserId
    nowMs: number
    expiresAtMs: number
  }): Promise<void>
  findSession(tokenHash: string, nowMs: number): Promise<SessionRecord | null>
  deleteSession(tokenHash: string): Promise<void>
  deleteSessionsOf(userId: UserId): Promise<void>

  /** Whether there are no rows; users do not count. */
  isEmpty(): Promise<boolean>
  /**
   * Removes the rows marked as demonstration, with their positions; through the change log. What real rows rest on
   * stays, such as a demonstration bike that a real courier rides.
   */
  clearDemo(context: CommandContext): Promise<{ removed: number }>
  /** Creates partitions ahead, drops what is past retention, forgets old idempotency records. Call hourly. */
  maintain(nowMs: number, policy: RetentionPolicy): Promise<void>
  /** Throws when the database does not answer or is read-only. */
  ping(): Promise<void>
  /** Waits for what runs, then closes; twice is once: whoever takes over a store and whoever gave it may both clean up. */
  close(): Promise<void>
}

export interface RetentionPolicy {
  readonly positionsDays: number
  readonly idempotencyDays: number
}
