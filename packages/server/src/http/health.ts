import type { DatabaseState, Store } from '@fleet/store'
import type { FastifyInstance } from 'fastify'
import { within } from '../within.ts'

export interface HealthOptions {
  readonly store: Store
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly isStopping: () => boolean
}

/** What `/readyz` answers. */
export interface Readiness {
  /** `fine` is the only one that is answered 200. */
  readonly status: DatabaseState | 'stopping'
  /** ISO 8601: since when it is fine, or since when it is not. */
  readonly since: string
  readonly sinceSeconds: number
  readonly backend: Store['backend']
}

/** Load balancers ask every second or so; a database that needs longer to say "here" is not ready. */
const pingTimeoutMs = 2_000
/** However many ask, the database is asked once in this time: the routes are open to anybody. */
const pingIntervalMs = 500

/**
 * `/healthz`: the process runs. `/readyz`: it can do its work, which takes a database that takes writes.
 *
 * 200 or 503, with the state and since when it holds. Neither says where the database is: both are open to anybody.
 */
export function registerHealth(app: FastifyInstance, options: HealthOptions): void {
  const { store, now, isStopping } = options
  const config = { access: 'anyone', needsNoSession: true } as const
  let known: { status: Readiness['status']; sinceMs: number } = { status: 'fine', sinceMs: now() }
  let current: { promise: Promise<boolean>; startedMs: number } | null = null

  const ask = async (): Promise<boolean> => {
    // Either way: a clock that was set back would keep the last answer for hours.
    if (!current || Math.abs(now() - current.startedMs) >= pingIntervalMs)
      current = { promise: answersInTime(store), startedMs: now() }
    return current.promise
  }

  async function look(): Promise<Readiness['status']> {
    if (isStopping()) return 'stopping'
    if (await ask()) return 'fine'
    const { state, pool } = store.health.current()
    if (state !== 'fine') return state
    // All connections are at work, and the store asks the database on one of its own: it is there.
    if (pool !== null && pool.waiting > 0) return 'fine'
    // It was silent for as long as we wait here; the store waits longer before it believes that.
    return 'switching'
  }

  async function readReadiness(): Promise<Readiness> {
    const status = await look()
    if (status !== known.status) {
      const { state, sinceMs } = store.health.current()
      const wasNoticedBefore = status === state && status !== 'fine'
      const isSameOutage = known.status !== 'fine' && status !== 'fine' && status !== 'stopping'
      known = { status, sinceMs: wasNoticedBefore ? sinceMs : isSameOutage ? known.sinceMs : now() }
    }
    return {
      status,
      since: new Date(known.sinceMs).toISOString(),
      sinceSeconds: Math.max(0, Math.round((now() - known.sinceMs) / 1000)),
      backend: store.backend,
    }
  }

  app.get('/healthz', { config }, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'alive' }),
  )
  app.get('/readyz', { config }, async (_request, reply) => {
    const readiness = await readReadiness()
    const isReady = readiness.status === 'fine'
    return reply
      .code(isReady ? 200 : 503)
      .headers({ 'cache-control': 'no-store', ...(isReady ? {} : { 'retry-after': '1' }) })
      .send(readiness)
  })
}

const answersInTime = (store: Store): Promise<boolean> =>
  within(
    store.ping().then(
      () => true,
      () => false,
    ),
    pingTimeoutMs,
    false,
  )
