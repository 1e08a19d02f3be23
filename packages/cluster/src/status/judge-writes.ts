import { writeTargets } from '../haproxy/haproxy-stats.ts'
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
  /** The obstacle is that commits hang. */
  readonly commitsWait: boolean
}

/**
 * Follows a write from the virtual address to its commit. Each step needs a witness: what nobody vouches for is an
 * obstacle. One witness is enough where it can only be wrong for a second; without HAProxy's own view, two are needed.
 */
export function judgeWrites(spec: ClusterSpec, seen: Observations): WritesJudgement {
  const databases = hostsWith(spec, 'postgresql').map(({ name }) => name)
  const claims = databases.filter((name) => {
    const node = valueOf(seen.nodes.get(name))
    return node?.role === 'primary' && node.state === 'running'
  })
  const proven = databases.filter((name) => probeOf(seen, name)?.answers.postgresql?.inRecovery === false)
  const routed = routedServers(spec, seen)
  const none = { acknowledging: null, commitsWait: false }

  // The two kinds of witness are asked some 100 ms apart: across kinds, two names may be one switchover.
  const rivals = claims.length > 1 ? claims : proven.length > 1 ? proven : []
  if (rivals.length > 0)
    return {
      ...none,
      primary: null,
      rivals,
      obstacle: `${rivals.join(' and ')} both take themselves for the primary`,
    }
  // Patroni on the primary is silent to us: HAProxy, which asks it too, and PostgreSQL itself must both vouch.
  const primary =
    claims[0] ?? proven.find((name) => routed !== null && routed.length === 1 && routed[0] === name) ?? null
  if (primary === null) return { ...none, primary, rivals, obstacle: 'no node says that it is the primary' }

  const acknowledging = acknowledgingStandbys(seen, primary)
  const obstacle = vipObstacle(spec, seen) ?? routeObstacle(seen, primary, routed, databases) ?? null
  const wait = commitObstacle(seen, primary, acknowledging)
  return { primary, rivals, acknowledging, obstacle: obstacle ?? wait, commitsWait: wait !== null }
}

export const probeOf = (seen: Observations, host: string): HostProbe | null => valueOf(seen.hosts.get(host))

/** Whoever answers at the virtual address; else the only host that says it has it. */
export function vipHolder(spec: ClusterSpec, seen: Observations): string | null {
  if (seen.vip.ok) return seen.vip.value
  const holders = hostsWith(spec, 'haproxy').filter(({ name }) => probeOf(seen, name)?.answers.holdsVip)
  return holders.length === 1 ? (holders[0]?.name ?? null) : null
}

/** Servers that the HAProxy at the virtual address sends writes to; null when no HAProxy tells. */
function routedServers(spec: ClusterSpec, seen: Observations): readonly string[] | null {
  const holder = vipHolder(spec, seen)
  const names = hostsWith(spec, 'haproxy').map(({ name }) => name)
  // The others check the same nodes: their view stands in when the holder's is not to be had.
  const asked = names.toSorted((a, b) => Number(b === holder) - Number(a === holder))
  const view = asked.map((name) => valueOf(seen.haproxies.get(name))).find((found) => found !== null)
  return view ? writeTargets(view.servers) : null
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
