import type { EtcdView } from '../etcd/etcd-client.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { ClusterStatus, EtcdMemberStatus } from './cluster-status.ts'
import type { Observations } from './observations.ts'
import { valueOf } from './observed.ts'
import { logsOf, type Warning } from './warning.ts'

/** @param off hosts of which nothing answers: they are told of once, elsewhere */
export function judgeEtcd(
  spec: ClusterSpec,
  seen: Observations,
  primary: string | null,
  off: ReadonlySet<string>,
): { readonly found: ClusterStatus['etcd']; readonly warnings: readonly Warning[] } {
  const hosts = hostsWith(spec, 'etcd')
  const views = hosts.flatMap((host) => valueOf(seen.etcd.get(host.name)) ?? [])
  const needed = Math.floor(hosts.length / 2) + 1
  const leaders = leaderNames(views)
  const leader = leaders.length === 1 ? (leaders[0] ?? null) : null
  const following = views.filter(({ leaderId }) => leaderId !== null).length
  const quorum = leader !== null && following >= needed
  const members = hosts.map((host) => describe(host, seen, leader))
  const log = logsOf(hosts[0]?.name ?? 'NODE', 'etcd')

  const warnings: Warning[] = []
  if (!quorum)
    warnings.push(
      leaders.length > 1
        ? {
            code: 'etcd_leaders_differ',
            severity: 'critical',
            host: null,
            message: `etcd's members name different leaders: ${leaders.join(', ')}. It passes within seconds of an election.`,
            next: log,
          }
        : {
            code: 'etcd_no_quorum',
            severity: 'critical',
            host: null,
            message: `etcd has no quorum: ${following} of ${hosts.length} members answer and know a leader, ${needed} are needed. Without it no failover is possible.`,
            next: log,
          },
    )
  for (const member of members) {
    if (member.answer !== null && !off.has(member.name))
      warnings.push({
        code: 'etcd_no_answer',
        severity: 'critical',
        host: member.name,
        message: `etcd on ${member.name}: ${member.answer}.`,
        next: logsOf(member.name, 'etcd'),
      })
    for (const alarm of member.alarms)
      warnings.push({
        code: 'etcd_alarm',
        severity: 'critical',
        host: member.name,
        message: alarmInWords(member.name, alarm),
        next: logsOf(member.name, 'etcd'),
      })
  }
  return {
    found: { leader, quorum, members },
    warnings: [...warnings, ...membershipWarnings(hosts, views), ...placementWarnings(leader, primary)],
  }
}

function describe(host: HostSpec, seen: Observations, leader: string | null): EtcdMemberStatus {
  const { name } = host
  const observed = seen.etcd.get(name)
  if (!observed?.ok)
    return {
      name,
      answer: observed?.failure.message ?? 'not asked',
      leader: null,
      version: null,
      databaseBytes: null,
      alarms: alarmsOf(name, seen),
    }
  const { version, databaseBytes } = observed.value
  return { name, answer: null, leader: leader === name, version, databaseBytes, alarms: alarmsOf(name, seen) }
}

/** An alarm is known to every member, of whichever it is. */
const alarmsOf = (name: string, seen: Observations): readonly string[] => [
  ...new Set(
    [...seen.etcd.values()].flatMap((observed) =>
      (valueOf(observed)?.alarms ?? []).filter(({ member }) => member === name).map(({ alarm }) => alarm),
    ),
  ),
]

function leaderNames(views: readonly EtcdView[]): readonly string[] {
  const names = views.flatMap(({ leaderId, members }) =>
    leaderId === null ? [] : [members.find(({ id }) => id === leaderId)?.name || leaderId],
  )
  return [...new Set(names)]
}

function alarmInWords(name: string, alarm: string): string {
  if (alarm === 'NOSPACE')
    return `etcd on ${name} raised NOSPACE: its database reached its quota, and it takes no more writes until it is compacted and the alarm is disarmed (etcdctl defrag, etcdctl alarm disarm).`
  if (alarm === 'CORRUPT')
    return `etcd on ${name} raised CORRUPT: its data differ from the other members'. Remove it from etcd and let it join anew.`
  return `etcd on ${name} raised the alarm ${alarm}.`
}

function membershipWarnings(hosts: readonly HostSpec[], views: readonly EtcdView[]): readonly Warning[] {
  const [view] = views
  if (!view) return []
  return view.members
    .filter(({ name, learner }) => learner || !hosts.some((host) => host.name === name))
    .map(({ id, name, learner }) => ({
      code: 'etcd_member_foreign' as const,
      severity: 'warning' as const,
      host: name || null,
      message: learner
        ? `etcd's member ${name || id} is still learning and does not count for the quorum.`
        : `etcd has a member ${name || id} that is not in cluster.yml and counts for the quorum.`,
      next: 'fleet cluster diff',
    }))
}

/** A notice: a timer on the hosts moves the leader away by itself. */
function placementWarnings(leader: string | null, primary: string | null): readonly Warning[] {
  if (leader === null || leader !== primary) return []
  return [
    {
      code: 'etcd_leader_beside_primary',
      severity: 'notice',
      host: leader,
      message: `etcd's leader is on the primary's host ${leader}: losing both at once makes the failover up to one ttl longer. It moves away by itself within a minute.`,
      next: logsOf(leader, 'etcd'),
    },
  ]
}
