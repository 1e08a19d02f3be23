import { setImmediate as afterPoll } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import type { Store } from '@fleet/store'
import type { Log } from '../log.ts'
import { type Assembled, assembleBatch, codeOf, moveMarkers, type MovedMarkers } from './fix-chain.ts'
import type { IngestMetrics } from './ingest-metrics.ts'
import type { MarkerTable } from './marker-table.ts'
import type { Segment, Submission } from './submission.ts'

export interface QueueBounds {
  /** Fixes and heartbeats in one commit: bounds how long a commit holds the database and everybody else waits. */
  readonly batchFixes: number
  /** What may wait and be in work at once. */
  readonly queuedFixes: number
  readonly queuedBytes: number
}

export const defaultBounds: QueueBounds = {
  batchFixes: 5_000,
  queuedFixes: 50_000,
  queuedBytes: 64 * 1024 * 1024,
}

export interface CommitQueueOptions {
  readonly store: Pick<Store, 'appendFixes'>
  readonly now: () => number
  readonly log: Log
  readonly markers: MarkerTable
  readonly metrics: IngestMetrics
  readonly bounds: QueueBounds
  readonly onMoved: (result: MovedMarkers) => void
}

/**
 * Group commit. All requests that wait share the next commit; while it runs, the next group gathers. A commit costs a
 * flush of the disk or a round trip to a standby, and 200 fixes pay it together.
 *
 * When the process dies:
 * - while a request waits here: nothing of it is stored, its sender got no answer and sends it again;
 * - during `appendFixes`: the database keeps all of the group or nothing; nobody got an answer, all send again, and
 *   history takes each fix once;
 * - after the commit, before the answer: stored; the sender sends it again and is told 2xx (`duplicate`);
 * - after the commit, before `onMoved`: the marker is in the database, and every process starts from there.
 *
 * No step answers 2xx for what is not yet durable.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions
  #waiting: Submission[] = []
  /** The first of `#waiting` that is not wholly taken. */
  #head = 0
  #fixes = 0
  #bytes = 0
  #running = false
  #outage = false
  #idle: PromiseWithResolvers<void> | null = null

  constructor(options: CommitQueueOptions) {
    this.#options = options
  }

  /** Fixes that wait or are in work. */
  get length(): number {
    return this.#fixes
  }

  get isFull(): boolean {
    const { bounds } = this.#options
    return this.#fixes >= bounds.queuedFixes || this.#bytes >= bounds.queuedBytes
  }

  /** Takes the whole submission, or ends it with `busy` and takes nothing. */
  add(submission: Submission): void {
    const count = weight(submission)
    const { bounds } = this.#options
    // One that is larger than the bound may pass an empty queue, or it would never pass.
    if (
      this.#fixes > 0 &&
      (this.#fixes + count > bounds.queuedFixes || this.#bytes + submission.bytes > bounds.queuedBytes)
    ) {
      submission.end('busy')
      return
    }
    this.#fixes += count
    this.#bytes += submission.bytes
    this.#waiting.push(submission)
    if (!this.#running) {
      this.#running = true
      void this.#run()
    }
  }

  /** Resolves when nothing waits and no commit runs. */
  async drained(): Promise<void> {
    if (!this.#running) return
    this.#idle ??= Promise.withResolvers<void>()
    await this.#idle.promise
  }

  async #run(): Promise<void> {
    for (;;) {
      // The store of one machine works in this thread: without this turn of the event loop the first request that is
      // ready would commit alone, and so would each of the 199 that are ready with it. It is no delay: it runs as
      // soon as all sockets that have data were read.
      await afterPoll()
      const segments = this.#take()
      if (segments.length === 0) break
      await this.#commit(segments)
      for (const { submission, to } of segments) this.#settle(submission, to)
    }
    this.#running = false
    this.#idle?.resolve()
    this.#idle = null
  }

  #take(): Segment[] {
    const segments: Segment[] = []
    let room = this.#options.bounds.batchFixes
    while (room > 0 && this.#head < this.#waiting.length) {
      const submission = this.#waiting[this.#head]!
      const from = submission.taken
      const rest = submission.failed ? 0 : submission.fixes.length - from
      const to = from + Math.min(rest, room)
      if (!submission.failed) {
        segments.push({ submission, from, to, withHeartbeats: from === 0 })
        submission.taken = to
        room -= to - from + (from === 0 ? submission.heartbeats.length : 0)
      }
      if (to - from === rest) this.#head += 1
    }
    // Moves the rest seldom, so that a long queue is not copied for every commit.
    if (this.#head === this.#waiting.length) {
      this.#waiting = []
      this.#head = 0
    } else if (this.#head > 1_000) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    return segments
  }

  #settle(submission: Submission, to: number): void {
    // What is left of a failed one is not stored: its sender repeats all of it.
    if (!submission.failed && to < submission.fixes.length) return
    this.#fixes -= weight(submission)
    this.#bytes -= submission.bytes
    submission.end(submission.failed ? 'unavailable' : 'done')
  }

  async #commit(segments: readonly Segment[]): Promise<void> {
    const { store, now, log, markers, metrics } = this.#options
    const assembled = assembleBatch(segments, markers, now())
    const began = performance.now()
    let stored: readonly boolean[]
    try {
      ;({ stored } = await store.appendFixes(assembled.batch))
    } catch (error) {
      metrics.commitFailed()
      if (!(error instanceof AppError) && segments.length > 1) {
        // Not the database's state but something in the batch: one sender must not keep all others out.
        const middle = segments.length >> 1
        await this.#commit(segments.slice(0, middle))
        await this.#commit(segments.slice(middle))
        return
      }
      if (!this.#outage || !(error instanceof AppError))
        log.error(
          { error, fixes: assembled.fixes.length },
          'Fixes could not be stored; their senders keep them.',
        )
      this.#outage = true
      for (const { submission } of segments) submission.failed = true
      return
    }
    if (this.#outage) {
      this.#outage = false
      log.info({}, 'Fixes can be stored again.')
    }
    metrics.committed(assembled.fixes.length, (performance.now() - began) / 1000)
    this.#report(segments, assembled, stored)
    this.#options.onMoved(moveMarkers(assembled, stored, markers))
  }

  #report(segments: readonly Segment[], { batch, fixes }: Assembled, stored: readonly boolean[]): void {
    const { metrics } = this.#options
    let at = 0
    for (const { submission, from, to } of segments) {
      const { codes, slots } = submission
      const counts = metrics.countsOf(submission.protocol)
      for (let i = from; i < to; i++, at++) {
        const code = codeOf(fixes[at]!, stored[at] === true, batch.receivedAtMs)
        codes[slots[i]!] = code
        counts[code]! += 1
      }
    }
  }
}

const weight = (submission: Submission) => submission.fixes.length + submission.heartbeats.length
