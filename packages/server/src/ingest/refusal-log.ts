import type { Log } from '../log.ts'
import type { Protocol } from './submission.ts'

const repeatMs = 10 * 60_000
const maxRemembered = 1_000

/**
 * Tells the operator which tracker is refused and why. A phone sends what was refused again and again: one line each
 * ten minutes says as much as one a second.
 */
export interface RefusalLog {
  unknownTracker(protocol: Protocol, trackerId: string): void
  /** @param trackerId who sent it, if that could be read */
  refused(protocol: Protocol, trackerId: string | null, reason: string): void
}

export function createRefusalLog(log: Log, now: () => number): RefusalLog {
  const lastMs = new Map<string, number>()

  function isDue(key: string): boolean {
    const nowMs = now()
    const last = lastMs.get(key)
    if (last !== undefined && nowMs - last < repeatMs) return false
    // Bounded, so that somebody who tries names fills neither the memory nor, beyond this many, the log.
    if (last === undefined && lastMs.size >= maxRemembered) {
      for (const [known, atMs] of lastMs) if (nowMs - atMs >= repeatMs) lastMs.delete(known)
      if (lastMs.size >= maxRemembered) return false
    }
    lastMs.set(key, nowMs)
    return true
  }

  return {
    unknownTracker(protocol, trackerId) {
      if (isDue(`unknown ${trackerId}`))
        log.warn(
          { protocol, trackerId },
          'A tracker that is not registered sends positions; they are refused.',
        )
    },
    refused(protocol, trackerId, reason) {
      if (isDue(`refused ${protocol} ${trackerId ?? ''}`))
        log.warn({ protocol, trackerId, reason }, 'A tracker sends what cannot be read; it is refused.')
    },
  }
}
