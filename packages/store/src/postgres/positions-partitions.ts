import { Client, DatabaseError, type PoolClient } from 'pg'
import { dayMs, dayOf } from '../positions-batch.ts'
import type { PostgresConnection } from './connection.ts'

const daysBehind = 2
const daysAhead = 3

/** Held while a partition is made: "fleet-p" and its sibling for dropping, as numbers. */
const createLock = '112629929373744'
const dropLock = '112629929373745'

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

type PartitionState =
  | 'attached'
  /** DETACH CONCURRENTLY was begun and has not ended. */
  | 'detaching'
  /** It has ended; the table waits to be dropped. */
  | 'detached'

/** The partitions and what is left of them, by day. */
async function readPartitions(client: PoolClient | Client): Promise<ReadonlyMap<number, PartitionState>> {
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
function partitionName(day: number): string {
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

/**
 * Drops the partitions of days before `cutoffDay`: DETACH CONCURRENTLY, then DROP TABLE.
 *
 * A plain DROP takes ACCESS EXCLUSIVE on `position`, and while it waits for a long reader (a backup's pg_dump) every
 * insert waits behind it. DETACH CONCURRENTLY takes SHARE UPDATE EXCLUSIVE there and waits without blocking anybody;
 * DROP then locks a table that nobody can reach any more. It cannot run in a transaction, so it may be interrupted:
 * what a process that died or a timeout left behind is finished by the next run. One instance does this at a time;
 * the others go away at once.
 */
export async function dropPartitionsBefore(connection: PostgresConnection, cutoffDay: number): Promise<void> {
  // A session of its own: the pool's time limit is shorter than the wait for a long reader may be.
  const client = new Client({ ...connection.clientConfig, query_timeout: 0, statement_timeout: 60_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_lock($1::bigint) AS mine',
      [dropLock],
    )
    if (!rows[0]!.mine) return
    const days = [...(await readPartitions(client))].filter(([day]) => day < cutoffDay)
    // PostgreSQL allows one unfinished detach: it goes first.
    days.sort(
      ([a, stateA], [b, stateB]) => Number(stateB === 'detaching') - Number(stateA === 'detaching') || a - b,
    )
    for (const [day, state] of days) {
      const name = partitionName(day)
      if (state === 'detaching') await client.query(`ALTER TABLE position DETACH PARTITION ${name} FINALIZE`)
      if (state === 'attached')
        await client.query(`ALTER TABLE position DETACH PARTITION ${name} CONCURRENTLY`)
      await client.query(`DROP TABLE ${name}`)
    }
    await client.query('DELETE FROM tracker_use WHERE day < $1', [cutoffDay])
  } finally {
    // Ends the session and with it the lock.
    await client.end().catch(() => {})
  }
}
