import { callbackify } from 'node:util'
import { Pool, type Client, type ClientConfig, type PoolClient } from 'pg'
import type { PostgresConfig } from '../config.ts'
import { HealthRecord, type Settlement } from '../health.ts'
import { createClientConfig } from './client-config.ts'
import { classify } from './errors.ts'
import { Link, Links } from './link.ts'
import { createOpeningGate } from './opening-gate.ts'
import { createRetry, saysServerIsAway, type Progress, type RetryOptions } from './retry.ts'
import { Statements } from './statements.ts'
import { Watch } from './watch.ts'

export type Patience = Pick<RetryOptions<unknown>, 'retryMs' | 'signal'>

export interface TransactionOptions<T> extends Patience {
  /**
   * COMMIT was sent and its answer was lost, so the transaction may have been applied or not. Say `retry` only if the
   * work, run again, finds out and cannot apply it twice. Default: throw outcome_unknown.
   */
  readonly afterUnknownCommit?: 'retry' | 'throw'
  readonly settledAs?: (result: T) => Settlement
}

/** Where reads go. */
export interface PostgresReads {
  /** Runs `work` in one read-only REPEATABLE READ transaction: all its statements see the same moment. */
  withSnapshot<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  /** Runs single statements that read. */
  withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
}

export interface PostgresConnection extends PostgresReads {
  /** `host:port/database`: for messages. */
  readonly location: string
  readonly health: HealthRecord
  /** int8 is read as a JavaScript number; cast to text in SQL what may pass 2^53. */
  readonly pool: Pool
  /**
   * Runs `work` in a READ COMMITTED transaction and again from the start, with jittered backoff, after a deadlock, a
   * serialization failure or a connection that was lost before COMMIT was sent: then nothing was applied.
   *
   * @throws AppError database_unavailable when the deadline passes; outcome_unknown; storage_failed
   */
  withTransaction<T>(work: (client: PoolClient) => Promise<T>, options?: TransactionOptions<T>): Promise<T>
  /** The same, in as few round trips as `Statements` makes of it: BEGIN and COMMIT need none of their own. */
  withStatements<T>(
    work: (statements: Statements, client: PoolClient) => Promise<T>,
    options?: TransactionOptions<T>,
  ): Promise<T>
  /** Runs statements that may be repeated: reads, and with `writes` those that are the same when done twice. */
  withClient<T>(
    work: (client: PoolClient) => Promise<T>,
    options?: Patience & { readonly writes?: boolean },
  ): Promise<T>
  /** For clients beside the pool. Holds the password: never print it. */
  readonly clientConfig: ClientConfig
  /** What the names of the sessions of this instance begin with, and of no other's. */
  readonly sessionPrefix: string
  /** Resolves when the server answers and takes writes; gives up at the signal, with an error. */
  ready(signal: AbortSignal): Promise<void>
  /**
   * A session beside the pool, for what listens or takes long. Whoever opens it ends it.
   *
   * @param statementTimeoutMs 0 for none: that the server is gone is noticed all the same
   * @throws errors of `pg` as they are
   */
  openSession(statementTimeoutMs: number): Promise<Client>
  /** Waits for what runs. */
  close(): Promise<void>
}

/** Makes the pool; connects to nothing yet. */
export function createPostgresConnection(config: PostgresConfig): PostgresConnection {
  const location = `${config.host}:${config.port}/${config.database}`
  const clientConfig = createClientConfig(config)
  const health = new HealthRecord('away', Date.now)
  const links = new Links()
  const watch = new Watch(clientConfig, links, health)
  const gate = createOpeningGate(() => watch.ready())

  class PoolLink extends Link {
    constructor() {
      super(clientConfig, links.nextName())
      links.follow(this)
    }

    override connect(): Promise<Client>
    override connect(callback: (error: Error) => void): void
    override connect(callback?: (error: Error) => void): Promise<Client> | void {
      const open = () => gate.open(() => super.connect())
      if (!callback) return open()
      callbackify(open)(callback)
    }
  }

  const pool = new Pool({ Client: PoolLink, max: config.poolSize, idleTimeoutMillis: 60_000 })
  pool.on('error', () => {})
  health.poolFigures = () => ({
    max: config.poolSize,
    size: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  })
  const retry = createRetry(pool, watch, health, location)

  return {
    location,
    health,
    pool,
    clientConfig,
    sessionPrefix: links.prefix,
    withTransaction: (work, { afterUnknownCommit = 'throw', ...options } = {}) =>
      retry({ ...options, afterUnknown: afterUnknownCommit }, (client, progress) =>
        inTransaction(client, work, progress),
      ),
    withStatements: (work, { afterUnknownCommit = 'throw', ...options } = {}) =>
      retry({ ...options, afterUnknown: afterUnknownCommit }, (client, progress) =>
        inStatements(client, work, progress),
      ),
    withSnapshot: (work) => retry({ afterUnknown: 'retry' }, (client) => inSnapshot(client, work)),
    withClient: (work, { writes = false, ...patience } = {}) =>
      retry({ ...patience, afterUnknown: 'retry' }, (client, progress) => {
        progress.isCommitting = writes
        return work(client)
      }),
    ready: (signal) => watch.ready(signal),
    async openSession(statementTimeoutMs) {
      const link = new Link({ ...clientConfig, query_timeout: statementTimeoutMs }, links.nextName())
      links.follow(link)
      await link.connect()
      watch.start()
      return link
    },
    async close() {
      // pg's end() waits for the clients that are checked out, and for those that wait for the server to come back.
      const ended = pool.end()
      await watch.close()
      await ended
    },
  }
}

// Not READ WRITE: a standby would refuse that as "not supported", which does not say that it is a standby. The first
// write there fails with 25006, which does.
const begin = 'BEGIN ISOLATION LEVEL READ COMMITTED'

async function inTransaction<T>(
  client: PoolClient,
  work: (client: PoolClient) => Promise<T>,
  progress: Progress,
): Promise<T> {
  await client.query(begin)
  const result = await orRollBack(client, work)
  progress.isCommitting = true
  const { command } = await client.query('COMMIT')
  progress.isCommitting = false
  // A transaction that a swallowed error has aborted answers COMMIT with ROLLBACK.
  if (command !== 'COMMIT') throw new Error(`COMMIT was answered with ${command}`)
  return result
}

async function inStatements<T>(
  client: PoolClient,
  work: (statements: Statements, client: PoolClient) => Promise<T>,
  progress: Progress,
): Promise<T> {
  const statements = new Statements(client)
  statements.later(begin)
  return orRollBack(client, async () => {
    try {
      const result = await work(statements, client)
      await statements.commit(progress)
      return result
    } finally {
      statements.discard()
    }
  })
}

/** See `PostgresReads.withSnapshot`, on one connection. */
export async function inSnapshot<T>(
  client: PoolClient,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const result = await orRollBack(client, work)
  await client.query('COMMIT')
  return result
}

async function orRollBack<T>(client: PoolClient, work: (client: PoolClient) => Promise<T>): Promise<T> {
  try {
    return await work(client)
  } catch (error) {
    // When the connection is gone the server rolls back by itself; a silent one would keep us waiting for its answer.
    if (!saysServerIsAway(classify(error))) await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}
