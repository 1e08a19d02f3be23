import type {
  AnyEntity,
  AttachmentId,
  AttachmentKind,
  Bike,
  BikeStatus,
  CarriedParcel,
  Command,
  CommandOf,
  CommandType,
  Courier,
  CourierId,
  CourierState,
  Decision,
  Delivery,
  DeliveryId,
  DeliveryStatus,
  Device,
  EndedDelivery,
  EntityByKind,
  EntityKind,
  Fix,
  FixFlag,
  Issue,
  IssueId,
  IssueKind,
  IssueStatus,
  KindOf,
  LatestFix,
  Position,
  Refusal,
  ReportedIssue,
  Role,
  SavedView,
  SavedViewId,
  ServiceEntry,
  ServiceKind,
  Shift,
  User,
  UserId,
  Zone,
  ZoneEvent,
  ZoneId,
} from '@fleet/domain'
import type { HealthMonitor } from './health.ts'

/** Place in the change log: a decimal number that only grows, as text because it can pass 2^53. */
export type ChangeSeq = string & { readonly brand: 'ChangeSeq' }

/** What a line of the change log was written for. */
export type ChangeCommand = CommandType | 'demo.clear' | 'undo'

/** One line of the change log; also the audit trail. */
export interface Change {
  readonly seq: ChangeSeq
  readonly atMs: number
  readonly kind: EntityKind
  readonly id: string
  readonly version: number
  /** The row after the change; null when it was removed. */
  readonly entity: AnyEntity | null
  readonly command: ChangeCommand
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
  /**
   * Whoever asked went away: the command is not tried again. Whether it was applied, its key tells, as always; one that
   * runs is let finish.
   */
  readonly signal?: AbortSignal
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

export interface UndoRequest {
  /** The key of the action, as its `CommandContext` had it. */
  readonly key: string
  /** What this person may do, and so undo. */
  readonly allowed: readonly CommandType[]
}

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
  delivery: {
    status?: readonly DeliveryStatus[]
    courierId?: string
    fromMs?: number
    toMs?: number
    /** endedFromMs <= when it came to its end < endedToMs. */
    endedFromMs?: number
    endedToMs?: number
    /** Of those that ended: after the promised window was over, or before. */
    late?: boolean
    district?: string
  }
  issue: {
    status?: readonly IssueStatus[]
    kind?: readonly IssueKind[]
    bikeId?: string
    courierId?: string
    deliveryId?: string
    /** fromMs <= when it was reported < toMs. */
    fromMs?: number
    toMs?: number
  }
  zone: Record<never, never>
  device: { bikeId?: string; courierId?: string }
  user: { role?: readonly Role[] }
  service: { bikeId?: string; kind?: readonly ServiceKind[]; dueToMs?: number }
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

export type NewZoneEvent = Omit<ZoneEvent, 'no'>

export interface ZoneEventQuery {
  readonly zoneId?: ZoneId
  readonly bikeNo?: number
  /** fromMs <= time < toMs. */
  readonly fromMs?: number
  readonly toMs?: number
  readonly limit: number
  readonly cursor?: string
}

export interface TracksQuery {
  readonly bikeNos: readonly number[]
  /** fromMs <= time < toMs. */
  readonly fromMs: number
  readonly toMs: number
  /** No two fixes of a bike are closer together than this. */
  readonly stepMs: number
  /** How far before `fromMs` to look for the last fix of each bike, which then comes first; left out: not at all. */
  readonly lookBackMs?: number
}

/** Plausible fixes of one bike, oldest first, as columns of equal length. */
export interface Track {
  readonly bikeNo: number
  readonly timesMs: readonly number[]
  readonly lats: readonly number[]
  readonly lons: readonly number[]
}

export interface InsightData {
  /** Ended within the span. */
  readonly deliveries: readonly EndedDelivery[]
  /** In somebody's bag within the span. */
  readonly carried: readonly CarriedParcel[]
  /** By courier, oldest first; the first of each may be from before the span. */
  readonly states: ReadonlyMap<CourierId, readonly CourierState[]>
  /** Reported within the span. */
  readonly issues: readonly ReportedIssue<IssueKind>[]
}

export interface ReplayData {
  /** Created before the end of the span, and not ended before its beginning; in the order of creation. */
  readonly deliveries: readonly Delivery[]
  /** Reported within the span, oldest first. */
  readonly issues: readonly Issue[]
  /** As `InsightData` has them. */
  readonly states: ReadonlyMap<CourierId, readonly CourierState[]>
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

/** What an attachment belongs to. An issue is reported after its photo was stored. */
export type AttachmentSubject =
  | { readonly kind: 'delivery'; readonly id: DeliveryId }
  | { readonly kind: 'issue'; readonly id: IssueId }

export interface Attachment {
  readonly id: AttachmentId
  readonly subject: AttachmentSubject
  readonly kind: AttachmentKind
  /** What the bytes were found to be. */
  readonly mediaType: string
  readonly bytes: Uint8Array
}

export interface NewAttachment extends Attachment {
  readonly createdBy: UserId | null
  readonly nowMs: number
  /** Refuses an attachment to a delivery or an issue that is not this courier's. */
  readonly onlyForCourier?: CourierId | null
}

export interface SessionRecord {
  readonly user: User
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** Of ids that were asked about, those that rows have or had. */
export interface KnownIds<K extends EntityKind> {
  readonly there: readonly EntityByKind[K][]
  /** Of rows that were removed, or whose creation was undone; the id cannot be given again. */
  readonly removed: readonly EntityByKind[K]['id'][]
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
  /** Whether the database is there, since when, and what it took to cope when it was not: for `/readyz` and `/metrics`. */
  readonly health: HealthMonitor

  /**
   * Executes one command in one transaction: the rows, their lines in the change log and the outcome under
   * `context.key`. Resolves after the commit is durable.
   */
  execute<T extends CommandType>(command: CommandOf<T>, context: CommandContext): Promise<CommandOutcome<T>>
  /**
   * The same, many at once in one transaction, for seeding and bulk actions; a refusal undoes all and names in `rows`
   * every command at fault. Each command sees what those before it did. The outcome is the last command's. More than
   * 300 commands keep all others waiting.
   */
  executeAll(commands: readonly Command[], context: CommandContext): Promise<CommandOutcome>
  /**
   * Takes back what was done under a key: every row that it changed becomes what it was before, as a new version, in one
   * transaction. Refused when one of the rows was changed since, and for what stores secrets. Undoing an undo does the
   * action again. Deliveries keep their timeline, with one entry more.
   */
  undo(request: UndoRequest, context: CommandContext): Promise<CommandOutcome>
  /**
   * The lines of the change log that were written under a key, oldest first; none when it was refused or is not known
   * (any more).
   */
  writtenUnder(key: string): Promise<readonly Change[]>

  get<K extends EntityKind>(kind: K, id: string): Promise<EntityByKind[K] | null>
  /** Deliveries, issues and service entries newest first, bikes by code, the others by name. */
  list<K extends EntityKind>(kind: K, query: ListQuery & ListFilters[K]): Promise<Page<EntityByKind[K]>>
  /** Which of these ids are taken. */
  knownIds<K extends EntityKind>(kind: K, ids: readonly EntityByKind[K]['id'][]): Promise<KnownIds<K>>
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

  /**
   * Stores a photo or signature before the command that names it. The same id with the same content again is the same
   * attachment. One that no delivery and no issue names is removed after some days.
   */
  putAttachment(attachment: NewAttachment): Promise<Decision<null>>
  attachment(id: AttachmentId): Promise<Attachment | null>
  /** The PIN that a delivery's customer is told: four digits, the same for ever. */
  deliveryPin(id: DeliveryId): Promise<string>

  /** The token of the link that shows a customer this delivery: the one there is, or a new one. */
  shareDelivery(id: DeliveryId, nowMs: number): Promise<Decision<string>>
  /** Takes the link back; a later one has another token. */
  unshareDelivery(id: DeliveryId, nowMs: number): Promise<void>
  sharedDelivery(token: string): Promise<Delivery | null>

  /** Of each bike and kind of service the newest entry, where it says when it is due again. */
  dueService(): Promise<readonly ServiceEntry[]>

  /** Of one account, by name. */
  savedViews(userId: UserId): Promise<readonly SavedView[]>
  /** Saves a view of an account's, or changes the one with this id; refused past `maxSavedViews`. */
  putSavedView(userId: UserId, view: SavedView, nowMs: number): Promise<Decision<null>>
  removeSavedView(userId: UserId, id: SavedViewId): Promise<void>

  /** What is counted of a span of time: fromMs <= time < toMs. */
  insightData(fromMs: number, toMs: number): Promise<InsightData>
  /** The states that a courier came into within the span, oldest first. */
  courierStates(id: CourierId, fromMs: number, toMs: number): Promise<readonly CourierState[]>
  /** What happened in a span of time: fromMs <= time < toMs. */
  replayData(fromMs: number, toMs: number): Promise<ReplayData>
  /** Where many bikes were, thinned out. What it costs is about what it returns, however many fixes there are. */
  tracks(query: TracksQuery): Promise<readonly Track[]>

  /** In which zones each bike was found last. */
  zonePresence(): Promise<readonly { readonly bikeNo: number; readonly zoneId: ZoneId }[]>
  /** Records that bikes came into zones and left them; what another instance recorded already is left out. */
  recordCrossings(crossings: readonly NewZoneEvent[]): Promise<void>
  /** Newest first. */
  zoneEvents(query: ZoneEventQuery): Promise<Page<ZoneEvent>>
  /** Those after number `no`, oldest first. */
  zoneEventsAfter(no: number, limit: number): Promise<readonly ZoneEvent[]>
  /** The number of the newest; 0 when there is none. */
  lastZoneEventNo(): Promise<number>

  /** Whether there are no rows; users do not count. */
  isEmpty(): Promise<boolean>
  /**
   * Removes the rows marked as demonstration, with their positions; through the change log. What real rows rest on
   * stays, such as a demonstration bike that a real courier rides.
   */
  clearDemo(context: CommandContext): Promise<{ removed: number }>
  /** Creates partitions ahead, drops what is past retention, forgets old idempotency records. Call hourly. */
  maintain(nowMs: number, policy: RetentionPolicy): Promise<void>
  /** For whoever looks into a problem: which database it is and how much is in it. */
  figures(): Promise<DatabaseFigures>
  /** Throws when the database does not answer or is read-only. */
  ping(): Promise<void>
  /** Waits for what runs, then closes; twice is once: whoever takes over a store and whoever gave it may both clean up. */
  close(): Promise<void>
}

export interface DatabaseFigures {
  /** Like `SQLite 3.50.1` or `PostgreSQL 17.2 (Debian 17.2-1)`. */
  readonly version: string
  readonly sizeBytes: number
  /** By table; positions are not counted. */
  readonly rows: Readonly<Record<string, number>>
}

export interface RetentionPolicy {
  readonly positionsDays: number
  readonly idempotencyDays: number
}
