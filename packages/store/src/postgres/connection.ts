import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import { Pool, types, type ClientConfig, type PoolClient } from 'pg'
import type { PostgresConfig } from '../config.ts'
import { classify, describeFailure, translatePostgresError } from './errors.ts'

const int8 = 20
/** pg's own parsers, untyped: its types know neither plain numbers nor what a parser returns. */
const parserOf = types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown
/** How long one call goes on trying on new connections before it gives up: a failover is meant to fit in. */
const defaultRetryMs = 15_000

export interface PostgresConnection {
  /** `host:port/database`: for messages. */
  readonly location: string
  /** int8 is read as a JavaScript number; cast to text in SQL what may pass 2^53. */
  readonly pool: Pool
  /** For clients outside the pool, such as the listener. Holds the password: never print it. */
  readonly clientConfig: ClientConfig
  /**
   * Runs `work` in a READ COMMITTED transaction and again from the start, with jittered backoff, after a deadlock, a
   * serialization failure or a connection that was lost before COMMIT was sent: then nothing was applied.
   *
   * @param options.afterUnknownCommit COMMIT was sent and its answer was lost, so the transaction may have been
   *   applied or not. Say `retry` only if `work`, run again, finds out and cannot apply it twice. Default: throw
   * @throws AppError database_unavailable when the deadline passes; outcome_unknown
   */
  withTransaction<T>(
    work: (client: PoolClient) => Promise<T>,
    options?: { readonly afterUnknownCommit?: 'retry' | 'throw'; readonly retryMs?: number },
  ): Promise<T>
  /** Runs `work` in one read-only REPEATABLE READ transaction: all its statements see the same moment. */
  withSnapshot<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  /** Runs statements that may be repeated: reads, and writes that are the same when done twice. */
  withClient<T>(work: (client: PoolClient) => Promise<T>, options?: { readonly retryMs?: number }): Promise<T>
  close(): Promise<void>
}

/** Makes the pool; connects to nothing yet. */
export function createPostgresConnection(config: PostgresConfig): PostgresConnection {
  const location = `${config.host}:${config.port}/${config.database}`
  const clientConfig = toClientConfig(config)
  const pool = new Pool({ ...clientConfig, max: config.poolSize, idleTimeoutMillis: 60_000 })
  // Without a listener, a connection that breaks while no statement runs on it would end the process: the pool listens
  // on idle ones only, not between two statements of a transaction. The next statement fails and tells.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))

  /**
   * @param run does the work on one connection and says how far a failed attempt came
   */
  async function withRetry<T>(
    retryMs: number,
    retryUnknown: boolean,
    run: (client: PoolClient, sentCommit: () => void) => Promise<T>,
  ): Promise<T> {
    const deadline = Date.now() + retryMs
    let unknown: unknown = null
    for (let attempt = 0; ; attempt++) {
      let commitSent = false
      let client: PoolClient | undefined
      try {
        client = await pool.connect()
        const result = await run(client, () => (commitSent = true))
        client.release()
        return result
      } catch (error) {
        const failure = classify(error)
        // A connection that failed, or whose transaction may still be open, never goes back to the pool.
        client?.release(failure === 'lost' || failure === 'refused' || error instanceof AppError)
        if (commitSent && failure === 'lost') unknown = error
        const mayRetry = failure === 'conflict' || (failure === 'lost' && (unknown === null || retryUnknown))
        const waitMs = Math.min(1000, 10 * 2 ** Math.min(attempt, 7)) * (0.5 + Math.random())
        if (!mayRetry || Date.now() + waitMs > deadline) {
          if (unknown !== null && failure !== 'statement')
            throw new AppError(
              'outcome_unknown',
              `${location} went away during a commit: ${describeFailure(unknown)}.`,
              { cause: error },
            )
          throw translatePostgresError(error, location)
        }
        await sleep(waitMs)
      }
    }
  }

  async function inTransaction<T>(
    client: PoolClient,
    begin: string,
    work: (client: PoolClient) => Promise<T>,
    sentCommit: () => void,
  ): Promise<T> {
    await client.query(begin)
    let result: T
    try {
      result = await work(client)
    } catch (error) {
      // When the connection is gone the server rolls back by itself; a silent one would keep us waiting for its answer.
      if (classify(error) !== 'lost') await client.query('ROLLBACK').catch(() => {})
      throw error
    }
    sentCommit()
    const { command } = await client.query('COMMIT')
    // A transaction that a swallowed error has aborted answers COMMIT with ROLLBACK.
    if (command !== 'COMMIT') throw new Error(`COMMIT was answered with ${command}`)
    return result
  }

  return {
    location,
    pool,
    clientConfig,
    withTransaction: (work, { afterUnknownCommit = 'throw', retryMs = defaultRetryMs } = {}) =>
      withRetry(retryMs, afterUnknownCommit === 'retry', (client, sentCommit) =>
        // Not READ WRITE: a standby would refuse that as "not supported", which does not say that it is a standby. The
        // first write there fails with 25006, which does.
        inTransaction(client, 'BEGIN ISOLATION LEVEL READ COMMITTED', work, sentCommit),
      ),
    withSnapshot: (work) =>
      withRetry(defaultRetryMs, true, (client, sentCommit) =>
        inTransaction(client, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work, sentCommit),
      ),
    withClient: (work, { retryMs = defaultRetryMs } = {}) =>
      withRetry(retryMs, true, (client) => work(client)),
    // pg's end() waits for the clients that are checked out.
    close: () => pool.end(),
  }
}

function toClientConfig(config: PostgresConfig): ClientConfig {
  return {
    host: config.host,
    port: config.port,
    user: config.user,
    database: config.database,
    // An empty function keeps pg from reading PGPASSWORD, which would be a second, undocumented way.
    ...(config.password === null ? {} : { password: config.password }),
    ssl: toTls(config),
    application_name: 'amsterdam-bike-fleet',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A connection whose other end went silent would otherwise wait for TCP to give up, some 15 minutes.
    query_timeout: 15_000,
    // An instance that stalls inside a transaction must not hold back readers of the change log for long.
    idle_in_transaction_session_timeout: 30_000,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === int8 && format !== 'binary' ? Number : parserOf(oid, format),
    },
  }
}

/** TLS that is asked for is verified, always: an unverified connection protects from nobody who can redirect it. */
function toTls(config: PostgresConfig): ClientConfig['ssl'] {
  if (config.ssl.mode === 'disable') return false
  const ca = config.ssl.rootCertFile === null ? {} : { ca: readFileSync(config.ssl.rootCertFile, 'utf8') }
  return {
    rejectUnauthorized: true,
    ...ca,
    // verify-ca accepts any name that the authority has signed.
    ...(config.ssl.mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  }
}
