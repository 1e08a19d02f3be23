import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import type { Store } from '@fleet/store'
import type { Log } from '../../log.ts'
import { assembleBatch, codeOf, moveMarkers, type MovedMarkers } from '../fix-chain.ts'
import type { MarkerTable } from '../marker-table.ts'
import type { OwnedFixes } from '../submission.ts'
import type { Spool } from './spool.ts'
import type { SpoolMetrics } from './spool-metrics.ts'
import { fixesOf, toSpooled } from './spooled-fixes.ts'

export interface DrainOptions {
  readonly spool: Spool
  readonly store: Pick<Store, 'appendFixes'>
  readonly log: Log
  readonly markers: MarkerTable
  readonly metrics: SpoolMetrics
  /** The number of a tracker, null when nobody has registered it. */
  readonly findDevice: (trackerId: string) => number | null
  readonly onMoved: (result: MovedMarkers) => void
  /** Reads the markers of the database. */
  readonly readMarkers: () => Promise<void>
}

export interface Drain {
  /**
   * Stores what the spool holds, oldest first, and waits while the database is away.
   *
   * @returns how many fixes that were, when the spool is empty or `stop` was called
   * @throws Error of the file system
   */
  run(): Promise<number>
  /** Ends `run` before its next batch; one whose commit is under way is stored again at the next start. */
  stop(): void
}

/** One commit: small, so that commands never wait long behind it. */
const batchFixes = 1_000
/** A batch has one time of reception, that of its last fix. */
const batchSpanMs = 2_000
/** What is of the past may take its time: commands and the fixes of the present share the database with it. */
const maxFixesPerS = 10_000
/** How long it rests after a commit of a slow database, as a share of what that took. */
const restShare = 0.5
const maxRestMs = 1_000
const retryMs = 500
/** A fix that the database refused this often, while it is there, is not the database's fault. */
const maxRefusals = 5

/**
 * Stores the spool in batches that were received within two seconds, each fix by the rules of the day it came: judged in
 * its order, for the bike and courier of its moment.
 *
 * When the process dies during a commit or before the batch was removed, the next start stores the batch again, and
 * history takes each fix once.
 */
export function createDrain(options: DrainOptions): Drain {
  const { spool, store, log, markers, metrics, findDevice, onMoved, readMarkers } = options
  const stopping = new AbortController()
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined)

  /** @returns false when it was stopped before all was stored */
  async function storeAll(owned: OwnedFixes, receivedAtMs: number): Promise<boolean> {
    const { fixes, heartbeats } = owned
    for (let refusals = 0; !stopping.signal.aborted;) {
      const piece = { submission: owned, from: 0, to: fixes.length, withHeartbeats: true }
      const assembled = assembleBatch([piece], markers, receivedAtMs)
      try {
        const { stored } = await store.appendFixes(assembled.batch)
        const moved = moveMarkers(assembled, stored, markers)
        // An earlier attempt has stored some of them: the next fixes are judged by where that left the bikes.
        if (moved.behind) await readMarkers()
        metrics.drained(assembled.fixes.map((fix, i) => codeOf(fix, stored[i] === true, receivedAtMs)))
        onMoved(moved)
        return true
      } catch (error) {
        if (!(error instanceof AppError)) {
          if (fixes.length > 1) {
            const middle = fixes.length >> 1
            return (
              (await storeAll(part(owned, 0, middle, heartbeats), receivedAtMs)) &&
              storeAll(part(owned, middle, fixes.length, []), receivedAtMs)
            )
          }
          refusals += 1
          if (refusals === maxRefusals) {
            await setAside(
              fixes.map((fix, i) => toSpooled(fix, owned.owners[i]!)),
              error,
            )
            return true
          }
        }
        await pause(retryMs)
      }
    }
    return false
  }

  async function setAside(fixes: Parameters<Spool['setAside']>[0], error: unknown): Promise<void> {
    metrics.setAside(fixes.length)
    const path = await spool.setAside(fixes)
    log.error(
      { error, fixes: fixes.length, path },
      'Fixes of the spool cannot be stored; they are kept in a file.',
    )
  }

  return {
    async run() {
      let count = 0
      while (!stopping.signal.aborted) {
        const batch = await spool.next(batchFixes, batchSpanMs)
        if (batch === null) break
        const began = performance.now()
        const { owned, unknown } = fixesOf(batch.records, findDevice)
        if (!(await storeAll(owned, batch.receivedAtMs))) break
        if (unknown.length > 0) await setAside(unknown, 'Their trackers are registered no more.')
        // By now the folder may be another process's.
        if (stopping.signal.aborted) break
        await spool.remove(batch)
        count += batch.fixes
        const tookMs = performance.now() - began
        await pause(
          Math.min(Math.max(tookMs * restShare, (batch.fixes / maxFixesPerS) * 1_000 - tookMs), maxRestMs),
        )
      }
      return count
    },
    stop: () => stopping.abort(),
  }
}

const part = (
  { fixes, owners }: OwnedFixes,
  from: number,
  to: number,
  heartbeats: OwnedFixes['heartbeats'],
): OwnedFixes => ({ fixes: fixes.slice(from, to), owners: owners.slice(from, to), heartbeats })
