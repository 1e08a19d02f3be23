import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { Backend, CommandTransaction } from '../backend.ts'
import type { PositionStore } from '../positions-port.ts'
import { createQueryLayer, isRead, type Run } from '../query-layer.ts'
import { likePattern } from '../search-text.ts'
import { createPostgresChangeFeed } from './change-feed.ts'
import { settledSeq, waitForStandby, wakeChannel, wakeGapMs, writeRecord } from './change-log.ts'
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
          if (!tx.isRecorded) statements.later(waitForStandby)
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

/** What a command sees of a transaction. */
export function openTransaction(
  statements: Statements,
  client: PoolClient,
): CommandTransaction<PoolClient> & { readonly isRecorded: boolean } {
  let isRecorded = false
  return {
    get isRecorded() {
      return isRecorded
    },
    db: createQueryLayer('postgres', async (text, values) => {
      if (!givesNothing(text)) return statements.ask(text, values)
      statements.later(text, values)
      await statements.keepShort()
      return []
    }),
    async native() {
      await statements.flush()
      return client
    },
    lock(name, mode = 'exclusive') {
      statements.lock(name, mode)
      return Promise.resolve()
    },
    async allocate(counter, count) {
      const rows = await statements.ask(
        'SELECT nextval($1::regclass)::integer AS number FROM generate_series(1, $2::integer)',
        [counter, count],
      )
      return rows.map((row) => row['number'] as number)
    },
    record(record) {
      isRecorded = true
      return writeRecord(statements, record)
    },
  }
}
