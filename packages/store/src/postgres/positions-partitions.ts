import { DatabaseError, type ClientBase, type PoolClient } from 'pg'
import { dayMs } from '@fleet/domain'
import { dayOf } from '../positions-batch.ts'
import type { PostgresConnection } from './connection.ts'

const daysBehind = 2
const daysAhead = 3

/** Held while a partition is made. */
const createLock = '112629929373744'

/** Which days have a partition, as far as this instance knows. */
export interface PartitionDays {
  /**
   * Makes sure that each of these days (since 1970-01-01 UTC) has a partition.
   *
   * @returns days that retention is taking away right now: their fixes are past retention and need no place
   */
  ensure(days: readonly number[]): Promise<ReadonlySet<number>>
  forget(): void
}

const none: ReadonlySet<number> = new Set()

export function createPartitionDays(connection: PostgresConnection): PartitionDays {
  const known = new Set<number>()
  return {
    async ensure(days) {
      const missing = days.filter((day) => !known.has(day))
      if (missing.length === 0) return none
      const gone = await createPartitions(connection, missing)
      for (const day of missing) if (!gone.has(day)) known.add(day)
      return gone
    },
    forget: () => known.clear(),
  }
}

/** 23514 without the name of a constraint: PostgreSQL found no partition for a row. */
export function noPartition(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23514' && error.constraint === undefined
}

/** The days around `nowMs` for which partitions stand ready. */
export function daysAround(nowMs: number): readonly number[] {
  const today = dayOf(nowMs)
  return Array.from({ length: daysBehind + daysAhead + 1 }, (_, i) => today - daysBehind + i)
}

/**
 * Creates the partitions that are missing, in one transaction. CREATE TABLE ... PARTITION OF would lock `position`
 * against every reader and writer; a table of its own that is then attached takes SHARE UPDATE EXCLUSIVE, which stops
 * neither. An advisory lock lets one instance at a time look and create.
 *
 * If the process dies, the transaction rolls back: there is no table that is not attached, other than those that
 * retention detached.
 */
async function createPartitions(
  connection: PostgresConnection,
  days: readonly number[],
): Promise<ReadonlySet<number>> {
  return connection.withTransaction(
    async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1::bigint)', [createLock])
      const existing = await readPartitions(client)
      const gone = new Set<number>()
      for (const day of days) {
        const partition = existing.get(day)
        if (partition === undefined) await createPartition(client, day)
        else if (partition !== 'attached') gone.add(day)
      }
      return gone
    },
    // Looking again is all that a second attempt does if the first was applied.
    { afterUnknownCommit: 'retry' },
  )
}

/** Identifiers and bounds are made of a whole number: DDL takes no parameters. */
async function createPartition(client: PoolClient, day: number): Promise<void> {
  const name = partitionName(day)
  const from = `'${new Date(day * dayMs).toISOString()}'`
  const to = `'${new Date((day + 1) * dayMs).toISOString()}'`
  await client.query(`
    CREATE TABLE ${name} (LIKE position INCLUDING ALL);
    ALTER TABLE position ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${to});
  `)
}

export type PartitionState =
  | 'attached'
  /** DETACH CONCURRENTLY was begun and has not ended. */
  | 'detaching'
  /** It has ended; the table waits to be dropped. */
  | 'detached'

/** The partitions and what is left of them, by day. */
export async function readPartitions(client: ClientBase): Promise<ReadonlyMap<number, PartitionState>> {
  const { rows } = await client.query<{ name: string; state: PartitionState }>(
    `SELECT c.relname AS name,
            CASE WHEN i.inhrelid IS NULL THEN 'detached' WHEN i.inhdetachpending THEN 'detaching' ELSE 'attached' END
              AS state
     FROM pg_class parent
     JOIN pg_class c ON c.relnamespace = parent.relnamespace AND c.relkind = 'r' AND c.relname ~ '^position_[0-9]{8}$'
     LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = parent.oid
     WHERE parent.oid = 'position'::regclass`,
  )
  return new Map(rows.map(({ name, state }) => [partitionDay(name), state]))
}

/** `position_20251123`, for day 20415. */
export function partitionName(day: number): string {
  return `position_${new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`
}

function partitionDay(name: string): number {
  const [year, month, day] = [name.slice(9, 13), name.slice(13, 15), name.slice(15, 17)].map(Number) as [
    number,
    number,
    number,
  ]
  return dayOf(Date.UTC(year, month - 1, day))
}
