import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import type { Change, ChangeSeq, Store } from '@fleet/store'
import type { Log } from '../log.ts'
import { compareSeq, noChange } from './change-seq.ts'

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
   * The last line that was read is not there any more: a standby was promoted that had not received it, or a backup was
   * restored. Whoever follows the log must start again and returns the place to go on from.
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
  /** The line at `seq`, once it was read. */
  let last: Change | null = null
  let closed = false
  let unsubscribe: (() => void) | null = null
  let timer: NodeJS.Timeout | null = null
  let failures = 0

  /**
   * Reads the last line once more, each time, and goes on only behind the same one. The store changes servers without
   * telling, and a new primary gives the places of lines that it never received to others.
   */
  async function readToEnd(): Promise<void> {
    for (;;) {
      const page = await store.changes(before(seq), pageSize + 1)
      if (closed) return
      const [first, ...rest] = page
      if (seq !== noChange && !isSameLine(first, seq, last)) {
        log.warn({ seq }, 'The change log lacks the last line that was read; starting again from a snapshot.')
        seq = await options.onRewind()
        last = null
        continue
      }
      const changes = seq === noChange ? page : rest
      last = page.at(-1) ?? null
      if (changes.length > 0) {
        seq = changes.at(-1)!.seq
        options.onChanges(changes)
      }
      if (page.length <= pageSize) return
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
      last = null
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

/** The place from which `Store.changes` gives the line at `seq` first. */
const before = (seq: ChangeSeq) => (seq === noChange ? seq : (String(BigInt(seq) - 1n) as ChangeSeq))

function isSameLine(line: Change | undefined, seq: ChangeSeq, known: Change | null): boolean {
  if (line?.seq !== seq) return false
  if (known === null) return true
  return line.id === known.id && line.version === known.version && line.atMs === known.atMs
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
