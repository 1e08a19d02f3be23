import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { PendingOperation } from '../../history/recorder.ts'
import type { Json } from '../../history/json-lines.ts'

/** A client of PostgreSQL with one connection at a time; after any failure it makes a new one. */
export interface SqlSession {
  /**
   * Works on the connection and ends the recorded operation: `ok` with what `work` gives; else by what is certain.
   * Never throws for what the database or the network does.
   */
  record(operation: PendingOperation, work: (transaction: SqlTransaction) => Promise<Json>): Promise<boolean>
  close(): void
}

export interface SqlTransaction {
  readonly query: <Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ) => Promise<readonly Row[]>
  /**
   * The statement after which it may be done, whatever becomes of the connection: COMMIT, or one that commits by itself.
   *
   * @param known of the operation when its outcome stays unknown
   */
  readonly commit: (
    text: string,
    values?: readonly unknown[],
    known?: Json,
  ) => Promise<readonly pg.QueryResultRow[]>
}

const connectTimeoutMs = 5_000
/** Without an answer for so long a client takes another connection: the old one may be half open. */
const answerTimeoutMs = 3_000
/** Who cannot connect does not try as fast as it can: that alone would keep a busy machine busy. */
const reconnectPauseMs = 200

/**
 * PostgreSQL said so and did nothing: data exceptions, constraints, transaction state, rollbacks, syntax and rights,
 * resources, object state (https://www.postgresql.org/docs/17/errcodes-appendix.html). Every other error may have come after
 * the commit.
 */
const certainClasses = new Set(['22', '23', '25', '40', '42', '53', '55'])

export function createSqlSession(connection: pg.ClientConfig): SqlSession {
  let current: { readonly client: pg.Client; readonly drop: () => void; warning: string | null } | null = null

  async function connect() {
    const socket = new Socket()
    const client = new pg.Client({
      ...connection,
      stream: () => socket,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: answerTimeoutMs,
    })
    const made = { client, drop: () => socket.destroy(), warning: null as string | null }
    // One that breaks between two queries says so here; the next query fails with the cause.
    client.on('error', () => {})
    // "canceling wait for synchronous replication": committed here, perhaps nowhere else, and told as a success.
    client.on('notice', (notice) => {
      if (notice.severity === 'WARNING') made.warning = notice.message ?? 'a warning'
    })
    try {
      await client.connect()
    } catch (error) {
      socket.destroy()
      throw error
    }
    return made
  }

  return {
    async record(operation, work) {
      let committing: { readonly known: Json } | null = null
      try {
        current ??= await connect()
        const { client } = current
        current.warning = null
        const answer = await work({
          async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
            return (await client.query<Row>(text, [...values])).rows
          },
          async commit(text, values = [], known = null) {
            committing = { known }
            return (await client.query<pg.QueryResultRow>(text, [...values])).rows
          },
        })
        if (current.warning !== null) throw new Error(current.warning)
        operation.ok(answer)
        return true
      } catch (error) {
        current?.drop()
        current = null
        endBy(operation, error, committing)
        await sleep(reconnectPauseMs)
        return false
      }
    },
    close() {
      current?.drop()
      current = null
    },
  }
}

/** Ends an operation that met an error. @param committing null: nothing was sent that could have done it */
function endBy(
  operation: PendingOperation,
  error: unknown,
  committing: { readonly known: Json } | null,
): void {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string }
  const says = message || String(error)
  const isCertain =
    error instanceof pg.DatabaseError && typeof code === 'string' && certainClasses.has(code.slice(0, 2))
  if (committing === null || isCertain) operation.fail(says)
  else operation.unknown(says, committing.known)
}
