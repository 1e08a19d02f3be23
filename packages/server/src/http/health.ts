import type { Store } from '@fleet/store'
import type { FastifyInstance } from 'fastify'

export interface HealthOptions {
  readonly store: Store
  readonly now: () => number
  readonly isStopping: () => boolean
}

/** Load balancers ask every second or so; a database that needs longer to say "here" is not ready. */
const pingTimeoutMs = 2_000
/** However many ask, the database is asked once in this time: the routes are open to anybody. */
const pingIntervalMs = 500

/**
 * `/healthz`: the process runs. `/readyz`: it can do its work, which takes the database.
 *
 * 200 or 503, with the state and since when it holds. Neither says where the database is: both are open to anybody.
 */
export function registerHealth(app: FastifyInstance, options: HealthOptions): void {
  const { store, now, isStopping } = options
  const config = { access: 'anyone', needsNoSession: true } as const
  let state = { ready: false, sinceMs: now() }
  let current: { promise: Promise<boolean>; startedMs: number } | null = null

  const ask = async (): Promise<boolean> => {
    // Either way: a clock that was set back would keep the last answer for hours.
    if (!current || Math.abs(now() - current.startedMs) >= pingIntervalMs)
      current = { promise: answersInTime(store), startedMs: now() }
    return current.promise
  }

  app.get('/healthz', { config }, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'alive' }),
  )
  app.get('/readyz', { config }, async (_request, reply) => {
    const ready = !isStopping() && (await ask())
    if (ready !== state.ready) state = { ready, sinceMs: now() }
    const status = ready ? 'ready' : isStopping() ? 'stopping' : 'database_unavailable'
    return reply
      .code(ready ? 200 : 503)
      .headers({ 'cache-control': 'no-store', ...(ready ? {} : { 'retry-after': '1' }) })
      .send({ status, backend: store.backend, sinceMs: state.sinceMs })
  })
}

async function answersInTime(store: Store): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, pingTimeoutMs, false)
  })
  const here = store.ping().then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([here, late])
  } finally {
    clearTimeout(timer)
  }
}
