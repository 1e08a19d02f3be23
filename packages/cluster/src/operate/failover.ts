import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { promoteAnywayFile } from '../render/promotion-check.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import {
  type ClusterView,
  describeNodes,
  type MemberView,
  memberOf,
  reachedLsn,
  readClusterView,
} from './cluster-view.ts'
import { databaseHost, type Looked, type Operation, waitFor } from './operation.ts'

export interface FailoverOptions {
  readonly to: string
  readonly acceptDataLoss: boolean
  readonly dryRun?: boolean
  /** Default 90,000: the old leader's key may live for a ttl. */
  readonly timeoutMs?: number
}

export interface FailoverPlan {
  readonly to: MemberView
  /** Why acknowledged writes may be missing on the new primary; null: none can. */
  readonly loss: string | null
}

export interface FailoverResult {
  readonly done: boolean
  readonly to: string
  readonly timeline: number | null
  readonly tookMs: number | null
  readonly loss: string | null
}

/**
 * Makes a standby the primary while there is none that runs. Patroni promotes the node that it is told, also one that
 * lacks acknowledged writes; so this says before what may be lost, and wants a word for it.
 *
 * @throws ClusterError cluster_unhealthy when there is a running primary, when the node cannot be promoted, or when
 *   writes may be lost and that was not accepted; command_failed, timed_out, host_unreachable
 */
export async function failover(
  operation: Operation & { readonly shell: HostShell },
  options: FailoverOptions,
): Promise<FailoverResult> {
  const { spec, patroni, shell, onEvent, clock, signal } = operation
  const view = await readClusterView(patroni, { signal })
  const { to, loss } = planFailover(spec, view, options.to)
  const name = to.host.name
  onEvent({ kind: 'plan', text: `Promote ${name} without asking the old primary. ${describeNodes(view)}` })
  onEvent({
    kind: 'plan',
    text: loss === null ? 'No acknowledged write can be missing on it.' : `Writes may be lost: ${loss}`,
  })
  const nothing = { to: name, timeline: null, tookMs: null, loss }
  if (options.dryRun) return { done: false, ...nothing }
  if (loss !== null && !options.acceptDataLoss)
    throw new ClusterError('cluster_unhealthy', `Acknowledged writes may be lost: ${loss}`, {
      fix: 'Bring the old primary or another standby back if that is possible. If not: add --accept-data-loss.',
    })

  const startMs = clock.now()
  // The node itself would refuse too. Should this end here: the word is good for two minutes.
  if (loss !== null) {
    const told = await shell.run(to.host, ['touch', promoteAnywayFile], { user: 'postgres', signal })
    if (told.exitCode !== 0)
      throw new ClusterError(
        'command_failed',
        `${name} could not be told to lose writes: ${told.stderr.trim()}`,
      )
  }
  const before = Math.max(0, ...view.members.map(({ node }) => node?.timeline ?? 0))
  const answer = await patroni.failover(to.host, { candidate: name }, { signal })
  if (answer.outcome === 'refused')
    throw new ClusterError('command_failed', `Patroni refused: ${answer.message}.`, {
      fix: `See \`fleet cluster logs ${name} patroni\`.`,
    })
  const timeline = await waitFor(
    operation,
    { for: `${name} to become the primary`, timeoutMs: options.timeoutMs ?? 90_000 },
    async (): Promise<Looked<number>> => {
      const { leader } = await readClusterView(patroni, { timeoutMs: 1_000, signal })
      const reached = leader?.node?.timeline ?? 0
      if (leader?.host.name === name && reached > before) return { met: true, value: reached }
      return { met: false, now: leader ? `${leader.host.name} is the primary` : 'no node is the primary' }
    },
  )
  onEvent({ kind: 'done', text: `${name} is the primary on timeline ${timeline}.` })
  return { done: true, ...nothing, timeline, tookMs: clock.now() - startMs }
}

/** @throws ClusterError cluster_unhealthy */
export function planFailover(spec: ClusterSpec, view: ClusterView, to: string): FailoverPlan {
  if (view.leader)
    throw new ClusterError(
      'cluster_unhealthy',
      `${view.leader.host.name} is a running primary: a failover would throw it away for nothing.`,
      { fix: `Use \`fleet cluster switchover --to ${to}\`, which loses nothing.` },
    )
  const member = memberOf(view, databaseHost(spec, to))
  const { node, error } = member
  const problem = !node
    ? (error?.message ?? `Patroni on ${to} does not answer.`)
    : node.state !== 'running'
      ? `PostgreSQL on ${to} is ${node.state}.`
      : node.watchdogFailed
        ? `the watchdog of ${to} does not work.`
        : node.tags['nofailover'] === true
          ? `${to} has the tag nofailover.`
          : null
  if (problem !== null)
    throw new ClusterError('cluster_unhealthy', `${to} cannot be promoted: ${problem}`, {
      fix: 'Name a node whose PostgreSQL runs. See `fleet cluster status`.',
    })
  return { to: member, loss: possibleLoss(spec, view, member) }
}

/**
 * With quorum commit an acknowledged write is on the primary and on at least one of the standbys in the quorum: only
 * who has as much as every one of them is sure to have it. The synchronous standby has all by itself.
 */
function possibleLoss(spec: ClusterSpec, view: ClusterView, candidate: MemberView): string | null {
  const { name } = candidate.host
  const { durability } = spec.postgresql
  if (durability === 'async')
    return `with durability async the primary acknowledges alone; whatever ${name} has not received is gone.`
  if (candidate.listed === null) return `nobody can read from etcd whether ${name} was in the quorum.`
  if (candidate.listed.role !== 'quorum_standby' && candidate.listed.role !== 'sync_standby')
    return `${name} was not in the quorum: commits did not wait for it.`
  if (durability === 'sync') return null
  const reached = reachedLsn(candidate) ?? 0
  for (const other of view.members) {
    if (other === candidate || other.listed?.role !== 'quorum_standby') continue
    if (!other.node)
      return `${other.host.name} was in the quorum too and does not answer; it may have more than ${name}.`
    const more = (reachedLsn(other) ?? 0) - reached
    if (more > 0) return `${other.host.name} has ${more} bytes of WAL more than ${name}; promote that one.`
  }
  return null
}
