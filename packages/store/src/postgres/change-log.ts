import type { TransactionRecord } from '../backend.ts'
import { linesAStatement } from '../change-lines.ts'
import type { Change, ChangeSeq } from '../port.ts'
import type { PostgresConnection } from './connection.ts'
import type { Statements } from './statements.ts'

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

/**
 * The first commit after a pause wakes at once, those that follow it not more often than this: at hundreds of commits a
 * second, waking for each would cost more than the commits.
 */
export const wakeGapMs = 50

/** SQL: the first seq of this transaction. Assigns the transaction its id. */
const firstSeq = `((pg_current_xact_id()::text::bigint + ${offset}) << ${ordinalBits})`

/**
 * See `CommandTransaction.record`. The server makes the seqs from its transaction id itself, so nobody waits for them: all
 * goes together, and COMMIT behind it.
 */
export async function writeRecord(
  statements: Statements,
  { key, fingerprint, atMs, lines, outcome, namesLines }: TransactionRecord,
): Promise<() => Promise<ChangeSeq>> {
  if (lines.length > 2 ** ordinalBits)
    throw new RangeError(`${lines.length} changes do not fit in one transaction`)
  const parts: unknown[][] = []
  for (let from = 0; from < lines.length; from += linesAStatement)
    parts.push(lines.slice(from, from + linesAStatement).flatMap((line, i) => lineValues(line, from + i)))
  const last = parts.pop() ?? []
  for (const values of parts) {
    statements.later(linesText(values.length / lineTypes.length), values)
    await statements.keepShort()
  }
  const count = last.length / lineTypes.length
  const json = JSON.stringify(outcome)
  const recorded = namesLines ? [json.slice(0, -1), lines.length - 1] : [json]
  const answer = statements.ask(recordText(count, namesLines), [...last, key, fingerprint, atMs, ...recorded])
  // Whoever waits for the commit is told of its failure there.
  answer.catch(() => {})
  return async () => (await answer)[0]!['first'] as ChangeSeq
}

const lineTypes = ['integer', 'bigint', 'text', 'text', 'integer', 'jsonb', 'text', 'text', 'text'] as const

const lineValues = (line: Omit<Change, 'seq'>, ordinal: number): readonly unknown[] => [
  ordinal,
  line.atMs,
  line.kind,
  line.id,
  line.version,
  line.entity === null ? null : JSON.stringify(line.entity),
  line.command,
  line.actorId,
  line.actor,
]

const place = `place AS MATERIALIZED (SELECT ${firstSeq} AS first)`

const insertLines = (count: number): string => {
  const line = (index: number) =>
    `(${lineTypes.map((type, at) => `$${index * lineTypes.length + at + 1}::${type}`).join(', ')})`
  const columns = 'at_ms, kind, entity_id, version, entity, command, actor_id, actor'
  return `INSERT INTO changes (seq, ${columns}) SELECT first + ordinal, ${columns} FROM place, (VALUES ${Array.from({ length: count }, (_, index) => line(index)).join(', ')}) AS line (ordinal, ${columns})`
}

const linesText = (count: number): string => `WITH ${place} ${insertLines(count)}`

/** The lines' values come first, then: key, fingerprint, time, outcome and, if it names lines, the last one's ordinal. */
function recordText(count: number, namesLines: boolean): string {
  const after = (n: number) => `$${count * lineTypes.length + n}`
  const outcome = namesLines
    ? `(${after(4)}::text || ',"firstSeq":"' || first || '","seq":"' || first + ${after(5)}::integer || '"}')`
    : after(4)
  return `WITH ${place}${count === 0 ? '' : `, lines AS (${insertLines(count)})`}
    INSERT INTO idempotency (key, fingerprint, at_ms, outcome)
    SELECT ${after(1)}, ${after(2)}, ${after(3)}::bigint, ${outcome}::jsonb FROM place
    RETURNING (SELECT first FROM place)::text AS first`
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

/**
 * SQL: makes the commit of a transaction that writes nothing else wait until the synchronous standby has all that was
 * committed before it.
 *
 * Usually what a transaction can see is on the standby already. But when the wait of a commit was cut short (a cancelled
 * statement, a terminated session) it is on this server only, visible, and lost with the next failover: whoever finds it
 * and answers "that is done" would acknowledge what may yet be lost. A commit waits only if its transaction has written to
 * the log of the database: a message nobody reads is enough.
 */
export const waitForStandby = `SELECT pg_logical_emit_message(true, 'fleet', '')`
