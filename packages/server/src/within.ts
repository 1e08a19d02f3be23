/** What `work` comes to, or `late` when that takes longer than `timeoutMs`; the work itself goes on. */
export async function within<T, L>(work: Promise<T>, timeoutMs: number, late: L): Promise<T | L> {
  const { promise: timeout, resolve } = Promise.withResolvers<L>()
  const timer = setTimeout(resolve, timeoutMs, late)
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
