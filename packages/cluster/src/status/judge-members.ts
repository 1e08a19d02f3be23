import type { PatroniNode } from '../patroni/patroni-answers.ts'
import { type ClusterSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { MemberRole, MemberStatus } from './cluster-status.ts'
import { probeOf, type WritesJudgement } from './judge-writes.ts'
import { limits } from './limits.ts'
import type { Observations } from './observations.ts'
import { valueOf } from './observed.ts'
import { bytesInWords, durationInWords } from './quantity-words.ts'
import { logsOf, type Warning } from './warning.ts'

interface Judged<T> {
  readonly found: T
  readonly warnings: readonly Warning[]
}

/** @param off hosts of which nothing answers: they are told of once, elsewhere */
export function judgeMembers(
  spec: ClusterSpec,
  seen: Observations,
  writes: WritesJudgement,
  off: ReadonlySet<string>,
  nowMs: number,
): Judged<readonly MemberStatus[]> {
  const members = hostsWith(spec, 'postgresql').map(({ name }) => describe(name, seen, writes.primary, nowMs))
  const primary = writes.primary === null ? null : valueOf(seen.nodes.get(writes.primary))
  return {
    found: members,
    warnings: [
      ...clusterWarnings(spec, seen, writes),
      ...members.flatMap((member) =>
        off.has(member.name) ? [] : memberWarnings(spec, seen, member, primary),
      ),
    ],
  }
}

function describe(name: string, seen: Observations, primaryName: string | null, nowMs: number): MemberStatus {
  const observed = seen.nodes.get(name)
  if (!observed?.ok)
    return {
      name,
      answer: observed?.failure.message ?? 'not asked',
      role: null,
      state: null,
      timeline: null,
      lagBytes: null,
      lagS: null,
      syncState: null,
      pendingRestart: null,
      pendingSettings: [],
    }
  const node = observed.value
  const primary = primaryName === null ? null : valueOf(seen.nodes.get(primaryName))
  const syncState =
    primary?.replication.find(({ applicationName }) => applicationName === name)?.syncState ?? null
  const lagBytes = node.role === 'primary' ? null : lagOf(name, node, primary, seen)
  return {
    name,
    answer: null,
    role: roleOf(name, node, syncState, seen),
    state: node.replicationState ?? node.state,
    timeline: node.timeline,
    lagBytes,
    lagS: lagBytes === null ? null : lagSeconds(name, node, lagBytes, primaryName, seen, nowMs),
    syncState,
    pendingRestart: node.pendingRestart,
    pendingSettings: node.pendingRestartReasons.map(({ setting }) => setting),
  }
}

function roleOf(name: string, node: PatroniNode, syncState: string | null, seen: Observations): MemberRole {
  if (node.role === 'primary') return 'primary'
  if (syncState === 'quorum') return 'quorum_standby'
  if (syncState === 'sync') return 'sync_standby'
  if (!node.synchronous) return 'replica'
  // It is one, and the primary is not there to say of which kind: etcd's word.
  const listed = [...seen.clusters.values()].flatMap((cluster) => valueOf(cluster)?.members ?? [])
  return listed.some((member) => member.name === name && member.role === 'quorum_standby')
    ? 'quorum_standby'
    : 'sync_standby'
}

function lagOf(
  name: string,
  node: PatroniNode,
  primary: PatroniNode | null,
  seen: Observations,
): number | null {
  if (primary?.flushedLsn != null && node.replayedLsn !== null)
    return Math.max(0, primary.flushedLsn - node.replayedLsn)
  const listed = [...seen.clusters.values()].flatMap((cluster) => valueOf(cluster)?.members ?? [])
  return listed.find((member) => member.name === name)?.lagBytes ?? null
}

/**
 * Seconds that the replayed data are behind. PostgreSQL measures it on the primary; the age of the last replayed
 * commit says the same only while WAL waits, for an idle primary commits nothing.
 */
function lagSeconds(
  name: string,
  node: PatroniNode,
  lagBytes: number,
  primary: string | null,
  seen: Observations,
  nowMs: number,
): number | null {
  if (lagBytes === 0) return 0
  const standbys = primary === null ? [] : (probeOf(seen, primary)?.answers.postgresql?.standbys ?? [])
  const measured = standbys.find((standby) => standby.name === name)?.lagMs
  if (measured != null) return measured / 1000
  const replayedMs = node.replayedAt === null ? Number.NaN : Date.parse(node.replayedAt)
  if (lagBytes < limits.lagBytes || Number.isNaN(replayedMs)) return null
  return Math.max(0, nowMs - replayedMs) / 1000
}

function clusterWarnings(spec: ClusterSpec, seen: Observations, writes: WritesJudgement): readonly Warning[] {
  const warnings: Warning[] = []
  const nodes = [...seen.nodes.values()].flatMap((observed) => valueOf(observed) ?? [])
  const critical = (code: Warning['code'], message: string, next: string) =>
    warnings.push({ code, severity: 'critical', host: null, message, next })
  const log = (name: string) => logsOf(name, 'patroni')
  const first = hostsWith(spec, 'postgresql')[0]?.name ?? 'NODE'

  if (writes.rivals.length > 0)
    critical(
      'two_primaries',
      `${writes.rivals.join(' and ')} both take themselves for the primary. Stop the one without the leader key before anything else.`,
      log(writes.rivals[0] ?? first),
    )
  else if (writes.primary === null) {
    const asked = nodes.find(({ role }) => role === 'replica')?.name ?? first
    critical(
      'no_primary',
      `No node says that it is the primary. A failover takes up to ${spec.failover.ttlS + 10} s; if it does not come, the log says why.`,
      log(asked),
    )
  }
  if (writes.commitsWait && writes.obstacle !== null)
    critical(
      'commits_wait',
      `On ${writes.primary} ${writes.obstacle}. Patroni takes a lost standby out of the quorum by itself; if it does not, its log says why.`,
      log(writes.primary ?? first),
    )
  if (
    spec.postgresql.durability !== 'async' &&
    writes.primary !== null &&
    writes.acknowledging?.length === 0 &&
    !writes.commitsWait
  )
    critical(
      'no_acknowledging_standby',
      `No standby acknowledges commits (durability ${spec.postgresql.durability}): if ${writes.primary} is lost now, the last commits are lost with it.`,
      log(writes.primary),
    )
  if (nodes.some(({ paused }) => paused))
    warnings.push({
      code: 'paused',
      severity: 'warning',
      host: null,
      message: 'Maintenance mode: there is no automatic failover until it is resumed.',
      next: 'fleet cluster resume',
    })
  if (nodes.some(({ failsafeActive }) => failsafeActive))
    critical(
      'failsafe_active',
      'Patroni works in failsafe mode: etcd is away, and the primary stays only as long as all nodes reach each other.',
      logsOf(hostsWith(spec, 'etcd')[0]?.name ?? first, 'etcd'),
    )
  return [...warnings, ...membershipWarnings(spec, seen), ...identityWarnings(nodes)]
}

/** Who is in etcd's list and who should be. */
function membershipWarnings(spec: ClusterSpec, seen: Observations): readonly Warning[] {
  const cluster = [...seen.clusters.values()].flatMap((observed) => valueOf(observed) ?? [])[0]
  if (!cluster) return []
  const listed = new Set(cluster.members.map(({ name }) => name))
  const wanted = hostsWith(spec, 'postgresql').map(({ name }) => name)
  return [
    ...wanted
      // One that answers nothing is told of as such.
      .filter((name) => !listed.has(name) && seen.nodes.get(name)?.ok)
      .map((name) => ({
        code: 'member_missing' as const,
        severity: 'critical' as const,
        host: name,
        message: `${name} is not in the cluster's list of members: its Patroni does not reach etcd.`,
        next: logsOf(name, 'patroni'),
      })),
    ...[...listed]
      .filter((name) => !wanted.includes(name))
      .map((name) => ({
        code: 'member_foreign' as const,
        severity: 'warning' as const,
        host: name,
        message: `${name} is a member of the cluster and not in cluster.yml.`,
        next: 'fleet cluster diff',
      })),
  ]
}

function identityWarnings(nodes: readonly PatroniNode[]): readonly Warning[] {
  const identifiers = new Set(nodes.flatMap(({ systemIdentifier }) => systemIdentifier ?? []))
  if (identifiers.size < 2) return []
  const primary = nodes.find(({ role }) => role === 'primary')?.systemIdentifier
  return nodes
    .filter(({ role, systemIdentifier }) => role === 'replica' && systemIdentifier !== primary)
    .map(({ name }) => ({
      code: 'other_database' as const,
      severity: 'critical' as const,
      host: name,
      message: `${name} holds another database than the primary (another system identifier): it can never follow.`,
      next: `fleet cluster reinit ${name}`,
    }))
}

function memberWarnings(
  spec: ClusterSpec,
  seen: Observations,
  member: MemberStatus,
  primary: PatroniNode | null,
): readonly Warning[] {
  const { name } = member
  const warnings: Warning[] = []
  const warn = (code: Warning['code'], severity: Warning['severity'], message: string, next: string) =>
    warnings.push({ code, severity, host: name, message, next })
  const log = logsOf(name, 'patroni')
  const probe = probeOf(seen, name)
  const node = valueOf(seen.nodes.get(name))

  if (node === null) warn('patroni_no_answer', 'critical', `Patroni on ${name}: ${member.answer}.`, log)
  else if (node.state !== 'running')
    warn(
      'postgresql_not_running',
      'critical',
      `PostgreSQL on ${name} is ${node.state}.`,
      logsOf(name, 'postgresql'),
    )
  else if (node.role === 'replica') {
    if (primary?.timeline != null && node.timeline !== null && node.timeline !== primary.timeline)
      warn(
        'timeline_differs',
        'critical',
        `${name} is on timeline ${node.timeline} and the primary on ${primary.timeline}. It follows by itself after a failover; if this stays, it cannot.`,
        `fleet cluster reinit ${name}`,
      )
    else if (primary && node.replicationState !== 'streaming')
      warn(
        'standby_not_streaming',
        'critical',
        `${name} does not stream from the primary (${node.replicationState ?? 'no connection'}).`,
        log,
      )
    if (isLagging(member))
      warn(
        'standby_lagging',
        'warning',
        `${name} lags: ${member.lagBytes === null ? '' : bytesInWords(member.lagBytes)}${member.lagS === null ? '' : `, ${durationInWords(member.lagS * 1000)}`} behind the primary.`,
        logsOf(name, 'postgresql'),
      )
  }
  const listed = seen.clusters.get(name)
  if (node !== null && listed && !listed.ok)
    warn(
      'patroni_no_etcd',
      'critical',
      `Patroni on ${name} answers but cannot read the cluster from etcd: ${listed.failure.message}.`,
      logsOf(name, 'patroni'),
    )
  if (node?.pendingRestart)
    warn(
      'pending_restart',
      'warning',
      `${name} needs a restart for: ${member.pendingSettings.join(', ') || 'a changed setting'}.`,
      `fleet cluster restart ${name}`,
    )
  const { watchdog } = spec.failover
  if (watchdog === 'required' && (node?.watchdogFailed || probe?.answers.watchdog === false))
    warn(
      'watchdog_missing',
      'critical',
      `${name} has no working watchdog and cluster.yml requires one: it cannot become the primary.`,
      log,
    )
  return warnings
}

const isLagging = ({ lagBytes, lagS }: MemberStatus): boolean =>
  (lagBytes !== null && lagBytes > limits.lagBytes) || (lagS !== null && lagS > limits.lagS)
