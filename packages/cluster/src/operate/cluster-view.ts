import { ClusterError } from '../cluster-error.ts'
import type { PatroniCluster, PatroniMember } from '../patroni/patroni-answers.ts'
import type { CallOptions, LeaderSearch, NodeSurvey, PatroniClient } from '../patroni/patroni-client.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'

/** One database host: what it says itself and what etcd has of it. */
export interface MemberView extends NodeSurvey {
  /** Null when etcd has no member of this name, or nobody could read etcd. */
  readonly listed: PatroniMember | null
}

/** The cluster at one moment, from all nodes at once. */
export interface ClusterView {
  /** It holds the leader key and its PostgreSQL runs as a primary; null when there is no such node. */
  readonly leader: MemberView | null
  /** In the order of the spec. */
  readonly members: readonly MemberView[]
  readonly paused: boolean
  /** Null when no node could read etcd. */
  readonly cluster: PatroniCluster | null
}

/** Asks every node about itself, and one that answered for the list in etcd. Throws nothing for what is dead. */
export async function readClusterView(
  patroni: PatroniClient,
  options: CallOptions = {},
): Promise<ClusterView> {
  const search = await patroni.findLeader(options)
  return createClusterView(search, await readList(patroni, search, options))
}

/** Pure: puts the two together. */
export function createClusterView(search: LeaderSearch, cluster: PatroniCluster | null): ClusterView {
  const members = search.nodes.map((survey) => ({
    ...survey,
    listed: cluster?.members.find(({ name }) => name === survey.host.name) ?? null,
  }))
  const leader = members.find(({ host }) => host.name === search.leader?.name)
  const writable = leader?.node?.role === 'primary' && leader.node.state === 'running'
  return {
    leader: leader && writable ? leader : null,
    members,
    paused: cluster?.paused ?? members.some(({ node }) => node?.paused),
    cluster,
  }
}

async function readList(
  patroni: PatroniClient,
  { leader, nodes }: LeaderSearch,
  options: CallOptions,
): Promise<PatroniCluster | null> {
  const answering = nodes.filter(({ node }) => node !== null).map(({ host }) => host)
  for (const host of [leader, ...answering.filter(({ name }) => name !== leader?.name)]) {
    if (!host) continue
    try {
      return await patroni.cluster(host, options)
    } catch (error) {
      // This node cannot reach etcd; another may.
      if (!(error instanceof ClusterError)) throw error
    }
  }
  return null
}

/**
 * How far a standby's WAL reaches, in bytes; null when it does not say. After a restart it counts as received what it
 * asked for anew, from the beginning of a segment, while it has replayed more.
 */
export function reachedLsn(member: MemberView): number | null {
  const { receivedLsn = null, replayedLsn = null } = member.node ?? {}
  return receivedLsn === null && replayedLsn === null ? null : Math.max(receivedLsn ?? 0, replayedLsn ?? 0)
}

/** Bytes of WAL that the leader has flushed and a standby has not got; null when one of them is not known. */
export function receiveLagBytes(view: ClusterView, member: MemberView): number | null {
  const flushed = view.leader?.node?.flushedLsn ?? null
  const reached = reachedLsn(member)
  // The two were asked a few milliseconds apart, so a standby may seem to be ahead.
  return flushed === null || reached === null ? null : Math.max(0, flushed - reached)
}

/** In the words of an error, why a node is not what it should be as a standby; null when all is well. */
export function standbyProblem(spec: ClusterSpec, view: ClusterView, member: MemberView): string | null {
  const { host, node, error } = member
  if (!node) return error?.message ?? `Patroni on ${host.name} does not answer.`
  if (node.state !== 'running') return `PostgreSQL on ${host.name} is ${node.state}.`
  if (node.role !== 'replica') return `${host.name} is not a standby but a primary.`
  if (node.replicationState !== 'streaming')
    return `${host.name} does not stream from the primary (${node.replicationState ?? 'no replication'}).`
  const timeline = view.leader?.node?.timeline ?? null
  if (timeline !== null && node.timeline !== null && node.timeline !== timeline)
    return `${host.name} is on timeline ${node.timeline}, the primary on ${timeline}.`
  // With `sync` only one standby is named at a time; the other is well without.
  if (spec.postgresql.durability === 'quorum' && !node.synchronous)
    return `${host.name} is not in the quorum yet: commits do not wait for it.`
  return null
}

/** Every standby that is not well, in words. */
export function standbyProblems(spec: ClusterSpec, view: ClusterView): readonly string[] {
  return view.members
    .filter(({ host }) => host.name !== view.leader?.host.name)
    .map((member) => standbyProblem(spec, view, member))
    .filter((problem) => problem !== null)
}

/** @throws ClusterError cluster_unhealthy, with what every node says */
export function requireLeader(view: ClusterView): MemberView {
  if (view.leader) return view.leader
  throw new ClusterError('cluster_unhealthy', `No node is a running primary: ${describeNodes(view)}`, {
    fix: 'See `fleet cluster status`. If no node becomes the primary by itself: `fleet cluster failover --to NODE`.',
  })
}

export const describeNodes = ({ members }: ClusterView): string =>
  members
    .map(({ host, node, error }) =>
      node
        ? `${host.name} is ${node.role === 'primary' ? 'a primary' : 'a standby'}, ${node.state}.`
        : (error?.message ?? `${host.name} does not answer.`),
    )
    .join(' ')

export const memberOf = (view: ClusterView, host: HostSpec): MemberView => {
  const member = view.members.find((candidate) => candidate.host.name === host.name)
  if (!member) throw new Error(`${host.name} was not asked`)
  return member
}
