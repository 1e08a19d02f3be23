import { nameFailure, noAnswer, type SourceFailure } from './source-failure.ts'

/** What one source said, or why it said nothing. */
export type Observed<T> =
  | { readonly ok: true; readonly tookMs: number; readonly value: T }
  | { readonly ok: false; readonly tookMs: number; readonly failure: SourceFailure }

export interface Deadline {
  /** Milliseconds that this source has. */
  readonly timeoutMs: number
  /** Aborted when the time is over, so that sockets and programs end too. */
  readonly signal: AbortSignal
}

/**
 * Asks one source, for no longer than `timeoutMs`, whatever it does: a client that forgets its deadline delays nothing.
 *
 * @param stop aborted by Ctrl-C: rejects with its reason
 * @throws what is no failure of a connection: a bug
 */
export function observe<T>(
  timeoutMs: number,
  stop: AbortSignal,
  ask: (deadline: Deadline) => Promise<T>,
): Promise<Observed<T>> {
  const startMs = performance.now()
  const tookMs = () => Math.round(performance.now() - startMs)
  const end = new AbortController()
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', onStop)
      end.abort()
    }
    const onStop = () => {
      finish()
      reject(stop.reason)
    }
    const timer = setTimeout(() => {
      finish()
      resolve({ ok: false, tookMs: tookMs(), failure: noAnswer(timeoutMs) })
    }, timeoutMs)
    if (stop.aborted) return onStop()
    stop.addEventListener('abort', onStop)
    const work = async () => {
      try {
        const value = await ask({ timeoutMs, signal: end.signal })
        resolve({ ok: true, tookMs: tookMs(), value })
      } catch (error) {
        // After the end, what the work says of its own end is nobody's business.
        if (!end.signal.aborted)
          resolve({ ok: false, tookMs: tookMs(), failure: nameFailure(error, timeoutMs) })
      } finally {
        finish()
      }
    }
    work().catch(reject)
  })
}

/** The value, or null. */
export const valueOf = <T>(observed: Observed<T> | undefined): T | null =>
  observed?.ok ? observed.value : null
