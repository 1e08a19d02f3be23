import { DatabaseError, type ClientBase } from 'pg'
import type { PostgresConnection } from './connection.ts'
import { partitionName, readPartitions } from './positions-partitions.ts'

/** Held by the one instance that looks after old partitions. */
const upkeepLock = '112629929373745'

/** Waits for a lock no longer than this where waiting would hold up others. */
const lockTimeoutMs = 1000
/** Two million rows. A larger day would be locked for longer than those who wait for it are patient. */
const maxClusterBytes = 256 * 1024 * 1024
/** For a detach, which waits without holding up anybody. */
const detachTimeoutMs = 60_000

/**
 * Drops the partitions of days before `dropBefore` and rewrites those of days before `clusterBefore` in the order of
 * their key, once each. One instance does this at a time; the others go away at once. What an interrupted run left
 * behind is finished by the next one.
 *
 * A rewritten day lets a bike's day be read from 200 pages instead of 7,000: rows arrive in the order of time, so
 * those of one device lie on as many pages as there are rows.
 *
 * @param dropBefore days since 1970-01-01 UTC, as is `clusterBefore`
 */
export async function maintainPartitions(
  connection: PostgresConnection,
  { dropBefore, clusterBefore }: { readonly dropBefore: number; readonly clusterBefore: number },
): Promise<void> {
  // The pool's time limit is shorter than these may take.
  const client = await connection.openSession(0)
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_lock($1::bigint) AS mine',
      [upkeepLock],
    )
    if (!rows[0]!.mine) return
    await dropPartitions(client, dropBefore)
    await client.query('DELETE FROM tracker_use WHERE day < $1', [dropBefore])
    await clusterPartitions(client, clusterBefore)
  } finally {
    // Ends the session and with it the lock.
    await client.end().catch(() => {})
  }
}

/**
 * DETACH CONCURRENTLY, then DROP TABLE. A plain DROP takes ACCESS EXCLUSIVE on `position`, and while it waits for a
 * long reader (a backup's pg_dump) every insert waits behind it. DETACH CONCURRENTLY takes SHARE UPDATE EXCLUSIVE
 * there and waits without blocking anybody; DROP then locks a table that nobody can reach any more.
 *
 * It cannot run in a transaction. If the process dies between the two, or the wait takes too long, the partition is
 * found detaching or detached by the next run.
 */
async function dropPartitions(client: ClientBase, dropBefore: number): Promise<void> {
  const days = [...(await readPartitions(client))].filter(([day]) => day < dropBefore)
  // PostgreSQL allows one unfinished detach: it goes first.
  days.sort(
    ([a, stateA], [b, stateB]) => Number(stateB === 'detaching') - Number(stateA === 'detaching') || a - b,
  )
  await client.query(`SET statement_timeout = ${detachTimeoutMs}`)
  for (const [day, state] of days) {
    const name = partitionName(day)
    if (state === 'detaching') await client.query(`ALTER TABLE position DETACH PARTITION ${name} FINALIZE`)
    if (state === 'attached') await client.query(`ALTER TABLE position DETACH PARTITION ${name} CONCURRENTLY`)
    await client.query(`DROP TABLE ${name}`)
  }
  await client.query('SET statement_timeout = 0')
}

/**
 * CLUSTER writes a new copy of the partition and then removes the old one, in one transaction: if it is interrupted
 * the old one stays. It takes ACCESS EXCLUSIVE on this one partition, about 5 s for a million rows, so that whoever
 * reads this day, or stores a fix of it days late, waits that long. `position` itself and other days are not touched.
 * A day too large for that stays as it is.
 */
async function clusterPartitions(client: ClientBase, clusterBefore: number): Promise<void> {
  // CLUSTER marks the index that it followed: a day with the mark is done.
  const { rows } = await client.query<{ name: string; index_name: string }>(
    `SELECT c.relname AS name, k.relname AS index_name
     FROM pg_inherits i
     JOIN pg_class c ON c.oid = i.inhrelid
     JOIN pg_index x ON x.indrelid = c.oid AND x.indisprimary AND NOT x.indisclustered
     JOIN pg_class k ON k.oid = x.indexrelid
     WHERE i.inhparent = 'position'::regclass AND NOT i.inhdetachpending AND c.relname < $1
       AND pg_relation_size(c.oid) <= $2
     ORDER BY c.relname`,
    [partitionName(clusterBefore), maxClusterBytes],
  )
  await client.query(`SET lock_timeout = ${lockTimeoutMs}`)
  for (const { name, index_name } of rows) {
    try {
      await client.query(
        `CLUSTER ${client.escapeIdentifier(name)} USING ${client.escapeIdentifier(index_name)}`,
      )
      // The planner has to learn that the rows of a device now lie together.
      await client.query(`ANALYZE ${client.escapeIdentifier(name)}`)
    } catch (error) {
      // Somebody reads this day for long: the next run tries again.
      if (!(error instanceof DatabaseError && error.code === '55P03')) throw error
    }
  }
}
