import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { ChangeFeed } from '../change-feed.ts'
import { settledSeq, wakeChannel, wakeGapMs } from './change-log.ts'
import type { PostgresConnection } from './connection.ts'
import { waitFor } from './wait-for.ts'

/** The safety net: a NOTIFY is lost with its connection, and a silent connection looks like a quiet one. */
const pollMs = 1_000
/** How long the listening connection may take to answer a look before it is taken for dead. */
const answerMs = 3_000
const maxReconnectMs = 1_000

interface Position {
  /** The last line that readers may see. */
  readonly head: string | null
  /** There are lines that readers may not see yet, since an older transaction is open. */
  readonly waiting: boolean
}

/**
 * Wakes subscribers when the change log has grown: at once by LISTEN, and at the latest after `pollMs` by looking.
 *
 * A connection that was lost loses notifications, and nothing else: with the next one the log is looked at before
 * anything is waited for, and readers find in it what was committed meanwhile. One that fell silent is noticed by the
 * next look, within 4 s.
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
    const state: Listening = { isListening: false, lookedAtMs: null }
    connection.health.feedFigures = () => ({
      isListening: state.isListening,
      lookedMsAgo: state.lookedAtMs === null ? null : Math.round(performance.now() - state.lookedAtMs),
    })
    running = Promise.all([running, listen(connection, stopping.signal, state, () => feed.wake())]).then(
      () => undefined,
    )
    return () => {
      stopping.abort()
      connection.health.feedFigures = () => null
    }
  })
  return {
    subscribe: (wake) => feed.subscribe(wake),
    async close() {
      feed.close()
      await running
    },
  }
}

/** What is known of listening, for `StoreHealth`. */
interface Listening {
  isListening: boolean
  lookedAtMs: number | null
}

/** Listens, reconnecting with capped backoff, until told to stop. Never throws. */
async function listen(
  connection: PostgresConnection,
  stop: AbortSignal,
  state: Listening,
  wake: () => void,
): Promise<void> {
  let head: string | null | undefined
  for (let failures = 0; !stop.aborted;) {
    let client: Client | null = null
    try {
      await connection.ready(stop)
      client = await connection.openSession(answerMs)
      let notified = Promise.withResolvers<void>()
      const link = { isLost: false }
      client.on('notification', () => notified.resolve())
      client.on('end', () => {
        link.isLost = true
        notified.resolve()
      })
      await client.query(`LISTEN ${wakeChannel}`)
      state.isListening = true
      failures = 0
      for (let hurried = 0; !stop.aborted && !link.isLost;) {
        // A new promise before looking: what is notified meanwhile makes us look again.
        notified = Promise.withResolvers()
        const position = await look(client)
        state.lookedAtMs = performance.now()
        // The first look wakes as well: something may have been committed between subscribing and now.
        if (position.head !== head) wake()
        head = position.head
        hurried = position.waiting ? Math.min(hurried + 1, 6) : 0
        const timeoutMs = position.waiting ? 5 * 2 ** hurried : pollMs
        // Watching must not keep a program alive that has nothing else to do.
        await waitFor(notified.promise, { timeoutMs, signal: stop, ref: false })
        const restMs = wakeGapMs - (performance.now() - state.lookedAtMs)
        if (restMs > 0) await sleep(restMs, undefined, { signal: stop, ref: false })
      }
    } catch {
      failures += 1
    }
    state.isListening = false
    client?.connection.stream.destroy()
    if (!stop.aborted) {
      const waitMs = Math.min(maxReconnectMs, 50 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2)
      await sleep(waitMs, undefined, { signal: stop, ref: false }).catch(() => {})
    }
  }
}

/** Reads the end of the index only: the planner, which cannot know where the log is settled, would scan it all. */
async function look(client: Client): Promise<Position> {
  const { rows } = await client.query<Position>(
    `SELECT
       (SELECT seq::text FROM changes WHERE seq < ${settledSeq} ORDER BY changes.seq DESC LIMIT 1) AS head,
       coalesce((SELECT max(seq) FROM changes) >= ${settledSeq}, false) AS waiting`,
  )
  return rows[0]!
}
