import { AppError } from '@fleet/domain'
import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { Backend, CommandTransaction } from '../backend.ts'
import type { PositionStore } from '../positions-port.ts'
import { createQueryLayer, type Run } from '../query-layer.ts'
import { likePattern } from '../search-text.ts'
import { createPostgresChangeFeed } from './change-feed.ts'
import { settledSeq, startWriting, wakeChannel } from './change-log.ts'
import type { PostgresConnection } from './connection.ts'
import { uniqueViolation } from './errors.ts'

export function createPostgresBackend(
  connection: PostgresConnection,
  positions: PositionStore<PoolClient>,
): Backend<PoolClient> {
  const feed = createPostgresChangeFeed(connection)
  const announcer = createAnnouncer(connection)
  return {
    name: 'postgres',
    location: connection.location,
    positions,
    db: createQueryLayer('postgres', (text, values) =>
      connection.withClient((client) => runOn(client)(text, values)),
    ),
    // A commit whose answer was lost is settled by running the command again: it takes the key's lock, which waits for
    // the first attempt's session to end on this server, and then finds the recorded outcome or that there is none.
    async command(work) {
      const result = await connection.withTransaction((client) => work(openTransaction(client)), {
        afterUnknownCommit: 'retry',
      })
      announcer.announce()
      return result
    },
    snapshot: (work) =>
      connection.withSnapshot((client) => work(createQueryLayer('postgres', runOn(client)), client)),
    // LIKE is what a trigram index answers.
    contains: (word) => sql<boolean>`search_text like ${likePattern(word)} escape '\\'`,
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
      await connection.close()
    },
  }
}

/**
 * Wakes readers after commits. Not inside the transaction: NOTIFY takes a lock on the whole server that lasts until its
 * transaction's commit is acknowledged, by the synchronous standby too, so commands would commit one at a time. One
 * NOTIFY serves all commits before it. If it is lost, readers look by themselves once a second.
 */
function createAnnouncer({ pool }: PostgresConnection): { announce(): void } {
  let running = false
  let again = false
  const run = async () => {
    do {
      again = false
      await pool.query(`NOTIFY ${wakeChannel}`).catch(() => {})
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

function openTransaction(client: PoolClient): CommandTransaction<PoolClient> {
  return {
    db: createQueryLayer('postgres', runOn(client)),
    native: client,
    async lock(name, mode = 'exclusive') {
      const suffix = mode === 'shared' ? '_shared' : ''
      // Names that hash alike share a lock: they wait for each other and are otherwise unharmed. An advisory lock
      // assigns no transaction id, so the id follows the order of locks.
      await client.query(`SELECT pg_advisory_xact_lock${suffix}(hashtextextended($1, 0))`, [name])
    },
    startWriting: () => startWriting(client),
    async allocate(counter, count) {
      const { rows } = await client.query<{ number: number }>(
        'SELECT nextval($1::regclass)::integer AS number FROM generate_series(1, $2)',
        [counter, count],
      )
      return rows.map((row) => row.number)
    },
  }
}
