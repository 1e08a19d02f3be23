import { ClusterError } from '../cluster-error.ts'
import { readClusterView } from './cluster-view.ts'
import { type Looked, type Operation, waitFor } from './operation.ts'

export interface MaintenanceResult {
  readonly paused: boolean
  /** It was so before. */
  readonly unchanged: boolean
  /** Nodes that did not answer and will read it when they come back. */
  readonly silent: readonly string[]
}

export interface MaintenanceOptions {
  readonly dryRun?: boolean
  /** Default 60,000. */
  readonly timeoutMs?: number
}

/**
 * Stops Patroni from promoting, demoting and starting PostgreSQL by itself. Waits until every node that answers knows.
 *
 * @throws ClusterError cluster_unhealthy when no node can reach etcd; timed_out
 */
export const pauseCluster = (
  operation: Operation,
  options: MaintenanceOptions = {},
): Promise<MaintenanceResult> => setPaused(operation, true, options)

/** Ends what {@link pauseCluster} began. */
export const resumeCluster = (
  operation: Operation,
  options: MaintenanceOptions = {},
): Promise<MaintenanceResult> => setPaused(operation, false, options)

const meaning = {
  true: [
    'Pause: Patroni goes on watching, and changes nothing.',
    'PostgreSQL keeps running and may be stopped and started by hand. If the primary dies, nobody takes over: writes stop until somebody acts.',
    'Run `fleet cluster resume` as soon as the work is done.',
  ],
  false: [
    'Resume: Patroni takes over again, fails over by itself, and starts PostgreSQL where it does not run.',
  ],
} as const

async function setPaused(
  operation: Operation,
  paused: boolean,
  { dryRun = false, timeoutMs = 60_000 }: MaintenanceOptions,
): Promise<MaintenanceResult> {
  const { patroni, onEvent, signal } = operation
  const view = await readClusterView(patroni, { signal })
  for (const text of meaning[`${paused}`]) onEvent({ kind: 'plan', text })
  const silentBefore = view.members.filter(({ node }) => !node).map(({ host }) => host.name)
  if (dryRun) return { paused: view.paused, unchanged: true, silent: silentBefore }

  const through = view.leader ?? view.members.find(({ node }) => node !== null)
  if (!through || !view.cluster)
    throw new ClusterError('cluster_unhealthy', 'No node can reach etcd, where this is kept.', {
      fix: 'Bring two of the etcd members back first; `fleet cluster status` shows which are away.',
    })
  const unchanged = view.cluster.paused === paused
  // Null takes the key away, as patronictl does.
  if (!unchanged) await patroni.patchConfig(through.host, { pause: paused ? true : null }, { signal })
  const silent = await waitFor(
    operation,
    { for: `all nodes to know that the cluster is ${paused ? 'paused' : 'no longer paused'}`, timeoutMs },
    async (): Promise<Looked<readonly string[]>> => {
      const { nodes } = await patroni.findLeader({ signal })
      const ignorant = nodes.filter(({ node }) => node !== null && node.paused !== paused)
      if (ignorant.length > 0)
        return { met: false, now: `${ignorant.map(({ host }) => host.name).join(', ')} not yet` }
      return { met: true, value: nodes.filter(({ node }) => !node).map(({ host }) => host.name) }
    },
  )
  onEvent({ kind: 'done', text: paused ? 'The cluster is paused.' : 'The cluster is no longer paused.' })
  return { paused, unchanged, silent }
}
