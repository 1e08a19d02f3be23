import type { EntityKind } from '@fleet/domain'
import type { Kysely, RawBuilder } from 'kysely'
import type { HealthMonitor } from './health.ts'
import type { PositionStore } from './positions-port.ts'
import type { Change, ChangeSeq } from './port.ts'
import type { Schema } from './schema.ts'

/** What is numbered in order of creation. */
export type Counter = 'bike_no' | 'courier_no' | 'device_no' | 'delivery_code'

/** What a transaction leaves behind of itself. */
export interface TransactionRecord {
  /** Its key, and what was asked for under it. */
  readonly key: string
  readonly fingerprint: string
  readonly atMs: number
  /** Its lines in the change log. */
  readonly lines: readonly Omit<Change, 'seq'>[]
  /** What is recorded under the key, as it is in JSON. */
  readonly outcome: object
  /** Whether `firstSeq` and `seq`, of its first and last line, are recorded with the outcome. There is a line then. */
  readonly namesLines: boolean
}

/** An open transaction that decides and then writes. */
export interface CommandTransaction<Tx> {
  readonly db: Kysely<Schema>
  /** The backend's own handle, for the positions: after all that was written until here. */
  native(): Promise<Tx>
  /**
   * Whatever is read or written from here on waits until no other transaction holds this name, which is held until the
   * end. Assigns no transaction id. On SQLite the whole transaction holds the one write lock, so there is nothing to do.
   */
  lock(name: string, mode?: 'shared' | 'exclusive'): Promise<void>
  /** The next `count` numbers. Gaps are possible, repetition is not. */
  allocate(counter: Counter, count: number): Promise<readonly number[]>
  /**
   * Writes the lines of the change log, which follow each other without a gap, and the outcome under the key. Call once,
   * after the last lock and behind all other writes.
   *
   * @returns asks for the seq of the first line; whoever does so after the commit has saved a round trip
   */
  record(record: TransactionRecord): Promise<() => Promise<ChangeSeq>>
}

export interface CommandOptions<T> {
  /** See `CommandContext.signal`. */
  readonly signal?: AbortSignal | undefined
  /** Whether the work found that it was done before. Left out: it does not find out, and does the same twice. */
  readonly wasDoneBefore?: (result: T) => boolean
}

export interface IndexedSearch {
  /** Met by the rows with all of these words but `rest`, and by no others. */
  readonly condition: RawBuilder<boolean>
  /** The words that the index cannot answer for. */
  readonly rest: readonly string[]
}

/** What differs between SQLite and PostgreSQL, and nothing else: the store above it is written once. */
export interface Backend<Tx> {
  readonly name: 'sqlite' | 'postgres'
  readonly location: string
  readonly health: HealthMonitor
  readonly positions: PositionStore<Tx>
  /** For single statements, each its own transaction; repeated when the connection is lost. */
  readonly db: Kysely<Schema>
  /**
   * The same for what is asked about the past, and may be a little old: a replica may answer. It has all that was
   * acknowledged before it was asked. Reads only.
   */
  readonly pastDb: Kysely<Schema>
  /**
   * Runs `work` in one transaction, again from the start where that is safe. `work` must find out by its idempotency
   * key whether it was applied already: it runs again after a commit whose outcome is unknown. Afterwards wakes
   * readers of the change log, here and in other processes.
   */
  command<T>(work: (tx: CommandTransaction<Tx>) => Promise<T>, options?: CommandOptions<T>): Promise<T>
  /** Runs reads that all see the same moment. */
  snapshot<T>(work: (db: Kysely<Schema>, native: Tx) => Promise<T>): Promise<T>
  /** The condition that `search_text` holds this folded word, also as part of another word. */
  readonly contains: (word: string) => RawBuilder<boolean>
  /** Words looked up in a text index that is beside the rows; null when there is none for them. */
  readonly indexedSearch: (kind: EntityKind, words: readonly string[]) => IndexedSearch | null
  /** A condition on `changes` that hides lines before which others may still appear. */
  readonly settledChanges: RawBuilder<boolean>
  /** The columns of a violated unique index, for a sentence; null for any other error. */
  uniqueViolation(error: unknown): string | null
  /** See `Store.onChange`. */
  onChange(wake: () => void): () => void
  ping(): Promise<void>
  close(): Promise<void>
}
