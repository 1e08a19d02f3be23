import { ClusterError } from '../cluster-error.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import {
  type ClusterView,
  type MemberView,
  memberOf,
  receiveLagBytes,
  requireLeader,
  standbyProblem,
} from './cluster-view.ts'
import { databaseHost } from './operation.ts'

export interface SwitchoverPlan {
  readonly from: MemberView
  readonly to: MemberView
  /** The standbys that stay standbys. */
  readonly others: readonly MemberView[]
  /** WAL that the candidate had not received when it was asked; it gets it before the change. */
  readonly lagBytes: number
  readonly timeline: number
}

/**
 * Chooses the standby that becomes the primary: the one named, else the healthy one with the least lag, the earlier
 * in cluster.yml of two alike.
 *
 * @throws ClusterError cluster_unhealthy when there is no primary or no standby that may take over
 */
export function planSwitchover(spec: ClusterSpec, view: ClusterView, to: string | null): SwitchoverPlan {
  const from = requireLeader(view)
  if (to !== null) {
    const member = memberOf(view, databaseHost(spec, to))
    if (member.host.name === from.host.name)
      throw new ClusterError('cluster_unhealthy', `${to} is the primary already.`, {
        fix: 'Name a standby with --to, or leave --to away.',
      })
    const problem = promotionProblem(spec, view, member)
    if (problem !== null)
      throw new ClusterError('cluster_unhealthy', `${to} cannot become the primary now: ${problem}`, {
        fix: 'Wait until `fleet cluster status` shows it healthy, or name another node.',
      })
    return planned(view, from, member)
  }
  const standbys = view.members.filter(({ host }) => host.name !== from.host.name)
  const judged = standbys.map((member) => ({ member, problem: promotionProblem(spec, view, member) }))
  const [best] = judged
    .filter(({ problem }) => problem === null)
    .map(({ member }) => planned(view, from, member))
    .sort((a, b) => a.lagBytes - b.lagBytes)
  if (best) return best
  throw new ClusterError(
    'cluster_unhealthy',
    standbys.length === 0
      ? 'There is no standby to switch over to.'
      : `No standby can take over now: ${judged.map(({ problem }) => problem).join(' ')}`,
  )
}

const planned = (view: ClusterView, from: MemberView, to: MemberView): SwitchoverPlan => ({
  from,
  to,
  others: view.members.filter((member) => member !== from && member !== to),
  lagBytes: receiveLagBytes(view, to) ?? 0,
  timeline: from.node?.timeline ?? 0,
})

/** Why this standby must not be promoted by a switchover; null when it may. */
export function promotionProblem(spec: ClusterSpec, view: ClusterView, member: MemberView): string | null {
  const problem = standbyProblem(spec, view, member)
  if (problem !== null) return problem
  const { host, node, listed } = member
  if (!listed) return `etcd has no member ${host.name}.`
  if (node?.tags['nofailover'] === true) return `${host.name} has the tag nofailover.`
  if (node?.watchdogFailed) return `the watchdog of ${host.name} does not work.`
  // Patroni takes only the named standby then.
  if (spec.postgresql.durability === 'sync' && !node?.synchronous)
    return `${host.name} is not the synchronous standby.`
  const lagBytes = receiveLagBytes(view, member)
  if (lagBytes !== null && lagBytes > spec.failover.maximumLagBytes)
    return `${host.name} is ${lagBytes} bytes behind, more than failover.maximumLagBytes (${spec.failover.maximumLagBytes}).`
  return null
}
