import { ClusterError } from '@fleet/cluster'
import { openFileLock } from './file-lock.ts'
import type { LabPlaces } from './lab-home.ts'

/** Longer than any change to a single machine takes. */
const lockWaitMs = 15_000

/**
 * One command at a time changes a lab.
 *
 * @throws ClusterError lab_failed when another one does not finish
 */
export async function withLabLock<T>(places: LabPlaces, work: () => Promise<T>): Promise<T> {
  const lock = await openFileLock(places.lockFile, lockWaitMs)
  if (!lock)
    throw new ClusterError('lab_failed', `Another \`fleet lab\` command works on the lab "${places.name}".`, {
      fix: 'Wait for it, or stop it with Ctrl-C, and run this again.',
    })
  try {
    return await work()
  } finally {
    lock.release()
  }
}
