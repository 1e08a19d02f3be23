/**
 * Does one after another, whatever becomes of those before.
 *
 * @throws the first failure, when all were done
 */
export async function doAll(steps: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps)
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  if (failures.length > 0) throw failures[0]
}

/**
 * Waits for all, whatever becomes of some: with Promise.all the others would go on unattended after the first failure.
 *
 * @throws the first failure, when all have ended
 */
export async function untilAllEnded(all: readonly Promise<unknown>[]): Promise<void> {
  for (const each of await Promise.allSettled(all)) if (each.status === 'rejected') throw each.reason
}
