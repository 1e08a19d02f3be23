import { setTimeout as sleep } from 'node:timers/promises'
import { Pool, type ClientConfig, type PoolClient, type QueryConfig } from 'pg'
import type { ReadFallback } from '../health.ts'
import type { PostgresConfig } from '../config.ts'
import { inSnapshot, type PostgresConnection, type PostgresReads } from './connection.ts'
import { judge } from './errors.ts'
import { Link, Links } from './link.ts'

/** How long a replica gets to catch up with what is committed. */
const catchUpMs = 200
/** How long a replica may be silent before the primary is asked instead. */
const answerMs = 1_000
/** The same for a whole statement, a page of history at most. */
const statementMs = 5_000
/** After a replica failed, those who read do not wait for it each. */
const avoidMs = 2_000

/**
 * Reads that may be a little old, on the replicas behind PG_READ_PORT.
 *
 * Whoever wrote reads what they wrote, whichever instance of the app they wrote through: the primary is asked how far its
 * log is on disk, which no acknowledged commit is beyond, and the replica answers once it has replayed that far. If
 * that takes long, or anything is wrong with the replica, the primary answers; nobody is told but the metrics.
 */
export interface ReadPort extends PostgresReads {
  close(): Promise<void>
}

export function createReadPort(
  config: PostgresConfig,
  readPort: number,
  primary: PostgresConnection,
): ReadPort {
  const { health } = primary
  const links = new Links()
  const pool = createPool({ ...primary.clientConfig, port: readPort }, links, config.poolSize)
  let avoidUntilMs = 0
  /** Connections at work. */
  let inUse = 0

  function fallBack(reason: ReadFallback): void {
    health.countReadFallback(reason)
    // The next read may find a connection free.
    if (reason === 'busy') return
    avoidUntilMs = performance.now() + avoidMs
    // Those that lie idle lead to the same machine, most likely.
    if (reason === 'replica_lost')
      for (const link of links) if (!link.isWaiting) link.drop('the replica failed')
  }

  /** Undefined when the replica cannot answer. */
  async function onReplica<T>(work: (client: PoolClient) => Promise<T>): Promise<{ result: T } | undefined> {
    const lsn = await primary.withClient(readFlushedLsn)
    if (lsn === null) return undefined
    let client: PoolClient | null = null
    let hasCaughtUp = false
    try {
      client = await pool.connect()
      inUse += 1
      if (!(await hasReplayed(client, lsn))) {
        client.release()
        fallBack('behind')
        return undefined
      }
      hasCaughtUp = true
      const result = await work(client)
      client.release()
      health.countReplicaRead()
      return { result }
    } catch (error) {
      client?.release(true)
      const { failure } = judge(error, false)
      // What is wrong with the statement is wrong on the primary too.
      if (failure === 'bug') throw error
      const isFull = client === null && inUse >= config.poolSize
      const isSlow = hasCaughtUp && (error as Error).message === 'Query read timeout'
      fallBack(isFull || isSlow ? 'busy' : 'replica_lost')
      return undefined
    } finally {
      if (client) inUse -= 1
    }
  }

  async function read<T>(
    onLink: (client: PoolClient) => Promise<T>,
    onPrimary: () => Promise<T>,
  ): Promise<T> {
    if (performance.now() < avoidUntilMs) return onPrimary()
    const answer = await onReplica(onLink)
    return answer ? answer.result : onPrimary()
  }

  return {
    withClient: (work) => read(work, () => primary.withClient(work)),
    withSnapshot: (work) =>
      read(
        (client) => inSnapshot(client, work),
        () => primary.withSnapshot(work),
      ),
    close: () => pool.end(),
  }
}

function createPool(clientConfig: ClientConfig, links: Links, max: number): Pool {
  class ReadLink extends Link {
    constructor() {
      super(
        { ...clientConfig, query_timeout: statementMs, connectionTimeoutMillis: answerMs },
        links.nextName(),
      )
      links.follow(this)
    }
  }
  // A read that finds no connection free goes to the primary.
  const pool = new Pool({
    Client: ReadLink,
    max,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: answerMs,
  })
  pool.on('error', () => {})
  return pool
}

/** Null from a server that was the primary. */
async function readFlushedLsn(client: PoolClient): Promise<string | null> {
  const { rows } = await client.query<{ lsn: string | null }>(
    'SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_flush_lsn()::text END AS lsn',
  )
  return rows[0]!.lsn
}

/** Waits a short time for the replica to get there. A server that is no replica has everything. */
async function hasReplayed(client: PoolClient, lsn: string): Promise<boolean> {
  const deadlineMs = performance.now() + catchUpMs
  // `pg` takes a time limit with a statement; its types do not know.
  const look: QueryConfig & { readonly query_timeout: number } = {
    text: 'SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1::pg_lsn AS there',
    values: [lsn],
    query_timeout: answerMs,
  }
  for (let waitMs = 2; ; waitMs *= 2) {
    const { rows } = await client.query<{ there: boolean }>(look)
    if (rows[0]!.there) return true
    if (performance.now() + waitMs > deadlineMs) return false
    await sleep(waitMs)
  }
}
