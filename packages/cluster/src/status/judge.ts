import type { ClusterSpec } from '../spec/cluster-spec.ts'
import type { ClusterStatus, StatusLevel } from './cluster-status.ts'
import { judgeArchive } from './judge-archive.ts'
import { judgeBackup } from './judge-backup.ts'
import { judgeEtcd } from './judge-etcd.ts'
import { judgeHaproxies } from './judge-haproxy.ts'
import { judgeHosts, silentHosts } from './judge-hosts.ts'
import { judgeMembers } from './judge-members.ts'
import { judgeWrites, type WritesJudgement } from './judge-writes.ts'
import type { Observations } from './observations.ts'
import { valueOf } from './observed.ts'
import { countOf, durationInWords } from './quantity-words.ts'
import { bySeverity, type Warning } from './warning.ts'

/**
 * The state of the cluster from what was seen of it. Pure.
 *
 * Invariants, each with its test in judge.test.ts: a source that is lost never makes the level better; without a
 * primary, or with two, the level is `down`, and with one that is silent never `healthy`; `healthy` has no warnings but notices; every warning names a command.
 *
 * @param nowMs the operator's clock, Unix milliseconds
 */
export function judge(seen: Observations, spec: ClusterSpec, nowMs: number): ClusterStatus {
  const writes = judgeWrites(spec, seen)
  const off = silentHosts(spec, seen)
  const members = judgeMembers(spec, seen, writes, off, nowMs)
  const etcd = judgeEtcd(spec, seen, writes.primary, off)
  const { haproxies, vip, warnings: haproxyWarnings } = judgeHaproxies(spec, seen, writes.primary, off)
  const backup = judgeBackup(spec, seen, nowMs)
  const archive = judgeArchive(spec, seen, writes.primary, nowMs)
  const hosts = judgeHosts(spec, seen, off, nowMs)
  const warnings = bySeverity([
    ...members.warnings,
    ...haproxyWarnings,
    ...etcd.warnings,
    ...hosts.warnings,
    ...archive.warnings,
    ...backup.warnings,
  ])
  const level = levelOf(writes, warnings)
  const paused = pausedOf(seen)
  return {
    version: 1,
    cluster: spec.name,
    observedAt: new Date(nowMs).toISOString(),
    tookMs: seen.tookMs,
    level,
    verdict: verdictOf(level, spec, writes, warnings, backup.found, seen),
    writes: {
      possible: writes.obstacle !== null ? false : writes.doubt !== null ? null : true,
      primary: writes.primary,
      acknowledgingStandbys: writes.acknowledging,
      obstacle: writes.obstacle,
    },
    paused,
    lastFailover: lastFailoverOf(seen, writes.primary),
    members: members.found,
    etcd: etcd.found,
    haproxies,
    vip,
    backup: backup.found,
    archive: archive.found,
    hosts: hosts.found,
    warnings,
  }
}

function levelOf(writes: WritesJudgement, warnings: readonly Warning[]): StatusLevel {
  if (writes.obstacle !== null) return 'down'
  const wrong = warnings.some(({ severity }) => severity !== 'notice')
  return wrong || writes.doubt !== null ? 'degraded' : 'healthy'
}

function verdictOf(
  level: StatusLevel,
  spec: ClusterSpec,
  writes: WritesJudgement,
  warnings: readonly Warning[],
  backup: ClusterStatus['backup'],
  seen: Observations,
): string {
  if (level === 'down') return `down: no writes, ${writes.obstacle}`
  const { durability } = spec.postgresql
  const count = writes.acknowledging?.length ?? null
  const durable =
    durability === 'async'
      ? `${countOf(streamingOf(seen, writes.primary), 'standby')} behind it (async)`
      : count === null
        ? 'standbys unknown'
        : `${countOf(count, 'standby')} in ${durability === 'quorum' ? 'quorum' : 'sync'}`
  const ages = Object.values(backup.last).flatMap((last) => (last ? [last.ageS] : []))
  const backedUp =
    backup.answer !== null
      ? 'backups not seen'
      : ages.length === 0
        ? 'no backup'
        : `last backup ${durationInWords(Math.min(...ages) * 1000)} ago`
  const wrong = warnings.filter(({ severity }) => severity !== 'notice').length
  return [
    `${level}: ${writes.doubt ?? `writes go to ${writes.primary}`}`,
    durable,
    backedUp,
    ...(wrong > 0 ? [countOf(wrong, 'warning')] : []),
  ].join(', ')
}

const streamingOf = (seen: Observations, primary: string | null): number =>
  (primary === null ? null : valueOf(seen.nodes.get(primary)))?.replication.filter(
    ({ state }) => state === 'streaming',
  ).length ?? 0

function pausedOf(seen: Observations): boolean | null {
  const nodes = [...seen.nodes.values()].flatMap((observed) => valueOf(observed) ?? [])
  return nodes.length === 0 ? null : nodes.some(({ paused }) => paused)
}

function lastFailoverOf(seen: Observations, primary: string | null): ClusterStatus['lastFailover'] {
  const all = [...seen.histories].flatMap(([host, observed]) => {
    const history = valueOf(observed)
    return history ? [{ host, history }] : []
  })
  const found = all.find(({ host }) => host === primary) ?? all[0]
  const last = found?.history.at(-1)
  if (!last?.at) return null
  const atMs = Date.parse(last.at)
  if (Number.isNaN(atMs)) return null
  return { at: new Date(atMs).toISOString(), to: last.leader, timeline: last.timeline + 1 }
}
