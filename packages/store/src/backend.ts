import type { Kysely, RawBuilder } from 'kysely'
import type { PositionStore } from './positions-port.ts'
import type { ChangeSeq } from './port.ts'
import type { Schema } from './schema.ts'

/** What is numbered in order of creation. */
export type Counter = 'bike_no' | 'courier_no' | 'device_no' | 'delivery_code'

/** An open transaction that decides and then writes. */
export interface CommandTransaction<Tx> {
  readonly db: Kysely<Schema>
  /** The backend's own handle, for the positions. */
  readonly native: Tx
  /**
   * Waits until no other transaction holds this name, and holds it until the end. Assigns no transaction id.
   * On SQLite the whole transaction holds the one write lock, so there is nothing to do.
   */
  lock(name: string, mode?: 'shared' | 'exclusive'): Promise<void>
  /**
   * Call once, after the last lock and before the first write: the transaction's place in the change log is taken
   * here. Gives the seq of its 0th, 1st, 2nd ... line.
   */
  startWriting(): Promise<(ordinal: number) => ChangeSeq>
  /** The next `count` numbers. Call after `startWriting`. Gaps are possible, repetition is not. */
  allocate(counter: Counter, count: number): Promise<readonly number[]>
}

/** What differs between SQLite and PostgreSQL, and nothing else: the store above it is written once. */
export interface Backend<Tx> {
  readonly name: 'sqlite' | 'postgres'
  readonly location: string
  readonly positions: PositionStore<Tx>
  /** For single statements, each its own transaction; repeated when the connection is lost. */
  readonly db: Kysely<Schema>
  /**
   * Runs `work` in one transaction, again from the start where that is safe. `work` must find out by its idempotency
   * key whether it was applied already: it runs again after a commit whose outcome is unknown. Afterwards wakes
   * readers of the change log, here and in other processes.
   */
  command<T>(work: (tx: CommandTransaction<Tx>) => Promise<T>): Promise<T>
  /** Runs reads that all see the same moment. */
  snapshot<T>(work: (db: Kysely<Schema>, native: Tx) => Promise<T>): Promise<T>
  /** The condition that `search_text` holds this folded word, also as part of another word. */
  readonly contains: (word: string) => RawBuilder<boolean>
  /** A condition on `changes` that hides lines before which others may still appear. */
  readonly settledChanges: RawBuilder<boolean>
  /** The columns of a violated unique index, for a sentence; null for any other error. */
  uniqueViolation(error: unknown): string | null
  /** See `Store.onChange`. */
  onChange(wake: () => void): () => void
  ping(): Promise<void>
  close(): Promise<void>
}
