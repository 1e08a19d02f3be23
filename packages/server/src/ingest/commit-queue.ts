import { setImmediate as afterPoll } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import type { Store } from '@fleet/store'
import type { Log } from '../log.ts'
import { within } from '../within.ts'
import { type Assembled, assembleBatch, codeOf, moveMarkers, type MovedMarkers } from './fix-chain.ts'
import type { IngestMetrics } from './ingest-metrics.ts'
import type { MarkerTable } from './marker-table.ts'
import type { QueueRoom } from './queue-room.ts'
import type { Piece, Submission } from './submission.ts'

/** Takes over what the database does not take in time. */
export interface Overflow {
  /**
   * @param submissions in the order in which they came; the first ones may have been stored or may still be
   * @param commit resolves when the commit that was given up has ended
   */
  takeOver(submissions: readonly Submission[], commit: Promise<unknown>): void
}

export interface CommitQueueOptions {
  readonly store: Pick<Store, 'appendFixes'>
  readonly now: () => number
  readonly log: Log
  readonly markers: MarkerTable
  readonly metrics: IngestMetrics
  readonly room: QueueRoom
  /** Fixes and heartbeats in one commit. */
  readonly batchFixes: number
  /** Null: what is not stored stays with its senders. */
  readonly overflow: Overflow | null
  readonly onMoved: (result: MovedMarkers) => void
}

/** A commit that takes longer than this is no longer waited for where there is an overflow. */
const patienceMs = 1_000

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
  #running = false
  #outage = false
  #idle: PromiseWithResolvers<void> | null = null

  constructor(options: CommitQueueOptions) {
    this.#options = options
  }

  /** Takes the whole submission, or ends it with `busy` and takes nothing. */
  add(submission: Submission): void {
    if (this.#options.room.admit(submission)) this.resume([submission])
  }

  /** Goes on with submissions that were let in before, when the overflow has nothing left that came earlier. */
  resume(submissions: readonly Submission[]): void {
    for (const submission of submissions) this.#waiting.push(submission)
    if (this.#running || submissions.length === 0) return
    this.#running = true
    void this.#run()
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
      const pieces = this.#take()
      if (pieces.length === 0) break
      await this.#settleOneCommit(pieces)
    }
    this.#running = false
    this.#idle?.resolve()
    this.#idle = null
  }

  #take(): Piece<Submission>[] {
    const pieces: Piece<Submission>[] = []
    let room = this.#options.batchFixes
    while (room > 0 && this.#head < this.#waiting.length) {
      const submission = this.#waiting[this.#head]!
      const from = submission.taken
      const rest = submission.failed ? 0 : submission.fixes.length - from
      const to = from + Math.min(rest, room)
      if (!submission.failed) {
        pieces.push({ submission, from, to, withHeartbeats: from === 0 })
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
    return pieces
  }

  async #settleOneCommit(pieces: readonly Piece<Submission>[]): Promise<void> {
    const { overflow, room } = this.#options
    const attempt = { isGivenUp: false }
    const commit = this.#commit(pieces, attempt)
    const isTaken = overflow === null ? await commit : await within(commit, patienceMs, false)
    if (!isTaken && overflow !== null) {
      attempt.isGivenUp = true
      overflow.takeOver(this.#leaveAll(pieces), commit)
      return
    }
    for (const { submission, to } of pieces) {
      if (!isTaken) submission.failed = true
      // What is left of a failed one is not stored: its sender repeats all of it.
      if (submission.failed) room.release(submission, 'unavailable')
      else if (to === submission.fixes.length) room.release(submission, 'done')
    }
  }

  /** All that waits and all of this commit, as if none of the commit had been taken. */
  #leaveAll(pieces: readonly Piece<Submission>[]): Submission[] {
    const left = new Set<Submission>()
    for (const { submission, from } of pieces) {
      submission.taken = from
      left.add(submission)
    }
    for (const submission of this.#waiting.slice(this.#head)) left.add(submission)
    this.#waiting = []
    this.#head = 0
    for (const submission of left)
      if (submission.failed) {
        left.delete(submission)
        this.#options.room.release(submission, 'unavailable')
      }
    return [...left]
  }

  /** @returns false when the database is away; true also for a submission that it refused, which has `failed` set */
  async #commit(pieces: readonly Piece<Submission>[], attempt: { isGivenUp: boolean }): Promise<boolean> {
    const { store, now, log, markers, metrics } = this.#options
    const assembled = assembleBatch(pieces, markers, now())
    const began = performance.now()
    let stored: readonly boolean[]
    try {
      ;({ stored } = await store.appendFixes(assembled.batch))
    } catch (error) {
      metrics.commitFailed()
      const isRefused = !(error instanceof AppError)
      if (isRefused && pieces.length > 1) {
        // Not the database's state but something in the batch: one sender must not keep all others out.
        const middle = pieces.length >> 1
        const isTaken = await this.#commit(pieces.slice(0, middle), attempt)
        return isTaken && this.#commit(pieces.slice(middle), attempt)
      }
      if (!this.#outage || isRefused)
        log.error({ error, fixes: assembled.fixes.length }, 'Fixes could not be stored.')
      this.#outage = true
      if (isRefused) for (const { submission } of pieces) submission.failed = true
      return isRefused
    }
    if (this.#outage) {
      this.#outage = false
      log.info({}, 'Fixes can be stored again.')
    }
    metrics.committed(assembled.fixes.length, (performance.now() - began) / 1000)
    // Their senders were answered meanwhile, by the overflow.
    if (!attempt.isGivenUp) this.#report(pieces, assembled, stored)
    this.#options.onMoved(moveMarkers(assembled, stored, markers))
    return true
  }

  #report(
    pieces: readonly Piece<Submission>[],
    { batch, fixes }: Assembled,
    stored: readonly boolean[],
  ): void {
    const { metrics } = this.#options
    let at = 0
    for (const { submission, from, to } of pieces) {
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
