import { AppError } from '@fleet/domain'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Value } from './tables.ts'

/** The line of `meta` that a target has from the first row copied until all of it was found right. */
export const markKey = 'migration_unfinished'

/** What the source held when the copy began. */
export interface Stamp {
  /** The name of its change log: which database it is. */
  readonly logId: string
  readonly headSeq: string
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>
}

/** How far a table is. */
export interface Place {
  readonly rows: number
  /** The key of the last row that is there. */
  readonly after: readonly Value[]
}

/** How far the copy is: JSON in the mark, written in the transaction of the rows that it speaks of. */
export interface Progress {
  /** Where it comes from, for people. */
  readonly source: string
  readonly stamp: Stamp
  readonly places: Readonly<Record<string, Place>>
}

/**
 * Keeps the app from a database that is only half there: what it would miss it would take for removed.
 *
 * @throws AppError migration_unfinished
 */
export async function refuseUnfinished(db: Kysely<Schema>, location: string): Promise<void> {
  const mark = await db.selectFrom('meta').select('value').where('key', '=', markKey).executeTakeFirst()
  if (!mark) return
  const { source } = JSON.parse(mark.value) as Progress
  throw new AppError('migration_unfinished', `${location} holds a copy of ${source} that is not finished.`)
}
