import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failed, observedAtMs, observeHealthy, silence } from '../../testing/observed-cluster.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { servicesOn } from '../operate/logs.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { judge } from './judge.ts'
import { acknowledgementsNeeded } from './judge-writes.ts'
import { segmentEnd } from './judge-archive.ts'
import type { Observations } from './observations.ts'
import type { WarningCode } from './warning.ts'
import {
  dayMs,
  faults,
  loseStandby,
  type Mutable,
  postgresqlIn,
  primary,
  probeIn,
  seeing,
  silenceHost,
  spec,
  standby,
  valueIn,
} from '../../testing/status-faults.ts'

const codes = (seen: Observations, of: ClusterSpec = spec): readonly WarningCode[] =>
  judge(seen, of, observedAtMs).warnings.map(({ code }) => code)

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
