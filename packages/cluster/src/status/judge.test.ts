import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  failed,
  observedAtMs,
  observeHaproxy,
  observeHealthy,
  observeNode,
  ok,
  silence,
} from '../../testing/observed-cluster.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { servicesOn } from '../operate/logs.ts'
import { type ClusterSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { StatusLevel } from './cluster-status.ts'
import type { HostProbe } from './host-probe.ts'
import { judge } from './judge.ts'
import { acknowledgementsNeeded } from './judge-writes.ts'
import { segmentEnd } from './judge-archive.ts'
import type { Observations } from './observations.ts'
import type { Observed } from './observed.ts'
import type { WarningCode } from './warning.ts'

const spec = referenceSpec()
const primary = 'pg-node-2'
const standby = 'pg-node-1'
const backupHost = hostsWith(spec, 'backup')[0]!.name
const dayMs = 86_400_000

const seeing = (changes: (seen: Mutable) => void, of: ClusterSpec = spec): Observations => {
  const seen = structuredClone(observeHealthy(of)) as Mutable
  changes(seen)
  return seen
}
type Loose<T> = { -readonly [K in keyof T]: T[K] extends ReadonlyMap<infer A, infer B> ? Map<A, B> : T[K] }
type Mutable = Loose<Observations>
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T

function valueIn<T>(map: ReadonlyMap<string, Observed<T>>, host: string): Writable<T> {
  const observed = map.get(host)
  if (!observed?.ok) throw new Error(`${host} is not observed`)
  return observed.value as Writable<T>
}
const probeIn = (seen: Mutable, host: string) => valueIn<HostProbe>(seen.hosts, host)
const postgresqlIn = (seen: Mutable, host: string) => {
  const { postgresql } = probeIn(seen, host).answers
  if (!postgresql) throw new Error(`${host} has no PostgreSQL`)
  return postgresql
}
const codes = (seen: Observations, of: ClusterSpec = spec): readonly WarningCode[] =>
  judge(seen, of, observedAtMs).warnings.map(({ code }) => code)
const silenceHost = (seen: Mutable, host: string) => {
  for (const map of [seen.nodes, seen.clusters, seen.histories, seen.etcd, seen.haproxies, seen.hosts])
    if (map.has(host)) map.set(host, silence)
}
/** Both witnesses on the primary see no standby. */
const loseReplication = (seen: Mutable) => {
  valueIn(seen.nodes, primary).replication = []
  postgresqlIn(seen, primary).standbys = []
}
/** What the others see when a standby's machine is lost. */
const loseStandby = (seen: Mutable, host: string) => {
  silenceHost(seen, host)
  const node = valueIn(seen.nodes, primary)
  node.replication = node.replication.filter(({ applicationName }) => applicationName !== host)
}

describe('a healthy cluster', () => {
  it('is healthy, warns of nothing and says so in one sentence', () => {
    const status = judge(observeHealthy(spec), spec, observedAtMs)
    expect(status.warnings).toEqual([])
    expect(status.level).toBe('healthy')
    expect(status.verdict).toBe('healthy: writes go to pg-node-2, 2 standbys in quorum, last backup 3 h ago')
    expect(
      status.members.map(({ name, role, state, lagBytes, lagS }) => [name, role, state, lagBytes, lagS]),
    ).toEqual([
      ['pg-node-1', 'quorum_standby', 'streaming', 0, 0],
      ['pg-node-2', 'primary', 'running', null, null],
      ['pg-node-3', 'quorum_standby', 'streaming', 0, 0],
    ])
    expect(status.etcd).toMatchObject({ leader: 'pg-node-3', quorum: true })
    expect(status.vip.holder).toBe('haproxy-1')
    expect(status.haproxies.map(({ writesTo }) => writesTo)).toEqual([[primary], [primary]])
    expect(status.lastFailover).toEqual({ at: '2026-01-06T12:00:00.500Z', to: primary, timeline: 5 })
    expect(status.backup.last.full).toMatchObject({ ageS: 3 * 86_400, repositoryBytes: 900_000 })
    expect(status.archive).toMatchObject({ ageS: 20, waitingSegments: 0, failing: false })
  })

  it('is healthy with etcd on machines of its own', () => {
    const separate = referenceSpec('separate')
    expect(judge(observeHealthy(separate), separate, observedAtMs)).toMatchObject({
      level: 'healthy',
      warnings: [],
    })
  })
})

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
const faults: readonly Fault[] = [
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

describe('each fault', () => {
  it.each(faults)('$seen: $code, $level', ({ code, level, cause, of }) => {
    const status = judge(seeing(cause, of), of, observedAtMs)
    expect(status.warnings.map((warning) => warning.code)).toContain(code)
    expect(status.level).toBe(level)
  })

  it('has a warning of its own, and every warning has a fault that causes it', async () => {
    const { warningCodes } = await import('./warning.ts')
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(warningCodes))
  })
})

describe('what is not a fault', () => {
  it('tells of a lost machine once, not once for each of its services', () => {
    expect(codes(seeing((seen) => loseStandby(seen, standby)))).toEqual(['host_off'])
  })

  it("keeps writes possible when the primary's Patroni died and HAProxy holds on to its PostgreSQL", () => {
    const status = judge(
      seeing((seen) => {
        for (const map of [seen.nodes, seen.clusters, seen.histories])
          map.set(primary, failed({ kind: 'refused', message: 'connection refused' }))
        for (const name of ['haproxy-1', 'haproxy-2'])
          for (const server of valueIn(seen.haproxies, name).servers)
            if (server.proxy === 'writes' && !server.backup) server.up = false
      }),
      spec,
      observedAtMs,
    )
    expect(status.level).toBe('degraded')
    expect(status.writes).toMatchObject({ possible: true, primary })
  })

  it.each([
    ['is in doubt while HAProxy still counts on it', true, null, 'degraded'],
    ['is gone once HAProxy has only its grace server left', false, false, 'down'],
  ])('a primary that fell silent %s', (_, plain, possible, level) => {
    const status = judge(
      seeing((seen) => {
        silenceHost(seen, primary)
        for (const name of ['haproxy-1', 'haproxy-2'])
          for (const server of valueIn(seen.haproxies, name).servers)
            if (server.proxy === 'writes' && !server.backup && server.up) server.up = plain
      }),
      spec,
      observedAtMs,
    )
    expect(status).toMatchObject({ level, writes: { possible } })
    if (plain) expect(status.verdict).toContain('HAProxy sends writes to pg-node-2, which does not answer')
  })

  it('does not take a switchover that happens between two questions for two primaries', () => {
    const seen = seeing((seen) => {
      postgresqlIn(seen, primary).inRecovery = true
      postgresqlIn(seen, standby).inRecovery = false
    })
    expect(codes(seen)).not.toContain('two_primaries')
  })

  it("does not call an idle primary's standby late because its last commit is old", () => {
    const seen = seeing((seen) => {
      const node = valueIn(seen.nodes, standby)
      node.replayedLsn! -= 200
      node.replayedAt = '2026-01-01 00:00:00+00:00'
    })
    const status = judge(seen, spec, observedAtMs)
    expect(status.members[0]).toMatchObject({ lagBytes: 200, lagS: null })
    expect(status.level).toBe('healthy')
  })

  it('does not call the archive of an idle cluster late', () => {
    const seen = seeing(
      (seen) => void (postgresqlIn(seen, primary).archiver.lastAtMs = observedAtMs - 5 * dayMs),
    )
    expect(judge(seen, spec, observedAtMs).level).toBe('healthy')
  })

  it('takes no clocks for different that the way there could explain', () => {
    const seen = seeing((seen) => {
      const probe = probeIn(seen, standby)
      probe.receivedMs = probe.sentMs + 1_900
      probe.timeMs = probe.sentMs + 1_500
    })
    expect(judge(seen, spec, observedAtMs).level).toBe('healthy')
  })

  it('forgets WAL that was dropped before the last backup began', () => {
    const seen = seeing((seen) => void (probeIn(seen, standby).answers.droppedWalMs = observedAtMs - dayMs))
    expect(judge(seen, spec, observedAtMs).level).toBe('healthy')
  })
})

describe('words', () => {
  it('tells how long the disk and the queue last while archiving fails', () => {
    const seen = seeing((seen) => {
      const postgresql = postgresqlIn(seen, primary)
      // 100 segments in 100 s: 16 MB each second.
      postgresql.lsn = segmentEnd('000000050000000300000063', postgresql.segmentBytes)
      postgresql.archiver = {
        lastWal: '0000000500000002000000FF',
        lastAtMs: observedAtMs + 90 - 100_000,
        failedCount: 5,
        failedWal: null,
        failedAtMs: observedAtMs,
      }
      Object.assign(probeIn(seen, primary).answers.wal!, {
        waitingCount: 100,
        oldestWaitingMs: observedAtMs + 90 - 99_000,
      })
    })
    const queueMb = spec.backup.archiveQueueMaxMb
    const message = judge(seen, spec, observedAtMs).warnings.find(
      ({ code }) => code === 'archive_failing',
    )?.message
    expect(message).toContain('100 WAL segments wait, the oldest since 99 s')
    const dropS = (queueMb - 1_600) / 16
    expect(message).toContain(
      `WAL is dropped in ${dropS < 100 ? `${Math.floor(dropS)} s` : `${Math.floor(dropS / 60)} min`}`,
    )
    expect(message).toContain('the disk would last 64 min')
  })

  it('says in the verdict what stops writes', () => {
    const seen = seeing((seen) => void (seen.vip = silence))
    expect(judge(seen, spec, observedAtMs).verdict).toBe(
      `down: no writes, the virtual address ${spec.network.vip} gives no answer within 2 s`,
    )
  })
})

describe('judge, whatever is seen', () => {
  /** Any two faults at once, and sources lost at random after them. */
  const sources = (seen: Mutable): (readonly [string, () => void])[] => [
    ...Object.entries({
      nodes: seen.nodes,
      clusters: seen.clusters,
      etcd: seen.etcd,
      haproxies: seen.haproxies,
      hosts: seen.hosts,
    }).flatMap(([kind, map]) =>
      [...map.keys()].map(
        (host) => [`${kind} ${host}`, () => void (map as Map<string, unknown>).set(host, silence)] as const,
      ),
    ),
    ['vip', () => void (seen.vip = silence)],
  ]
  const rank = { healthy: 0, degraded: 1, down: 2 } as const
  const common = faults.filter(({ of }) => of === spec)
  const anyFaults = fc.uniqueArray(fc.integer({ min: 0, max: common.length - 1 }), { maxLength: 2 })
  const anyLosses = fc.uniqueArray(fc.nat(100), { maxLength: 22 })
  const seenWith = (chosen: readonly number[], losses: readonly number[]) =>
    seeing((seen) => {
      for (const index of chosen) {
        try {
          common[index]?.cause(seen)
        } catch {
          // The other fault has silenced what this one wants to change.
        }
      }
      const all = sources(seen)
      for (const loss of losses) all[loss % all.length]?.[1]()
    })

  it('never gets better when a source that tells of nothing wrong is lost', () => {
    fc.assert(
      fc.property(anyFaults, anyLosses, fc.nat(100), (chosen, losses, extra) => {
        const before = judge(seenWith(chosen, losses), spec, observedAtMs)
        const after = judge(seenWith(chosen, [...losses, extra]), spec, observedAtMs)
        const healthyAlone = judge(seenWith([], [extra]), spec, observedAtMs)
        fc.pre(isUntouched(chosen, extra))
        expect(rank[after.level]).toBeGreaterThanOrEqual(rank[before.level])
        expect(healthyAlone.level).not.toBe('healthy')
      }),
      { numRuns: 400 },
    )
  })

  /** The source says the same with the faults as without: it is a healthy one. */
  function isUntouched(chosen: readonly number[], extra: number): boolean {
    const told = (seen: Observations) => {
      const { vip, nodes, clusters, etcd, haproxies, hosts } = seen
      const all = [nodes, clusters, etcd, haproxies, hosts].flatMap((map) => [...map.values()] as unknown[])
      return JSON.stringify([...all, vip][extra % (all.length + 1)])
    }
    return told(seenWith(chosen, [])) === told(seenWith([], []))
  }

  it('is down without exactly one primary, and healthy only without warnings', () => {
    fc.assert(
      fc.property(anyFaults, anyLosses, (chosen, losses) => {
        const { level, writes, warnings } = judge(seenWith(chosen, losses), spec, observedAtMs)
        if (writes.primary === null) expect(level).toBe('down')
        if (writes.possible === null) expect(level).toBe('degraded')
        expect(level === 'healthy').toBe(
          writes.possible === true && warnings.every(({ severity }) => severity === 'notice'),
        )
        expect(writes.possible === false).toBe(level === 'down')
      }),
      { numRuns: 400 },
    )
  })

  it('gives every warning a command to type next', () => {
    fc.assert(
      fc.property(anyFaults, anyLosses, (chosen, losses) => {
        for (const { next, message } of judge(seenWith(chosen, losses), spec, observedAtMs).warnings) {
          expect(next).toMatch(
            /^(fleet cluster (logs [\w-]+ (patroni|postgresql|etcd|haproxy|keepalived|backups|chrony|nftables)|resume|reinit [\w-]+|restart [\w-]+|diff|backup --(full|diff)|backups|certs renew)|ssh -p \d+ \S+@[\d.]+ .+|ping -c 3 [\d.]+|ip neigh show [\d.]+)$/u,
          )
          const [, node, service] = /^fleet cluster logs (\S+) (\S+)$/u.exec(next) ?? []
          const host = spec.hosts.find(({ name }) => name === node)
          if (service !== undefined) expect(host && servicesOn(host)).toContain(service)
          expect(message).not.toMatch(/undefined|NaN|null|\[object/u)
        }
      }),
      { numRuns: 400 },
    )
  })
})

describe('acknowledgementsNeeded', () => {
  it.each([
    ['', 0],
    ['ANY 1 ("pg-node-1","pg-node-3")', 1],
    ['ANY 2 (a, b, c)', 2],
    ['2 (a, b)', 2],
    ['FIRST 1 (a)', 1],
    ['"pg-node-1"', 1],
    ['*', 1],
  ])('%s: %i', (names, needed) => {
    expect(acknowledgementsNeeded(names)).toBe(needed)
  })
})
