import type { PoolClient } from 'pg'
import type { ChangeSeq } from '../port.ts'
import type { PostgresConnection } from './connection.ts'

/*
 * The order of the change log.
 *
 * A serial number is given when a line is inserted and seen when its transaction commits: a reader that has passed 8
 * would miss 7, whose transaction was slower. So a line's seq is made from the id of its transaction:
 *
 *   seq = ((transaction id + offset) << 20) + ordinal of the line within the transaction
 *
 * and a reader stops before the oldest transaction that is still open (pg_snapshot_xmin). What comes later gets a higher
 * id, so nothing can appear before what was read: complete, and never twice, whatever is open meanwhile. A transaction
 * that stays open delays readers and makes them miss nothing.
 *
 * The order of ids is the order of conflicts because a command takes all its locks before its first write
 * (commands/handler.ts): of two commands on one row, the second gets the lock, and then its id, after the first has
 * committed. So the versions of a row rise along the log.
 *
 * The offset is for a database that was restored from a dump into a younger cluster: there, ids start from the
 * beginning and new lines would sort before old ones.
 */

/** A million lines a transaction; 2^43 transactions until bigint is full. */
const ordinalBits = 20

const offset = `(SELECT value::bigint FROM meta WHERE key = 'xid_offset')`

/** SQL: every line below this seq is there already, or never will be. */
export const settledSeq = `((pg_snapshot_xmin(pg_current_snapshot())::text::bigint + ${offset}) << ${ordinalBits})`

/** The channel on which a commit wakes other instances. NOTIFY may be lost; the table is the truth. */
export const wakeChannel = 'fleet_change'

/** See `CommandTransaction.startWriting`: assigns the transaction its id. */
export async function startWriting(client: PoolClient): Promise<(ordinal: number) => ChangeSeq> {
  const { rows } = await client.query<{ first: string }>(
    `SELECT ((pg_current_xact_id()::text::bigint + ${offset}) << ${ordinalBits})::text AS first`,
  )
  const first = BigInt(rows[0]!.first)
  return (ordinal) => {
    if (ordinal >= 2 ** ordinalBits) throw new RangeError(`${ordinal} changes do not fit in one transaction`)
    return String(first + BigInt(ordinal)) as ChangeSeq
  }
}

/**
 * Notices that the log holds lines from transactions that this cluster has not had yet, which means that it was restored
 * from a dump. Then moves the offset behind them, and names the log anew: cursors that clients hold may lie beyond
 * what was restored.
 */
export async function adoptRestoredLog(connection: PostgresConnection): Promise<void> {
  await connection.withTransaction(
    async (client) => {
      // Alone, so that no command is between reading the offset and writing its lines.
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('everything', 0))`)
      const { rows } = await client.query<{ ahead: string | null }>(
        `SELECT (max(seq) >> ${ordinalBits}) - ${offset} - pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1
           AS ahead
         FROM changes`,
      )
      const ahead = Number(rows[0]?.ahead ?? 0)
      if (ahead <= 0) return
      await client.query(
        `UPDATE meta SET value = (value::bigint + $1::bigint)::text WHERE key = 'xid_offset'`,
        [ahead],
      )
      await client.query(`UPDATE meta SET value = gen_random_uuid()::text WHERE key = 'log_id'`)
    },
    { afterUnknownCommit: 'retry' },
  )
}
