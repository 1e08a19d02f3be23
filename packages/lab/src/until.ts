import { setTimeout as wait } from 'node:timers/promises'

const everyMs = 50

/**
 * Asks again and again until the answer is yes.
 *
 * @returns false when `deadlineMs` have passed, or the signal was given, without a yes
 */
export async function until(
  deadlineMs: number,
  isSo: () => boolean | Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  const endMs = performance.now() + deadlineMs
  for (;;) {
    if (await isSo()) return true
    if (performance.now() >= endMs || signal?.aborted) return false
    await wait(everyMs)
  }
}
