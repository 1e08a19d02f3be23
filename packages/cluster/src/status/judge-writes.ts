import { isFull, isGraceOnly, writeTargets } from '../haproxy/haproxy-stats.ts'
import { type ClusterSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { HostProbe } from './host-probe.ts'
import { limits } from './limits.ts'
import type { Observations } from './observations.ts'
import { valueOf } from './observed.ts'
import { durationInWords } from './quantity-words.ts'

/** Whether a write sent to the virtual address can be committed, and who would do it. */
export interface WritesJudgement {
  readonly primary: string | null
  /** More than one node takes itself for the primary: empty otherwise. */
  readonly rivals: readonly string[]
  readonly acknowledging: readonly string[] | null
  /** The first thing on the way of a write that is broken; null when a write can be committed. */
  readonly obstacle: string | null
  /**
   * Only HAProxy vouches for the primary: it is overloaded, or it died some seconds ago and HAProxy will see it. Or
   * who is connected may write, and nobody else.
   */
  readonly doubt: string | null
  /** The obstacle is that commits hang. */
  readonly commitsWait: boolean
}

/**
 * Follows a write from the virtual address to its commit. Each step needs a witness: what nobody vouches for is an
 * obstacle. A node that says that it is the primary is one; PostgreSQL itself is one with HAProxy's word; HAProxy's
 * word alone leaves a doubt, and without HAProxy's own view two others are needed.
 */
export function judgeWrites(spec: ClusterSpec, seen: Observations): WritesJudgement {
  const databases = hostsWith(spec, 'postgresql').map(({ name }) => name)
  const claims = databases.filter((name) => {
    const node = valueOf(seen.nodes.get(name))
    return node?.role === 'primary' && node.state === 'running'
  })
  const proven = databases.filter((name) => probeOf(seen, name)?.answers.postgresql?.inRecovery === false)
  const routed = routedServers(spec, seen)
  const none = { acknowledging: null, commitsWait: false, doubt: null }

  // The two kinds of witness are asked some 100 ms apart: across kinds, two names may be one switchover.
  const rivals = claims.length > 1 ? claims : proven.length > 1 ? proven : []
  if (rivals.length > 0)
    return {
      ...none,
      primary: null,
      rivals,
      obstacle: `${rivals.join(' and ')} both take themselves for the primary`,
    }
  // Patroni on the primary is silent to us.
  const target = routed?.targets.length === 1 ? routed.targets[0] : undefined
  const vouched = claims[0] ?? proven.find((name) => name === target) ?? null
  // Whoever else is proven to lead speaks against it.
  const silent = proven.length === 0 && target !== undefined && mayLead(seen, target, routed)
  const primary = vouched ?? (silent ? target : null)
  if (primary === null)
    return {
      ...none,
      primary,
      rivals,
      obstacle: hasAnswer(seen)
        ? 'no node says that it is the primary'
        : 'nothing of the cluster answers; or this machine is cut off from it',
    }

  const acknowledging = acknowledgingStandbys(seen, primary)
  const obstacle = vipObstacle(spec, seen) ?? routeObstacle(seen, primary, routed?.targets ?? null, databases)
  const wait = commitObstacle(seen, primary, acknowledging)
  return {
    primary,
    rivals,
    acknowledging,
    obstacle: obstacle ?? wait,
    doubt:
      vouched === null
        ? `HAProxy sends writes to ${primary}, which does not answer`
        : routed?.full
          ? 'HAProxy has no connection left for another client'
          : null,
    commitsWait: wait !== null,
  }
}

/** Anything at all was heard. */
const hasAnswer = (seen: Observations): boolean =>
  [seen.vip, ...[seen.nodes, seen.etcd, seen.haproxies, seen.hosts].flatMap((map) => [...map.values()])].some(
    ({ ok }) => ok,
  )

/**
 * Nothing speaks against the node that HAProxy found alive at its last check: it says nothing else of itself, and
 * nobody says that the leader key is free. A grace server is no witness: Patroni does not answer it either.
 */
function mayLead(seen: Observations, target: string, routed: Route | null): boolean {
  const unlocked = [...seen.nodes.values()].some((observed) => valueOf(observed)?.clusterUnlocked)
  const standby = probeOf(seen, target)?.answers.postgresql?.inRecovery === true
  return routed?.grace === false && !seen.nodes.get(target)?.ok && !standby && !unlocked
}

export const probeOf = (seen: Observations, host: string): HostProbe | null => valueOf(seen.hosts.get(host))

/** Whoever answers at the virtual address; else the only host that says it has it. */
export function vipHolder(spec: ClusterSpec, seen: Observations): string | null {
  if (seen.vip.ok) return seen.vip.value
  const holders = hostsWith(spec, 'haproxy').filter(({ name }) => probeOf(seen, name)?.answers.holdsVip)
  return holders.length === 1 ? (holders[0]?.name ?? null) : null
}

interface Route {
  readonly targets: readonly string[]
  /** Only a grace server is up. */
  readonly grace: boolean
  /** No further client is let in. */
  readonly full: boolean
}

/** Where the HAProxy at the virtual address sends writes; null when no HAProxy tells. */
function routedServers(spec: ClusterSpec, seen: Observations): Route | null {
  const holder = vipHolder(spec, seen)
  const names = hostsWith(spec, 'haproxy').map(({ name }) => name)
  // The others check the same nodes: their view stands in when the holder's is not to be had.
  const asked = names.toSorted((a, b) => Number(b === holder) - Number(a === holder))
  const view = asked.map((name) => valueOf(seen.haproxies.get(name))).find((found) => found !== null)
  if (!view) return null
  const writes = view.frontends.find(({ proxy }) => proxy === 'writes')
  return {
    targets: writeTargets(view.servers),
    grace: isGraceOnly(view.servers),
    full: writes !== undefined && isFull(writes),
  }
}

function vipObstacle(spec: ClusterSpec, seen: Observations): string | null {
  const { vip } = seen
  const { vip: address } = spec.network
  if (vip.ok)
    return hostsWith(spec, 'haproxy').some(({ name }) => name === vip.value)
      ? null
      : `${address} is answered by ${vip.value}, which is no HAProxy of this cluster`
  // It proved by its certificate to be ours before it turned the question down.
  if (vip.failure.kind === 'denied' || vip.failure.kind === 'bad_answer') return null
  return `the virtual address ${address} gives ${phrase(vip.failure.message)}`
}

const phrase = (message: string): string => (message.startsWith('no ') ? message : `no service (${message})`)

function routeObstacle(
  seen: Observations,
  primary: string,
  routed: readonly string[] | null,
  databases: readonly string[],
): string | null {
  if (routed !== null) {
    if (routed.length === 0) return 'HAProxy sees no primary to send writes to'
    return routed.includes(primary)
      ? null
      : `HAProxy sends writes to ${routed.join(', ')}, and the primary is ${primary}`
  }
  const leaders = databases.flatMap((name) => {
    const cluster = valueOf(seen.clusters.get(name))
    return cluster ? [cluster.members.find(({ role }) => role === 'leader')?.name ?? null] : []
  })
  return leaders.length > 0 && leaders.every((leader) => leader === primary)
    ? null
    : `no HAProxy tells where writes go, and nobody else vouches for ${primary}`
}

function acknowledgingStandbys(seen: Observations, primary: string): readonly string[] | null {
  const counts = (state: string | null, syncState: string | null) =>
    state === 'streaming' && (syncState === 'quorum' || syncState === 'sync')
  const node = valueOf(seen.nodes.get(primary))
  if (node)
    return node.replication.flatMap(({ applicationName, state, syncState }) =>
      applicationName !== null && counts(state, syncState) ? [applicationName] : [],
    )
  const postgresql = probeOf(seen, primary)?.answers.postgresql
  if (!postgresql) return null
  return postgresql.standbys
    .filter(({ state, syncState }) => counts(state, syncState))
    .map(({ name }) => name)
}

function commitObstacle(
  seen: Observations,
  primary: string,
  acknowledging: readonly string[] | null,
): string | null {
  const postgresql = probeOf(seen, primary)?.answers.postgresql
  if (!postgresql) return null
  const needed = acknowledgementsNeeded(postgresql.synchronousStandbyNames)
  if (acknowledging !== null && acknowledging.length < needed)
    return `commits wait: ${acknowledging.length} of ${needed} standbys that must acknowledge are connected`
  const { waitingCommits, longestCommitMs } = postgresql
  if (waitingCommits > 0 && longestCommitMs !== null && longestCommitMs > limits.commitWaitMs)
    return `commits wait: the oldest of ${waitingCommits} since ${durationInWords(longestCommitMs)}`
  return null
}

/**
 * How many standbys must acknowledge a commit.
 *
 * @param names PostgreSQL's synchronous_standby_names: empty, `a, b`, `2 (a, b)`, `FIRST 1 (a)`, `ANY 1 (a, b)`
 */
export function acknowledgementsNeeded(names: string): number {
  const text = names.trim()
  if (text === '') return 0
  const counted = /^(?:(?:any|first)\s+)?(\d+)\s*\(/iu.exec(text)
  return counted ? Number(counted[1]) : 1
}
