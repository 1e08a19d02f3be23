import { ClusterError } from '../cluster-error.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import {
  type ClusterView,
  type MemberView,
  memberOf,
  requireLeader,
  standbyProblems,
} from './cluster-view.ts'
import { databaseHost } from './operation.ts'
import { planSwitchover } from './plan-switchover.ts'

export type RestartStep =
  /** PostgreSQL on a standby, then wait until it streams and is back in the quorum. */
  | { readonly do: 'restart-standby'; readonly host: HostSpec }
  /** The primary where it is: writes wait as long as it takes. */
  | { readonly do: 'restart-primary'; readonly host: HostSpec }
  /** The old primary starts anew as a standby, so it needs no restart of its own. */
  | { readonly do: 'switchover'; readonly from: HostSpec }

export interface RestartOptions {
  /** Null: all nodes. */
  readonly node: string | null
  /** Only nodes where a setting waits for a restart. */
  readonly onlyPending: boolean
  /** Restart the primary where it is instead of switching over. */
  readonly inPlace: boolean
}

/**
 * A standby refuses to start with less of these than its primary has, so a smaller value must reach the primary first
 * (PostgreSQL, "Hot Standby", administrator's overview).
 */
const primaryFirstSettings = new Set([
  'max_connections',
  'max_prepared_transactions',
  'max_locks_per_transaction',
  'max_wal_senders',
  'max_worker_processes',
])

/**
 * The order in which nodes are restarted so that writes stop only for one switchover: standbys first, one at a time,
 * then a standby that was restarted takes over. No steps: nothing is to be done.
 *
 * @throws ClusterError cluster_unhealthy when a node is not well: a restart would take away the next
 */
export function planRestart(
  spec: ClusterSpec,
  view: ClusterView,
  options: RestartOptions,
): readonly RestartStep[] {
  const leader = requireLeader(view)
  const wanted = options.node === null ? view.members : [memberOf(view, databaseHost(spec, options.node))]
  const due = wanted.filter(({ node }) => !options.onlyPending || node?.pendingRestart === true)
  const standbys = due.filter(({ host }) => host.name !== leader.host.name)
  const isLeaderDue = due.some(({ host }) => host.name === leader.host.name)
  if (due.length === 0) return []
  refuseUnlessOthersAreWell(spec, view, options.node)

  const standbySteps = standbys.map(({ host }) => ({ do: 'restart-standby', host }) as const)
  if (!isLeaderDue) return standbySteps
  if (options.inPlace || view.members.length === 1)
    return [...standbySteps, { do: 'restart-primary', host: leader.host }]
  if (lowersSetting(leader)) return [{ do: 'restart-primary', host: leader.host }, ...standbySteps]
  // Refuses when nobody could take over.
  planSwitchover(spec, view, null)
  return [...standbySteps, { do: 'switchover', from: leader.host }]
}

/** A standby that is restarted because it is unwell itself is no reason to refuse. */
function refuseUnlessOthersAreWell(spec: ClusterSpec, view: ClusterView, node: string | null): void {
  const others = { ...view, members: view.members.filter(({ host }) => host.name !== node) }
  const problems = standbyProblems(spec, others)
  if (problems.length > 0)
    throw new ClusterError(
      'cluster_unhealthy',
      `A restart now would leave too few nodes: ${problems.join(' ')}`,
      { fix: 'Mend what is named, or wait until `fleet cluster status` says healthy, then run it again.' },
    )
  if (view.paused)
    throw new ClusterError(
      'cluster_unhealthy',
      'The cluster is paused: nobody would take over if a restart failed.',
      {
        fix: 'Run `fleet cluster resume` first.',
      },
    )
}

function lowersSetting({ node }: MemberView): boolean {
  return (node?.pendingRestartReasons ?? []).some(
    ({ setting, running, wanted }) => primaryFirstSettings.has(setting) && Number(wanted) < Number(running),
  )
}
