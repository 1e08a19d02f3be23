import type { OperationClock } from '@fleet/cluster'

/** Clients that each do one thing after another. */
export interface Clients {
  /** Aborted when nothing new is to begin. */
  readonly stopping: AbortSignal
  /** Aborted when what is under way has to be given up. */
  readonly givingUp: AbortSignal
  /** Begins nothing new, waits for what is under way, and gives it up after the time. */
  stop(settleTimeoutMs: number): Promise<void>
}

/**
 * Lets each client do its work again and again, with a pause between.
 *
 * @param clients each resolves after one piece of work; what it throws is a bug and comes out of `stop`
 */
export function startClients(
  clock: OperationClock,
  pauseMs: number,
  clients: (signals: Pick<Clients, 'stopping' | 'givingUp'>) => readonly (() => Promise<void>)[],
): Clients {
  const stopping = new AbortController()
  const givingUp = new AbortController()
  const signals = { stopping: stopping.signal, givingUp: givingUp.signal }
  const loops = clients(signals).map(async (work) => {
    while (!stopping.signal.aborted) {
      await work()
      await clock.sleep(pauseMs, stopping.signal).catch(() => {})
    }
  })
  const done = Promise.all(loops)
  // It comes out of `stop`; until then nobody waits for it.
  done.catch(() => {})
  return {
    ...signals,
    async stop(settleTimeoutMs) {
      stopping.abort()
      const timer = setTimeout(() => givingUp.abort(), settleTimeoutMs)
      try {
        await done
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
