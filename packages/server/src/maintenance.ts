import type { RetentionPolicy, Store } from '@fleet/store'
import type { Log } from './log.ts'

const intervalMs = 3_600_000

export interface Maintenance {
  /** No run begins after this. */
  stop(): void
  /** Resolves when the run in progress, if any, has ended. */
  idle(): Promise<void>
}

/** Runs the store's upkeep now and every hour. A failure is logged and made good an hour later: it never ends the app. */
export function startMaintenance(options: {
  store: Store
  now: () => number
  log: Log
  retention: RetentionPolicy
}): Maintenance {
  const { store, now, log, retention } = options
  const run = () =>
    store.maintain(now(), retention).catch((error: unknown) => {
      log.warn({ error }, 'Upkeep of the database failed; it is tried again in an hour')
    })
  let running = run()
  const timer = setInterval(() => {
    // One at a time, however long one takes.
    running = running.then(run)
  }, intervalMs)
  timer.unref()
  return { stop: () => clearInterval(timer), idle: () => running }
}
