import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

export interface WaitOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
  /** False: this wait must not keep a program alive that has nothing else to do. Default true. */
  readonly ref?: boolean
}

/** Resolves with whichever comes first: the promise, the end of the time, the signal. Rejects if the promise does, first. */
export async function waitFor(
  promise: Promise<unknown>,
  { timeoutMs, signal, ref = true }: WaitOptions,
): Promise<void> {
  if (signal?.aborted) return
  const over = new AbortController()
  const waits = [promise]
  if (timeoutMs !== undefined)
    waits.push(sleep(timeoutMs, undefined, { signal: over.signal, ref }).catch(() => {}))
  if (signal) waits.push(once(signal, 'abort', { signal: over.signal }).catch(() => {}))
  try {
    await Promise.race(waits)
  } finally {
    over.abort()
  }
}
