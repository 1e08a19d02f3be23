import type { Digest } from './digest.ts'
import type { Row, Table, Value } from './tables.ts'
import type { Progress } from './unfinished.ts'

/** What is not in a `Table` and carried over as a whole. */
export interface Settings {
  /** Lines of `meta`. */
  readonly meta: Readonly<Record<string, string>>
  /** The last number that each counter has given out, 0 for none. */
  readonly counters: Readonly<Record<string, number>>
}

/**
 * Lines of `meta` that stay with their database: the name of its change log, and how PostgreSQL makes the seqs. The copy has a
 * log of its own name, since from here on the two grow apart: a screen that was connected to the one begins on the other
 * with a fresh picture, not with a place that may mean something else there.
 */
export const ownMeta: readonly string[] = ['log_id', 'xid_offset']

/** One of the two databases of a migration. */
export interface Side {
  /** For messages, without secrets. */
  readonly location: string
  readLog(): Promise<{ readonly logId: string; readonly headSeq: string }>
  countRows(tables: readonly Table[]): Promise<Readonly<Record<string, number>>>
  /** Rows in the order of the key, those behind `after` only (from the first when it is empty), in batches of some MB. */
  read(table: Table, after: readonly Value[]): AsyncIterable<readonly Row[]>
  readSettings(): Promise<Settings>
  digest(table: Table): Promise<Digest>
  /** The positions, by day (since 1970-01-01 UTC). */
  digestDays(table: Table): Promise<ReadonlyMap<number, Digest>>
  /** From here on, reads see what was written since the side was opened. */
  endSnapshot(): Promise<void>

  /** Null: no migration was begun here, or it was finished. */
  readProgress(): Promise<Progress | null>
  /** Removes the rows of these tables and sets the mark, in one transaction. */
  begin(toClear: readonly Table[], progress: Progress): Promise<void>
  /** Stores rows and how far they lead, in one transaction. */
  write(table: Table, rows: readonly Row[], progress: Progress): Promise<void>
  /** The same when it is done twice. */
  writeSettings(settings: Settings, tables: readonly Table[]): Promise<void>
  /** Removes the mark: from here on it is the app's. */
  finish(): Promise<void>

  close(): Promise<void>
}

/** What a database is opened for: a source must be there as this program knows it, a target is brought up to date. */
export type Role = 'source' | 'target'
