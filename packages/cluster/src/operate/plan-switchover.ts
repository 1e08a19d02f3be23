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
  /** The standby that was named; else every one that may take over, the one with the least lag first. */
  readonly candidates: readonly [MemberView, ...MemberView[]]
  /** The standbys that stay standbys in any case. */
  readonly others: readonly MemberView[]
  /** WAL that a candidate had not received when it was asked; it gets it before the change. */
  readonly lagBytes: number
  readonly timeline: number
}

/**
 * Finds out who may become the primary. Where nobody is named and two may, Patroni's race decides: whoever loses it
 * follows at once, while a standby that is not the one named in Patroni's request first sleeps for two seconds
 * (patroni/ha.py, process_unhealthy_cluster), and with quorum commit nothing is acknowledged before one follows.
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
    return planned(view, from, [member])
  }
  const standbys = view.members.filter(({ host }) => host.name !== from.host.name)
  const judged = standbys.map((member) => ({ member, problem: promotionProblem(spec, view, member) }))
  const [best, ...rest] = judged
    .filter(({ problem }) => problem === null)
    .map(({ member }) => member)
    .sort((a, b) => lagOf(view, a) - lagOf(view, b))
  if (best) return planned(view, from, [best, ...rest])
  throw new ClusterError(
    'cluster_unhealthy',
    standbys.length === 0
      ? 'There is no standby to switch over to.'
      : `No standby can take over now: ${judged.map(({ problem }) => problem).join(' ')}`,
  )
}

const planned = (
  view: ClusterView,
  from: MemberView,
  candidates: SwitchoverPlan['candidates'],
): SwitchoverPlan => ({
  from,
  candidates,
  others: view.members.filter((member) => member !== from && !candidates.includes(member)),
  lagBytes: Math.max(...candidates.map((member) => lagOf(view, member))),
  timeline: from.node?.timeline ?? 0,
})

const lagOf = (view: ClusterView, member: MemberView): number => receiveLagBytes(view, member) ?? 0

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
