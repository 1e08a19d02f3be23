import type { LatestFix } from '@fleet/domain'
import type { Store } from '@fleet/store'
import type { Log } from '../log.ts'

/** Several instances of the app share PostgreSQL; on SQLite only a command-line tool may write besides us. */
const intervalMs = { postgres: 500, sqlite: 5_000 } as const
/**
 * How far back each read looks. A marker is received (by the clock of another instance, which may be behind) some
 * time before its commit can be seen.
 */
const overlapMs = 5_000
/** Reads everything this often, for what came later than the overlap: a commit that waited for a failover. */
const fullMs = 60_000

/** Not at once: a phone that repeats its whole backlog asks for it with every batch. */
const soonMs = 100

export interface MarkerPoll {
  start(): void
  /** Reads everything next, without waiting for the interval. */
  soon(): void
  close(): void
}

/** Reads the markers that others moved. Positions are no changes: they are too many for the change log. */
export function createMarkerPoll(options: {
  readonly store: Pick<Store, 'backend' | 'latestFixes'>
  readonly now: () => number
  readonly log: Log
  /** Gets what the store holds, own markers and known ones too. */
  readonly onRead: (markers: readonly LatestFix[]) => void
}): MarkerPoll {
  const { store, now, log, onRead } = options
  let timer: NodeJS.Timeout | null = null
  let isClosed = false
  let isReading = false
  let isFailing = false
  let fullDueMs = now() + fullMs

  async function read(): Promise<void> {
    if (isReading) return
    isReading = true
    const nowMs = now()
    const isFull = nowMs >= fullDueMs
    if (isFull) fullDueMs = nowMs + fullMs
    try {
      const markers = await store.latestFixes(isFull ? 0 : nowMs - overlapMs - intervalMs[store.backend])
      if (isClosed) return
      onRead(markers)
      isFailing = false
    } catch (error) {
      if (isFull) fullDueMs = nowMs
      if (!isFailing && !isClosed) log.warn({ error }, 'The markers cannot be read; trying again.')
      isFailing = true
    } finally {
      isReading = false
      schedule(now() >= fullDueMs ? soonMs : intervalMs[store.backend])
    }
  }

  function schedule(delayMs: number): void {
    if (isClosed) return
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => {
      timer = null
      void read()
    }, delayMs)
    timer.unref()
  }

  return {
    start: () => schedule(intervalMs[store.backend]),
    soon() {
      if (fullDueMs === 0) return
      fullDueMs = 0
      if (!isReading) schedule(soonMs)
    },
    close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
