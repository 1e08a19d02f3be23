import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { Backend, CommandTransaction } from '../backend.ts'
import type { PositionStore } from '../positions-port.ts'
import { createQueryLayer, isRead, type Run } from '../query-layer.ts'
import { likePattern } from '../search-text.ts'
import { createPostgresChangeFeed } from './change-feed.ts'
import { settledSeq, startWriting, waitForStandby, wakeChannel, wakeGapMs } from './change-log.ts'
import type { PostgresConnection, PostgresReads } from './connection.ts'
import { uniqueViolation } from './errors.ts'
import type { ReadPort } from './read-port.ts'
import type { Statements } from './statements.ts'

/** @param readPort for what may be a little old; null: the primary has it all */
export function createPostgresBackend(
  connection: PostgresConnection,
  positions: PositionStore<PoolClient>,
  readPort: ReadPort | null = null,
): Backend<PoolClient> {
  const reads: PostgresReads = readPort ?? connection
  const feed = createPostgresChangeFeed(connection)
  const announcer = createAnnouncer(connection)
  return {
    name: 'postgres',
    location: connection.location,
    health: connection.health,
    positions,
    db: createQueryLayer('postgres', (text, values) =>
      connection.withClient((client) => runOn(client)(text, values), { writes: !isRead(text) }),
    ),
    pastDb: createQueryLayer('postgres', (text, values) =>
      reads.withClient((client) => runOn(client)(text, values)),
    ),
    // A commit whose answer was lost is settled by running the command again: it takes the key's lock, which waits for
    // the first attempt's session to end on this server, and then finds the recorded outcome or that there is none.
    async command(work, { signal, wasDoneBefore } = {}) {
      const result = await connection.withStatements(
        async (statements, client) => {
          const tx = openTransaction(statements, client)
          const result = await work(tx)
          if (!tx.isWriting) statements.later(waitForStandby)
          return result
        },
        {
          afterUnknownCommit: 'retry',
          signal,
          settledAs: (result) =>
            wasDoneBefore === undefined ? 'repeated' : wasDoneBefore(result) ? 'applied' : 'not_applied',
        },
      )
      announcer.announce()
      return result
    },
    snapshot: (work) =>
      connection.withSnapshot((client) => work(createQueryLayer('postgres', runOn(client)), client)),
    // LIKE is what a trigram index answers.
    contains: (word) => sql<boolean>`search_text like ${likePattern(word)} escape '\\'`,
    indexedSearch: () => null,
    settledChanges: sql<boolean>`changes.seq < ${sql.raw(settledSeq)}`,
    uniqueViolation,
    onChange: (wake) => feed.subscribe(wake),
    async ping() {
      const { rows } = await connection.withClient(
        (client) =>
          client.query<{ readonly: boolean }>(
            `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS readonly`,
          ),
        // Long enough to replace a connection that broke while it was idle; who asks wants to know now.
        { retryMs: 500 },
      )
      // A standby answers reads for as long as one likes; the app needs the primary.
      if (rows[0]?.readonly)
        throw new AppError(
          'database_unavailable',
          `${connection.location} is read-only: a standby, or a primary that was demoted.`,
        )
    },
    async close() {
      await feed.close()
      await readPort?.close()
      await connection.close()
    },
  }
}

/**
 * Wakes readers after commits. Not inside the transaction: NOTIFY takes a lock on the whole server that lasts until its
 * transaction's commit is acknowledged, by the synchronous standby too, so commands would commit one at a time. One
 * NOTIFY serves all commits before it, and where many commit, all of the next `wakeGapMs`. If it is lost, readers look by
 * themselves once a second.
 */
function createAnnouncer({ pool }: PostgresConnection): { announce(): void } {
  let running = false
  let again = false
  const run = async () => {
    do {
      again = false
      await pool.query(`NOTIFY ${wakeChannel}`).catch(() => {})
      await sleep(wakeGapMs, undefined, { ref: false })
    } while (again)
    running = false
  }
  return {
    announce() {
      again = true
      if (running) return
      running = true
      void run()
    },
  }
}

const runOn =
  (client: PoolClient): Run =>
  async (text, values) =>
    (await client.query<Record<string, unknown>>(text, [...values])).rows

/** Whether there is nothing to wait for but that it was done. */
const givesNothing = (text: string) =>
  /^\s*(?:insert|update|delete)\b/i.test(text) && !/\breturning\b/i.test(text)

/** Work of thousands of rows is sent in parts: each has the time limit of a statement, and says that it is alive. */
const mostWaiting = 200

/** What a command sees of a transaction. */
export function openTransaction(
  statements: Statements,
  client: PoolClient,
): CommandTransaction<PoolClient> & { readonly isWriting: boolean } {
  let isWriting = false
  return {
    get isWriting() {
      return isWriting
    },
    db: createQueryLayer('postgres', async (text, values) => {
      if (!givesNothing(text)) return statements.ask(text, values)
      statements.later(text, values)
      if (statements.waiting >= mostWaiting) await statements.flush()
      return []
    }),
    async native() {
      await statements.flush()
      return client
    },
    lock(name, mode = 'exclusive') {
      const suffix = mode === 'shared' ? '_shared' : ''
      // Names that hash alike share a lock: they wait for each other and are otherwise unharmed. An advisory lock
      // assigns no transaction id, so the id follows the order of locks. It is a statement by itself: the snapshot of
      // one that also read would be older than the lock, and miss what whoever held it before has written.
      statements.later(`SELECT pg_advisory_xact_lock${suffix}(hashtextextended($1, 0))`, [name])
      return Promise.resolve()
    },
    startWriting() {
      isWriting = true
      return startWriting(statements)
    },
    async allocate(counter, count) {
      const rows = await statements.ask(
        'SELECT nextval($1::regclass)::integer AS number FROM generate_series(1, $2::integer)',
        [counter, count],
      )
      return rows.map((row) => row['number'] as number)
    },
  }
}
