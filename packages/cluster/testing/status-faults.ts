// Everything that may go wrong with a cluster, as `status` would see it.
import {
  failed,
  observedAtMs,
  observeHaproxy,
  observeHealthy,
  observeNode,
  ok,
  silence,
} from './observed-cluster.ts'
import { referenceSpec } from './reference-spec.ts'
import { type ClusterSpec, hostsWith } from '../src/spec/cluster-spec.ts'
import type { StatusLevel } from '../src/status/cluster-status.ts'
import type { HostProbe } from '../src/status/host-probe.ts'
import type { Observations } from '../src/status/observations.ts'
import type { Observed } from '../src/status/observed.ts'
import type { WarningCode } from '../src/status/warning.ts'

export const spec = referenceSpec()
export const primary = 'pg-node-2'
export const standby = 'pg-node-1'
const backupHost = hostsWith(spec, 'backup')[0]!.name
export const dayMs = 86_400_000

export const seeing = (changes: (seen: Mutable) => void, of: ClusterSpec = spec): Observations => {
  const seen = structuredClone(observeHealthy(of)) as Mutable
  changes(seen)
  return seen
}
type Loose<T> = { -readonly [K in keyof T]: T[K] extends ReadonlyMap<infer A, infer B> ? Map<A, B> : T[K] }
export type Mutable = Loose<Observations>
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T

export function valueIn<T>(map: ReadonlyMap<string, Observed<T>>, host: string): Writable<T> {
  const observed = map.get(host)
  if (!observed?.ok) throw new Error(`${host} is not observed`)
  return observed.value as Writable<T>
}
export const probeIn = (seen: Mutable, host: string) => valueIn<HostProbe>(seen.hosts, host)
export const postgresqlIn = (seen: Mutable, host: string) => {
  const { postgresql } = probeIn(seen, host).answers
  if (!postgresql) throw new Error(`${host} has no PostgreSQL`)
  return postgresql
}
export const silenceHost = (seen: Mutable, host: string) => {
  for (const map of [seen.nodes, seen.clusters, seen.histories, seen.etcd, seen.haproxies, seen.hosts])
    if (map.has(host)) map.set(host, silence)
}
/** Both witnesses on the primary see no standby. */
const loseReplication = (seen: Mutable) => {
  valueIn(seen.nodes, primary).replication = []
  postgresqlIn(seen, primary).standbys = []
}
/** What the others see when a standby's machine is lost. */
export const loseStandby = (seen: Mutable, host: string) => {
  silenceHost(seen, host)
  const node = valueIn(seen.nodes, primary)
  node.replication = node.replication.filter(({ applicationName }) => applicationName !== host)
}

/** One fault a row: what was seen, what must be said, how bad it is. */
interface Fault {
  readonly seen: string
  readonly code: WarningCode
  readonly level: StatusLevel
  readonly cause: (seen: Mutable) => void
  readonly of: ClusterSpec
}
const fault = (
  seen: string,
  code: WarningCode,
  level: StatusLevel,
  cause: (seen: Mutable) => void,
  of = spec,
): Fault => ({ seen, code, level, cause, of })
export const faults: readonly Fault[] = [
  fault('no node leads', 'no_primary', 'down', (seen) => {
    silenceHost(seen, primary)
    for (const name of ['haproxy-1', 'haproxy-2']) seen.haproxies.set(name, ok(observeHaproxy(spec, null)))
  }),
  fault(
    'two nodes take themselves for the primary',
    'two_primaries',
    'down',
    (seen) => void seen.nodes.set(standby, ok(observeNode(spec, standby, standby))),
  ),
  fault(
    'two PostgreSQL take themselves for the primary while Patroni does not answer',
    'two_primaries',
    'down',
    (seen) => {
      seen.nodes.set(standby, silence)
      seen.nodes.set(primary, silence)
      postgresqlIn(seen, standby).inRecovery = false
    },
  ),
  fault(
    'the standbys that must acknowledge are gone and still in the quorum',
    'commits_wait',
    'down',
    loseReplication,
  ),
  fault('both standbys are frozen, so that commits hang', 'commits_wait', 'down', (seen) =>
    Object.assign(postgresqlIn(seen, primary), { waitingCommits: 3, longestCommitMs: 9_000 }),
  ),
  fault('no standby acknowledges', 'no_acknowledging_standby', 'degraded', (seen) => {
    loseReplication(seen)
    postgresqlIn(seen, primary).synchronousStandbyNames = ''
  }),
  fault('a machine is silent', 'host_off', 'degraded', (seen) => loseStandby(seen, standby)),
  fault(
    'Patroni on a standby refuses connections',
    'patroni_no_answer',
    'degraded',
    (seen) => void seen.nodes.set(standby, failed({ kind: 'refused', message: 'connection refused' })),
  ),
  fault(
    'a node does not reach etcd',
    'patroni_no_etcd',
    'degraded',
    (seen) => void seen.clusters.set(standby, silence),
  ),
  fault(
    'a standby starts',
    'postgresql_not_running',
    'degraded',
    (seen) => void (valueIn(seen.nodes, standby).state = 'starting'),
  ),
  fault(
    'a standby reads from the archive',
    'standby_not_streaming',
    'degraded',
    (seen) => void (valueIn(seen.nodes, standby).replicationState = 'in archive recovery'),
  ),
  fault(
    'a standby lacks much WAL',
    'standby_lagging',
    'degraded',
    (seen) => void (valueIn(seen.nodes, standby).replayedLsn! -= 200 * 1024 ** 2),
  ),
  fault("a standby is late by PostgreSQL's own measure", 'standby_lagging', 'degraded', (seen) => {
    valueIn(seen.nodes, standby).replayedLsn! -= 4_096
    postgresqlIn(seen, primary).standbys.find(({ name }) => name === standby)!.lagMs = 12_500
  }),
  fault(
    'a standby is on another timeline',
    'timeline_differs',
    'degraded',
    (seen) => void (valueIn(seen.nodes, standby).timeline = 4),
  ),
  fault(
    'a standby holds another database',
    'other_database',
    'degraded',
    (seen) => void (valueIn(seen.nodes, standby).systemIdentifier = '1'),
  ),
  fault('a setting waits for a restart', 'pending_restart', 'degraded', (seen) =>
    Object.assign(valueIn(seen.nodes, standby), {
      pendingRestart: true,
      pendingRestartReasons: [{ setting: 'shared_buffers', running: '128MB', wanted: '1GB' }],
    }),
  ),
  fault(
    'Patroni is paused',
    'paused',
    'degraded',
    (seen) => void (valueIn(seen.nodes, standby).paused = true),
  ),
  fault(
    'Patroni is in failsafe mode',
    'failsafe_active',
    'degraded',
    (seen) => void (valueIn(seen.nodes, primary).failsafeActive = true),
  ),
  fault('a node is not in the list of members', 'member_missing', 'degraded', (seen) => {
    for (const name of seen.clusters.keys()) {
      const cluster = valueIn(seen.clusters, name)
      cluster.members = cluster.members.filter((member) => member.name !== standby)
    }
  }),
  fault('a stranger is in the list of members', 'member_foreign', 'degraded', (seen) => {
    const cluster = valueIn(seen.clusters, standby)
    cluster.members.push({ ...cluster.members[0]!, name: 'pg-node-9' })
    seen.clusters = new Map([[standby, ok(cluster)]])
  }),
  fault(
    'a required watchdog is not there',
    'watchdog_missing',
    'degraded',
    (seen) => void (probeIn(seen, standby).answers.watchdog = false),
    { ...spec, failover: { ...spec.failover, watchdog: 'required' } },
  ),
  fault(
    'an etcd member is silent',
    'etcd_no_answer',
    'degraded',
    (seen) => void seen.etcd.set(standby, silence),
  ),
  fault('etcd has no quorum', 'etcd_no_quorum', 'degraded', (seen) => {
    seen.etcd.set(standby, silence)
    seen.etcd.set(primary, silence)
    valueIn(seen.etcd, 'pg-node-3').leaderId = null
  }),
  fault(
    'etcd members name different leaders',
    'etcd_leaders_differ',
    'degraded',
    (seen) => void (valueIn(seen.etcd, standby).leaderId = '8000000001'),
  ),
  fault(
    'etcd is full',
    'etcd_alarm',
    'degraded',
    (seen) => void (valueIn(seen.etcd, standby).alarms = [{ member: primary, alarm: 'NOSPACE' }]),
  ),
  fault('etcd has a member too many', 'etcd_member_foreign', 'degraded', (seen) => {
    for (const name of seen.etcd.keys())
      valueIn(seen.etcd, name).members.push({ id: '9', name: 'old', peerUrls: [], learner: false })
  }),
  fault('etcd leads beside the primary', 'etcd_leader_beside_primary', 'healthy', (seen) => {
    for (const name of seen.etcd.keys()) valueIn(seen.etcd, name).leaderId = '8000000002'
  }),
  fault(
    'an HAProxy does not let us in',
    'haproxy_no_answer',
    'degraded',
    (seen) => void seen.haproxies.set('haproxy-2', failed({ kind: 'denied', message: 'HTTP 401' })),
  ),
  fault(
    'the HAProxy of the virtual address sees no primary',
    'haproxy_no_primary',
    'down',
    (seen) => void seen.haproxies.set('haproxy-1', ok(observeHaproxy(spec, null))),
  ),
  fault(
    'an HAProxy goes on with a PostgreSQL whose Patroni is silent',
    'haproxy_grace',
    'degraded',
    (seen) => {
      for (const server of valueIn(seen.haproxies, 'haproxy-2').servers)
        if (server.proxy === 'writes' && !server.backup) server.up = false
    },
  ),
  fault(
    'the other HAProxy sees no primary',
    'haproxies_disagree',
    'degraded',
    (seen) => void seen.haproxies.set('haproxy-2', ok(observeHaproxy(spec, null))),
  ),
  fault(
    'the HAProxy of the virtual address sends writes to a standby',
    'haproxy_other_primary',
    'down',
    (seen) => void seen.haproxies.set('haproxy-1', ok(observeHaproxy(spec, standby))),
  ),
  fault(
    'the HAProxy of the virtual address lets no further client in',
    'haproxy_connections',
    'degraded',
    (seen) => void (valueIn(seen.haproxies, 'haproxy-1').frontends[0]!.connections = 100),
  ),
  fault(
    'an HAProxy has few connections left',
    'haproxy_connections',
    'degraded',
    (seen) => void (valueIn(seen.haproxies, 'haproxy-1').frontends[1]!.connections = 90),
  ),
  fault('an HAProxy sees no replica', 'haproxy_no_reads', 'degraded', (seen) => {
    for (const server of valueIn(seen.haproxies, 'haproxy-2').servers)
      if (server.proxy === 'reads') server.up = false
  }),
  fault('nobody has the virtual address', 'vip_no_answer', 'down', (seen) => {
    seen.vip = silence
    probeIn(seen, 'haproxy-1').answers.holdsVip = false
  }),
  fault(
    'a stranger has the virtual address',
    'vip_foreign',
    'down',
    (seen) => void (seen.vip = ok('printer')),
  ),
  fault(
    'a stranger with another certificate has the virtual address',
    'vip_foreign',
    'down',
    (seen) => void (seen.vip = failed({ kind: 'wrong_certificate', message: 'from another authority' })),
  ),
  fault(
    'two have the virtual address',
    'vip_held_twice',
    'degraded',
    (seen) => void (probeIn(seen, 'haproxy-2').answers.holdsVip = true),
  ),
  fault('there is no backup', 'backup_none', 'degraded', (seen) =>
    Object.assign(probeIn(seen, backupHost).answers.repository![0]!, {
      backups: [],
      statusCode: 2,
      statusMessage: 'no valid backups',
    }),
  ),
  fault(
    'the weekly backup did not come',
    'backup_old',
    'degraded',
    (seen) => void (probeIn(seen, backupHost).answers.repository![0]!.backups[0]!.endedMs -= 5 * dayMs),
  ),
  fault(
    'the daily backup did not come',
    'backup_old',
    'degraded',
    (seen) => void (probeIn(seen, backupHost).answers.repository![0]!.backups[1]!.endedMs -= dayMs),
  ),
  fault(
    'a backup met damaged pages',
    'backup_damaged',
    'degraded',
    (seen) => void (probeIn(seen, backupHost).answers.repository![0]!.backups[1]!.damaged = true),
  ),
  fault('the repository is broken', 'backup_repository', 'degraded', (seen) =>
    Object.assign(probeIn(seen, backupHost).answers.repository![0]!, {
      statusCode: 99,
      statusMessage: 'other',
    }),
  ),
  fault(
    'a backup is under way',
    'backup_running',
    'healthy',
    (seen) => void (probeIn(seen, backupHost).answers.repository![0]!.running = true),
  ),
  fault(
    'the verify found damage',
    'verify_failed',
    'degraded',
    (seen) => void (probeIn(seen, backupHost).answers.verify!.ok = false),
  ),
  fault(
    'the verify did not come',
    'verify_old',
    'degraded',
    (seen) => void (probeIn(seen, backupHost).answers.verify!.endedMs -= 2 * dayMs),
  ),
  fault(
    'the verify never came',
    'verify_old',
    'degraded',
    (seen) => void (probeIn(seen, backupHost).answers.verify = null),
  ),
  fault(
    'archiving is off',
    'archive_off',
    'degraded',
    (seen) => void (postgresqlIn(seen, primary).archiveMode = 'off'),
  ),
  fault(
    'archiving fails',
    'archive_failing',
    'degraded',
    (seen) => void (postgresqlIn(seen, primary).archiver.failedAtMs = observedAtMs - 1_000),
  ),
  fault('WAL piles up', 'archive_waiting', 'degraded', (seen) =>
    Object.assign(probeIn(seen, primary).answers.wal!, {
      waitingCount: 9,
      oldestWaitingMs: observedAtMs - 90_000,
    }),
  ),
  fault(
    'WAL was dropped since the last backup began',
    'archive_dropped',
    'degraded',
    (seen) => void (probeIn(seen, standby).answers.droppedWalMs = observedAtMs - 60_000),
  ),
  fault(
    'a host refuses ssh',
    'ssh_failed',
    'degraded',
    (seen) => void seen.hosts.set(standby, failed({ kind: 'denied', message: 'ssh: permission denied' })),
  ),
  fault(
    'a host could not say everything',
    'probe_incomplete',
    'degraded',
    (seen) => void (probeIn(seen, primary).late = ['postgresql']),
  ),
  fault(
    'a service failed',
    'service_not_active',
    'degraded',
    (seen) =>
      void (probeIn(seen, 'haproxy-2').answers.units = {
        haproxy: 'active',
        keepalived: 'failed',
      }),
  ),
  fault(
    'a backup timer was stopped',
    'service_not_active',
    'degraded',
    (seen) => void (probeIn(seen, backupHost).answers.units = { 'fleet-backup-full.timer': 'inactive' }),
  ),
  fault(
    'a disk is nearly full',
    'disk_full',
    'degraded',
    (seen) => void (probeIn(seen, standby).answers.disks![0]!.freeBytes = 4 * 1024 ** 3),
  ),
  fault(
    'two clocks differ',
    'clock_skew',
    'degraded',
    (seen) => void (probeIn(seen, standby).timeMs += 2_500),
  ),
  fault(
    'a certificate on a host ends soon',
    'certificate_ends',
    'degraded',
    (seen) => void (probeIn(seen, standby).answers.certificates![0]!.endsMs = observedAtMs + 29 * dayMs),
  ),
  fault(
    'etcd still shows its old certificate',
    'certificate_ends',
    'degraded',
    (seen) => void (valueIn(seen.etcd, standby).certificateEndsMs = observedAtMs + 5 * dayMs),
  ),
  fault(
    "the operator's certificate has ended",
    'certificate_ends',
    'degraded',
    (seen) => void (seen.ownCertificates = [{ name: 'operator', endsMs: observedAtMs - dayMs }]),
  ),
]
