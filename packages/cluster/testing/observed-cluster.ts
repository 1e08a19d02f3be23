import type { EtcdView } from '../src/etcd/etcd-client.ts'
import type { HaproxyView } from '../src/haproxy/haproxy-client.ts'
import { nodeAnswer, clusterAnswer, type PatroniNode } from '../src/patroni/patroni-answers.ts'
import { readPgbackrestInfo } from '../src/pgbackrest/pgbackrest-info.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../src/spec/cluster-spec.ts'
import type { HostProbe } from '../src/status/host-probe.ts'
import type { Observations } from '../src/status/observations.ts'
import type { Observed } from '../src/status/observed.ts'
import type { SourceFailure } from '../src/status/source-failure.ts'

/** The moment of the observed cluster: nothing in it is older or younger by chance. */
export const observedAtMs = Date.UTC(2026, 0, 7, 9, 0)
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const lsn = 0x3_0000_0000 + 0x12_3400

export const ok = <T>(value: T): Observed<T> => ({ ok: true, tookMs: 12, value })
export const failed = (failure: SourceFailure): Observed<never> => ({ ok: false, tookMs: 2_000, failure })
export const silence = failed({ kind: 'no_answer', message: 'no answer within 2 s' })

/** What a healthy cluster shows: the second node is the primary, the third has etcd's leader. */
export function observeHealthy(spec: ClusterSpec): Observations {
  const databases = hostsWith(spec, 'postgresql')
  const primary = databases[1]?.name ?? ''
  const byHost = <T>(hosts: readonly HostSpec[], of: (host: HostSpec) => T) =>
    new Map(hosts.map((host) => [host.name, ok(of(host))]))
  const cluster = clusterAnswer.parse({
    scope: spec.name,
    members: databases.map(({ name, address }) => ({
      name,
      role: name === primary ? 'leader' : 'quorum_standby',
      state: name === primary ? 'running' : 'streaming',
      host: address,
      port: 5432,
      timeline: 5,
      ...(name === primary ? {} : { lag: 0 }),
    })),
  })
  const haproxies = hostsWith(spec, 'haproxy')
  return {
    tookMs: 180,
    nodes: byHost(databases, ({ name }) => observeNode(spec, name, primary)),
    clusters: byHost(databases, () => cluster),
    histories: byHost(databases, () => [
      {
        timeline: 4,
        lsn: 100,
        reason: 'no recovery target specified',
        at: '2026-01-06T12:00:00.5+00:00',
        leader: primary,
      },
    ]),
    etcd: byHost(hostsWith(spec, 'etcd'), ({ name }) => observeEtcd(spec, name)),
    haproxies: byHost(haproxies, () => observeHaproxy(spec, primary)),
    vip: ok(haproxies[0]?.name ?? ''),
    hosts: byHost(spec.hosts, (host) => observeHost(spec, host, primary)),
    ownCertificates: [
      { name: 'authority', endsMs: observedAtMs + 3_000 * dayMs },
      { name: 'operator', endsMs: observedAtMs + 300 * dayMs },
    ],
  }
}

/** In the form of Patroni 4.0's `GET /patroni`. */
export function observeNode(spec: ClusterSpec, name: string, primary: string): PatroniNode {
  const standbys = hostsWith(spec, 'postgresql').filter((host) => host.name !== primary)
  return nodeAnswer.parse({
    state: 'running',
    postmaster_start_time: '2026-01-06 12:00:01.123456+00:00',
    server_version: 170011,
    timeline: 5,
    dcs_last_seen: observedAtMs / 1000 - 1,
    database_system_identifier: '7574829104820193284',
    patroni: { version: '4.0.7', scope: spec.name, name },
    ...(name === primary
      ? {
          role: 'primary',
          xlog: { location: lsn },
          replication: standbys.map((host) => ({
            usename: 'replicator',
            application_name: host.name,
            client_addr: host.address,
            state: 'streaming',
            sync_state: 'quorum',
            sync_priority: 1,
          })),
        }
      : {
          role: 'replica',
          quorum_standby: true,
          replication_state: 'streaming',
          xlog: {
            received_location: lsn,
            replayed_location: lsn,
            replayed_timestamp: '2026-01-07 08:59:58.5+00:00',
            paused: false,
          },
        }),
  })
}

function observeEtcd(spec: ClusterSpec, name: string): EtcdView {
  const members = hostsWith(spec, 'etcd').map((host, index) => ({
    id: String(8_000_000_001 + index),
    name: host.name,
    peerUrls: [`https://${host.address}:2380`],
    learner: false,
  }))
  return {
    id: members.find((member) => member.name === name)?.id ?? '',
    version: '3.5.16',
    leaderId: members.at(-1)?.id ?? null,
    raftTerm: 4,
    databaseBytes: 96 * 1024,
    databaseInUseBytes: 60 * 1024,
    learner: false,
    alarms: [],
    members,
    certificateEndsMs: observedAtMs + 300 * dayMs,
  }
}

export function observeHaproxy(spec: ClusterSpec, primary: string | null): HaproxyView {
  const server = (proxy: string, server: string, backup: boolean, up: boolean) => ({
    proxy,
    server,
    backup,
    up,
    status: up ? 'UP' : 'DOWN',
    check: up ? 'L7OK' : 'L7STS',
    checkCode: up ? 200 : 503,
    sinceS: 7_000,
    sessions: up ? 8 : 0,
  })
  return {
    frontends: ['writes', 'reads'].map((proxy) => ({ proxy, connections: 8, maxConnections: 100 })),
    servers: hostsWith(spec, 'postgresql').flatMap(({ name }) => [
      server('writes', name, false, name === primary),
      server('writes', `${name}-grace`, true, name === primary),
      server('reads', name, false, name !== primary),
    ]),
    certificateEndsMs: observedAtMs + 300 * dayMs,
  }
}

function observeHost(spec: ClusterSpec, host: HostSpec, primary: string): HostProbe {
  const has = (role: HostSpec['roles'][number]) => host.roles.includes(role)
  const standbys = hostsWith(spec, 'postgresql').filter(({ name }) => name !== primary)
  return {
    hostname: host.name,
    timeMs: observedAtMs + 90,
    sentMs: observedAtMs,
    receivedMs: observedAtMs + 180,
    errors: {},
    late: [],
    answers: {
      disks: [{ path: '/', totalBytes: 100 * 1024 ** 3, freeBytes: 60 * 1024 ** 3 }],
      certificates: [{ daemon: 'patroni', endsMs: observedAtMs + 300 * dayMs }],
      units: Object.fromEntries(host.roles.map((role) => [role, 'active'])),
      droppedWalMs: null,
      repository: undefined,
      ...(has('haproxy') ? { holdsVip: host.name === hostsWith(spec, 'haproxy')[0]?.name } : {}),
      ...(has('postgresql')
        ? {
            watchdog: true,
            wal: { bytes: 80 * 1024 ** 2, waitingCount: 0, oldestWaitingMs: null },
            postgresql: {
              inRecovery: host.name !== primary,
              lsn: host.name === primary ? lsn : null,
              segmentBytes: 16 * 1024 ** 2,
              archiveMode: 'on',
              synchronousStandbyNames:
                host.name === primary ? `ANY 1 (${standbys.map(({ name }) => `"${name}"`).join(',')})` : '',
              archiver: {
                lastWal: host.name === primary ? '0000000500000002000000FF' : null,
                lastAtMs: host.name === primary ? observedAtMs - 20_000 : null,
                failedCount: 0,
                failedWal: null,
                failedAtMs: null,
              },
              standbys:
                host.name === primary
                  ? standbys.map(({ name }) => ({
                      name,
                      state: 'streaming',
                      syncState: 'quorum',
                      lagBytes: 0,
                      lagMs: null,
                    }))
                  : [],
              waitingCommits: 0,
              longestCommitMs: null,
            },
          }
        : {}),
      ...(has('backup')
        ? {
            repository: readPgbackrestInfo([observedStanza(spec)]) ?? undefined,
            verify: { endedMs: observedAtMs - 5 * hourMs, ok: true, message: 'status: ok' },
            schedule: { full: 7 * dayMs, differential: dayMs, verify: dayMs },
          }
        : {}),
    },
  }
}

/** In the form of `pgbackrest info --output=json`. */
export function observedStanza(spec: ClusterSpec) {
  const backup = (type: 'full' | 'diff', ageMs: number, prior: string | null) => {
    const stop = Math.round((observedAtMs - ageMs) / 1000)
    const label = `${prior ?? ''}${prior ? '_' : ''}20260104-0${type === 'full' ? '1' : '2'}0000${type === 'full' ? 'F' : 'D'}`
    return {
      archive: { start: '000000050000000200000010', stop: '000000050000000200000011' },
      backrest: { format: 5, version: '2.55.1' },
      database: { id: 1, 'repo-key': 1 },
      error: false,
      info: { delta: 3_000_000, repository: { delta: 900_000 }, size: 31_000_000 },
      label,
      prior,
      reference: null,
      timestamp: { start: stop - 30, stop },
      type,
    }
  }
  return {
    archive: [
      {
        database: { id: 1, 'repo-key': 1 },
        id: '17-1',
        max: '0000000500000002000000FF',
        min: '000000010000000000000001',
      },
    ],
    backup: [backup('full', 3 * dayMs, null), backup('diff', 3 * hourMs, '20260104-010000F')],
    cipher: 'aes-256-cbc',
    db: [{ id: 1, 'repo-key': 1, 'system-id': 7574829104820193284n.toString(), version: '17' }],
    name: spec.backup.stanza,
    repo: [{ cipher: 'aes-256-cbc', key: 1, status: { code: 0, message: 'ok' } }],
    status: { code: 0, lock: { backup: { held: false } }, message: 'ok' },
  }
}
