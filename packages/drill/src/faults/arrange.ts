import { ClusterError, type Operation, switchover } from '@fleet/cluster'
import { findMachine, type MeasureContext, moveEtcdLeaderTo, untilHealthy } from '@fleet/lab'
import { type Cast, playedBy } from './cast.ts'
import type { Arrangement } from './fault.ts'
import type { Heal } from './inject.ts'
import { runOnMachine } from './machine-script.ts'
import { walDisk } from './wal-disk.ts'

/**
 * Makes something so before a drill begins, and waits until all is well with it.
 *
 * @returns what takes it back after the drill; null when nothing has to be
 */
export async function arrange(
  arrangement: Arrangement,
  context: MeasureContext,
  cast: Cast,
): Promise<Heal | null> {
  const { lab, operation } = context
  const name = playedBy(cast, arrangement.on)
  if (arrangement.do === 'etcd-leader-to') {
    await moveEtcdLeaderTo(context, findMachine(lab, name))
    return null
  }
  if (arrangement.do === 'switchover-to') {
    await switchoverOnceReady(operation, name)
    await untilHealthy(context)
    return null
  }
  const { timeoutMs } = walDisk
  await runOnMachine(lab, name, walDisk.mount(operation.spec), { timeoutMs })
  await untilHealthy(context)
  return () => runOnMachine(lab, name, walDisk.unmount(operation.spec), { timeoutMs })
}

const readyWithinMs = 30_000
const tryAgainMs = 1_000

/** A standby that has just come back streams a moment before it is taken into the quorum: until then Patroni refuses. */
async function switchoverOnceReady(operation: Operation, to: string): Promise<void> {
  const { clock, signal } = operation
  const deadlineMs = clock.now() + readyWithinMs
  for (;;)
    try {
      await switchover(operation, { to, measure: null })
      return
    } catch (error) {
      const isTooEarly = error instanceof ClusterError && error.code === 'cluster_unhealthy'
      if (!isTooEarly || clock.now() > deadlineMs) throw error
      await clock.sleep(tryAgainMs, signal)
    }
}
