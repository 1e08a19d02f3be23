import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import type { Change, ChangeSeq, Store } from '@fleet/store'
import type { Log } from '../log.ts'
import { compareSeq } from './change-seq.ts'

const pageSize = 500
/** A wake-up can be lost (NOTIFY on a broken connection): the log is read this often whatever happens. */
const pollMs = 1_000
const maxBackoffMs = 1_000
/** How long `catchUp` waits for hidden lines: whoever asked keeps a phone waiting. */
const hiddenMs = 2_000

export interface ChangeTailOptions {
  readonly store: Store
  readonly log: Log
  /** Oldest first, each change once. Called in one go with no await between reading and delivering. */
  readonly onChanges: (changes: readonly Change[]) => void
  /**
   * The log ends before the place that was read: another database answers, or one that was restored. Whoever
   * follows it must start again and returns the place to go on from.
   */
  readonly onRewind: () => Promise<ChangeSeq>
}

export interface ChangeTail {
  /** The place after the last delivered change. */
  readonly seq: ChangeSeq
  /** Follows the log from after `since`. */
  start(since: ChangeSeq): void
  /**
   * Resolves when every change that was committed before this call has been delivered. That waits for a transaction
   * that is older and still open: lines behind it are committed and hidden, see `Store.changes`.
   *
   * @throws AppError database_unavailable when such a transaction does not end; what the store throws when it cannot
   *   be read
   */
  catchUp(): Promise<void>
  close(): void
}

/** Follows the change log: woken by `store.onChange`, and once a second in case a wake-up was lost. */
export function createChangeTail(options: ChangeTailOptions): ChangeTail {
  const { store, log } = options
  let seq = '0' as ChangeSeq
  let closed = false
  let unsubscribe: (() => void) | null = null
  let timer: NodeJS.Timeout | null = null
  let failures = 0

  async function readToEnd(): Promise<void> {
    // After a failure the database may be another one than before: a promoted standby, or a restored backup.
    if (failures > 0 && compareSeq(await store.headSeq(), seq) < 0) {
      log.warn({ seq }, 'The change log ends before the place that was read; starting again from a snapshot.')
      seq = await options.onRewind()
    }
    for (;;) {
      const changes = await store.changes(seq, pageSize)
      if (closed) return
      const last = changes.at(-1)
      if (last === undefined) return
      seq = last.seq
      options.onChanges(changes)
      if (changes.length < pageSize) return
    }
  }

  async function readOnce(): Promise<void> {
    try {
      await readToEnd()
    } catch (error) {
      failures += 1
      throw error
    }
    if (failures > 0) log.info({ seq }, 'The change log can be read again.')
    failures = 0
  }

  const read = shareNext(readOnce)

  const catchUp = shareNext(async () => {
    await read()
    // The trail shows all that is committed, the log only what nothing can come before any more.
    const newest = (await store.audit({ limit: 1 })).items[0]?.seq ?? seq
    const deadlineMs = performance.now() + hiddenMs
    for (let waitMs = 5; compareSeq(newest, seq) > 0; waitMs = Math.min(waitMs * 2, 100)) {
      if (performance.now() > deadlineMs)
        throw new AppError('database_unavailable', 'An older open transaction holds the change log back.')
      await sleep(waitMs)
      await read()
    }
  })

  function schedule(delayMs: number): void {
    if (closed) return
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(wake, delayMs)
    timer.unref()
  }

  function wake(): void {
    if (closed) return
    read().then(
      () => schedule(pollMs),
      (error: unknown) => {
        if (closed) return
        // One line an outage, not one a try.
        if (failures === 1) log.error({ error }, 'The change log cannot be read; trying again.')
        schedule(Math.min(50 * 2 ** Math.min(failures, 10), maxBackoffMs))
      },
    )
  }

  return {
    get seq() {
      return seq
    },
    start(since) {
      seq = since
      unsubscribe = store.onChange(wake)
      wake()
    },
    catchUp,
    close() {
      closed = true
      unsubscribe?.()
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/** Work that runs once at a time. Who asks during a run waits for the one after it, which sees what the first may have missed. */
function shareNext(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  return function run(): Promise<void> {
    if (running === null) {
      running = work().finally(() => {
        running = null
      })
      return running
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null
        return run()
      })
    return next
  }
}
