import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { ChangeFeed } from '../change-feed.ts'
import { settledSeq, wakeChannel } from './change-log.ts'
import type { PostgresConnection } from './connection.ts'

/** The safety net: a NOTIFY is lost with its connection, and a silent connection looks like a quiet one. */
const pollMs = 1_000
/** How long the listening connection may be silent before it is taken for dead. */
const answerMs = 3_000
const maxReconnectMs = 5_000

interface Position {
  /** The last line that readers may see. */
  readonly head: string | null
  /** There are lines that readers may not see yet, since an older transaction is open. */
  readonly waiting: boolean
}

/**
 * Wakes subscribers when the change log has grown: at once by LISTEN, and at the latest after `pollMs` by looking.
 *
 * A commit that wakes us may have lines that are hidden until an older transaction ends, and that end notifies nobody
 * (a batch of positions, say). So as long as something waits, we look again soon.
 */
export function createPostgresChangeFeed(connection: PostgresConnection): {
  subscribe(wake: () => void): () => void
  close(): Promise<void>
} {
  let running: Promise<void> = Promise.resolve()
  const feed = new ChangeFeed(() => {
    const stopping = new AbortController()
    running = Promise.all([running, listen(connection, stopping.signal, () => feed.wake())]).then(
      () => undefined,
    )
    return () => stopping.abort()
  })
  return {
    subscribe: (wake) => feed.subscribe(wake),
    async close() {
      feed.close()
      await running
    },
  }
}

/** Listens, reconnecting with capped backoff, until told to stop. Never throws. */
async function listen(connection: PostgresConnection, stop: AbortSignal, wake: () => void): Promise<void> {
  let head: string | null | undefined
  for (let failures = 0; !stop.aborted;) {
    const client = new Client({ ...connection.clientConfig, query_timeout: answerMs })
    const link = { lost: false, notified: Promise.withResolvers<void>() }
    const lose = () => {
      link.lost = true
      link.notified.resolve()
    }
    const stopWaiting = () => link.notified.resolve()
    client.on('error', lose)
    client.on('end', lose)
    client.on('notification', stopWaiting)
    stop.addEventListener('abort', stopWaiting)
    try {
      await client.connect()
      await client.query(`LISTEN ${wakeChannel}`)
      failures = 0
      for (let hurried = 0; !stop.aborted && !link.lost;) {
        // A new promise before looking: what is notified meanwhile makes us look again.
        link.notified = Promise.withResolvers<void>()
        const position = await look(client)
        // The first look wakes as well: something may have been committed between subscribing and now.
        if (position.head !== head) wake()
        head = position.head
        hurried = position.waiting ? Math.min(hurried + 1, 6) : 0
        const waitMs = position.waiting ? 5 * 2 ** hurried : pollMs
        await waitFor(link.notified.promise, waitMs)
      }
    } catch {
      failures += 1
    } finally {
      stop.removeEventListener('abort', stopWaiting)
      await client.end().catch(() => {})
    }
    if (!stop.aborted) {
      const waitMs = Math.min(maxReconnectMs, 100 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random())
      await sleep(waitMs, undefined, { signal: stop, ref: false }).catch(() => {})
    }
  }
}

async function look(client: Client): Promise<Position> {
  const { rows } = await client.query<Position>(
    `SELECT
       (SELECT seq::text FROM changes WHERE seq < ${settledSeq} ORDER BY changes.seq DESC LIMIT 1) AS head,
       EXISTS (SELECT FROM changes WHERE seq >= ${settledSeq}) AS waiting`,
  )
  return rows[0]!
}

async function waitFor(promise: Promise<void>, timeoutMs: number): Promise<void> {
  const timer = new AbortController()
  await Promise.race([
    promise,
    // Watching must not keep a program alive that has nothing else to do.
    sleep(timeoutMs, undefined, { signal: timer.signal, ref: false }).catch(() => {}),
  ])
  timer.abort()
}
