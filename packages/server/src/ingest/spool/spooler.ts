import { setImmediate as afterPoll, setTimeout as sleep } from 'node:timers/promises'
import type { LatestFix } from '@fleet/domain'
import type { Log } from '../../log.ts'
import { within } from '../../within.ts'
import type { Overflow } from '../commit-queue.ts'
import { assembleBatch, moveMarkers } from '../fix-chain.ts'
import type { IngestMetrics } from '../ingest-metrics.ts'
import { MarkerTable } from '../marker-table.ts'
import type { QueueRoom } from '../queue-room.ts'
import { outcomeCode, type Submission } from '../submission.ts'
import type { Drain } from './drain.ts'
import type { Spool } from './spool.ts'
import type { SpoolMetrics } from './spool-metrics.ts'
import type { SpoolRecord } from './spool-record.ts'
import { recordsOf } from './spooled-fixes.ts'

export interface SpoolerOptions {
  readonly spool: Spool
  readonly drain: Drain
  readonly now: () => number
  readonly log: Log
  readonly room: QueueRoom
  /** The markers as the database has them. */
  readonly markers: MarkerTable
  readonly metrics: IngestMetrics
  readonly spoolMetrics: SpoolMetrics
  /** Markers that moved by what is in the spool: on disk here, and not in the database yet. */
  readonly onShown: (moved: readonly LatestFix[]) => void
  /** Fixes that came last and go to the database themselves: everything before them is stored. */
  readonly onCaughtUp: (submissions: readonly Submission[]) => void
}

/** One flush of the disk serves the requests that wait, up to about this many bytes of theirs. */
const groupBytes = 1024 * 1024
/** After the spool could not be read or rewritten. */
const brokenMs = 1_000
/** How long requests wait while the last records are stored, so that fixes can go to the database again. */
const handOverMs = 500
/** How long closing waits for a commit that is under way; a database that is away would hold it for longer. */
const closeMs = 2_000

/**
 * Takes fixes while the database is away, and until all of them are stored: those of a tracker that came later must
 * not overtake earlier ones.
 *
 * A request is answered 2xx when its records are on the disk; see `Spool` for what happens when the process dies.
 */
export class Spooler implements Overflow {
  readonly #options: SpoolerOptions
  #isActive = false
  #isClosed = false
  #waiting: Submission[] = []
  /** Ends when the group is written that is being written now. */
  #writing: Promise<void> | null = null
  /** What waits is held back, since it may go to the database without the spool. */
  #isHolding = false
  #draining: Promise<void> | null = null
  #isFailing = false
  /** Where the bikes are by what the spool holds. */
  #shown: MarkerTable

  constructor(options: SpoolerOptions) {
    this.#options = options
    this.#shown = new MarkerTable(options.markers)
  }

  /** True while fixes must be given to `add`. */
  get isActive(): boolean {
    return this.#isActive
  }

  /** Begins to store what an earlier process left. */
  start(): void {
    if (this.#options.spool.isEmpty) return
    this.#options.log.info(
      { fixes: this.#options.spool.fixes },
      'The spool holds fixes of an earlier run; they are stored now.',
    )
    this.#begin(Promise.resolve())
  }

  add(submission: Submission): void {
    if (this.#options.room.admit(submission)) this.#put(submission)
  }

  takeOver(submissions: readonly Submission[], commit: Promise<unknown>): void {
    this.#options.log.warn(
      {},
      'The database takes no fixes in time; they are kept in the spool on this machine.',
    )
    this.#begin(commit)
    for (const submission of submissions) this.#put(submission)
  }

  /** Writes what waits, then stops storing; what the spool holds stays for the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#options.drain.stop()
    this.#hold(false)
    while (this.#writing !== null) await this.#writing
    await within(this.#draining ?? Promise.resolve(), closeMs, undefined)
  }

  #begin(commit: Promise<unknown>): void {
    this.#isActive = true
    this.#draining = this.#drain(this.#draining, commit)
  }

  #put(submission: Submission): void {
    this.#waiting.push(submission)
    this.#writeNext()
  }

  #hold(isHolding: boolean): void {
    this.#isHolding = isHolding
    this.#writeNext()
  }

  #writeNext(): void {
    if (this.#writing !== null || this.#isHolding || this.#waiting.length === 0) return
    this.#writing = this.#writeGroup().finally(() => {
      this.#writing = null
      this.#writeNext()
    })
  }

  async #writeGroup(): Promise<void> {
    // Those that are ready in the same turn share the flush, as in the commit queue.
    await afterPoll()
    const { now, room } = this.#options
    const group = this.#takeGroup()
    const receivedAtMs = now()
    const isWritten = await this.#write(group.flatMap((submission) => recordsOf(submission, receivedAtMs)))
    if (isWritten) this.#show(group, receivedAtMs)
    for (const submission of group) room.release(submission, isWritten ? 'done' : 'unavailable')
  }

  async #write(records: readonly SpoolRecord[]): Promise<boolean> {
    const { spool, log, spoolMetrics } = this.#options
    let isWritten = false
    try {
      isWritten = await spool.write(records)
      if (isWritten && this.#isFailing) log.info({}, 'The spool takes fixes again.')
      if (!isWritten) spoolMetrics.refused('full')
      if (!isWritten && !this.#isFailing)
        log.error({ bytes: spool.bytes }, 'The spool is full; trackers are asked to come again.')
    } catch (error) {
      spoolMetrics.refused('failed')
      if (!this.#isFailing) log.error({ error }, 'The spool cannot be written; senders keep their fixes.')
    }
    this.#isFailing = !isWritten
    return isWritten
  }

  #takeGroup(): Submission[] {
    let bytes = 0
    let count = 0
    while (count < this.#waiting.length && bytes < groupBytes) bytes += this.#waiting[count++]!.bytes
    return this.#waiting.splice(0, count)
  }

  #show(group: readonly Submission[], receivedAtMs: number): void {
    const { metrics, spoolMetrics, onShown } = this.#options
    let fixes = 0
    const pieces = group.map((submission) => {
      const { protocol, codes, slots, taken: from } = submission
      const to = submission.fixes.length
      for (let i = from; i < to; i++) codes[slots[i]!] = outcomeCode.spooled
      metrics.countsOf(protocol)[outcomeCode.spooled]! += to - from
      fixes += to - from
      return { submission, from, to, withHeartbeats: false }
    })
    spoolMetrics.wrote(fixes)
    const assembled = assembleBatch(pieces, this.#shown, receivedAtMs)
    const { moved } = moveMarkers(assembled, Array<boolean>(fixes).fill(true), this.#shown)
    if (moved.length > 0) onShown(moved)
  }

  async #drain(before: Promise<void> | null, commit: Promise<unknown>): Promise<void> {
    const { spool, drain, log } = this.#options
    await before
    // What it may still store came before everything that is in the spool.
    await commit
    let stored = 0
    while (!this.#isClosed)
      try {
        stored += await drain.run()
        stored += await this.#storeTheLast()
        if (this.#isClosed || !this.#mayHandOver) continue
        log.info({ fixes: stored }, 'All fixes of the spool are stored.')
        this.#handOver()
        await spool.rest()
        return
      } catch (error) {
        this.#hold(false)
        log.error({ error }, 'The spool cannot be read; trying again.')
        await sleep(brokenMs)
      }
  }

  /** Under load there is always one more group: it is waited for, and no other is begun. */
  async #storeTheLast(): Promise<number> {
    this.#hold(true)
    await this.#writing
    const storing = this.#options.drain.run()
    if ((await within(storing, handOverMs, null)) === null) this.#hold(false)
    return storing
  }

  get #mayHandOver(): boolean {
    return this.#isHolding && this.#writing === null && this.#options.spool.isEmpty
  }

  #handOver(): void {
    const { markers, onCaughtUp } = this.#options
    this.#isActive = false
    this.#isHolding = false
    this.#shown = new MarkerTable(markers)
    onCaughtUp(this.#waiting.splice(0))
  }
}
