import { ClusterError } from '../cluster-error.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import {
  type ClusterView,
  type MemberView,
  memberOf,
  readClusterView,
  requireLeader,
  standbyProblem,
} from './cluster-view.ts'
import { databaseHost, type Looked, type Operation, waitFor } from './operation.ts'

export interface ReinitOptions {
  readonly node: string
  /** Also when no other standby streams. */
  readonly acceptNoStandby: boolean
  readonly dryRun?: boolean
  /** Default 2 h: it copies the whole database. */
  readonly timeoutMs?: number
}

export interface ReinitResult {
  readonly done: boolean
  readonly node: string
  readonly tookMs: number | null
}

/**
 * Throws a standby's data away and copies it anew. Waits until it streams and is back in the quorum.
 *
 * @throws ClusterError cluster_unhealthy for the primary, or for the only standby without a word for it;
 *   command_failed, timed_out, host_unreachable
 */
export async function reinitNode(operation: Operation, options: ReinitOptions): Promise<ReinitResult> {
  const { spec, patroni, onEvent, clock, signal } = operation
  const view = await readClusterView(patroni, { signal })
  const { member, onlyStandby } = planReinit(spec, view, options.node)
  const { host } = member
  onEvent({
    kind: 'plan',
    text: `Delete the database of ${host.name}, a standby, and copy it anew from the cluster.`,
  })
  if (onlyStandby)
    onEvent({
      kind: 'plan',
      text: 'No other standby streams: until the copy is done the primary is the only copy of the newest data.',
    })
  if (options.dryRun) return { done: false, node: host.name, tookMs: null }
  if (onlyStandby && !options.acceptNoStandby)
    throw new ClusterError('cluster_unhealthy', `${host.name} is the only standby that could take over.`, {
      fix: 'Bring another standby back first. If that is not possible: add --accept-no-standby.',
    })

  const startMs = clock.now()
  const startedAt = member.node?.startedAt ?? null
  // A node that tries in vain to come back is busy with that; its attempt is what shall end.
  const answer = await patroni.reinitialize(
    host,
    { force: standbyProblem(spec, view, member) !== null },
    { signal },
  )
  if (answer.outcome === 'refused')
    throw new ClusterError('command_failed', `Patroni on ${host.name} refused: ${answer.message}.`, {
      fix: `See \`fleet cluster logs ${host.name} patroni\`.`,
    })
  await waitFor(
    operation,
    { for: `${host.name} to stream again`, timeoutMs: options.timeoutMs ?? 7_200_000, everyMs: 500 },
    async (): Promise<Looked<true>> => {
      const now = await readClusterView(patroni, { signal })
      const current = memberOf(now, host)
      const problem = standbyProblem(spec, now, current)
      const anew = current.node?.startedAt !== undefined && current.node.startedAt !== startedAt
      if (anew && problem === null) return { met: true, value: true }
      return { met: false, now: problem ?? 'its old database is not stopped yet' }
    },
  )
  onEvent({ kind: 'done', text: `${host.name} is copied and streams.` })
  return { done: true, node: host.name, tookMs: clock.now() - startMs }
}

/** @throws ClusterError cluster_unhealthy */
export function planReinit(
  spec: ClusterSpec,
  view: ClusterView,
  node: string,
): { readonly member: MemberView; readonly onlyStandby: boolean } {
  const member = memberOf(view, databaseHost(spec, node))
  // First, so that a primary without a leader key is not thrown away either.
  if (member.node?.role === 'primary' && member.node.state === 'running')
    throw new ClusterError('cluster_unhealthy', `${node} is the primary: its data is what the others copy.`, {
      fix: `Run \`fleet cluster switchover\` first, then reinit ${node}.`,
    })
  requireLeader(view)
  if (!member.node)
    throw new ClusterError('host_unreachable', member.error?.message ?? `Patroni on ${node} does not answer.`)
  const others = view.members.filter(({ host }) => host.name !== node && host.name !== view.leader?.host.name)
  return { member, onlyStandby: !others.some((other) => standbyProblem(spec, view, other) === null) }
}
