import type { BackupKind, PgbackrestBackup, PgbackrestStanza } from '../pgbackrest/pgbackrest-info.ts'
import { type ClusterSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { BackupStatus } from './cluster-status.ts'
import { probeOf } from './judge-writes.ts'
import { limits } from './limits.ts'
import type { Observations } from './observations.ts'
import { durationInWords } from './quantity-words.ts'
import { logsOf, type Warning } from './warning.ts'

const takeFull = 'fleet cluster backup --full'
const takeDifferential = 'fleet cluster backup --diff'

/** Backups and their verification; WAL is in judge-archive.ts. */
export function judgeBackup(
  spec: ClusterSpec,
  seen: Observations,
  nowMs: number,
): { readonly found: BackupStatus; readonly warnings: readonly Warning[] } {
  const host = hostsWith(spec, 'backup')[0]
  const observed = host && seen.hosts.get(host.name)
  const probe = observed?.ok ? observed.value : null
  const stanza = repositoryStanza(spec, seen)
  const verify = probe?.answers.verify ?? null
  const answer = !observed
    ? 'not asked'
    : !observed.ok
      ? observed.failure.message
      : stanza === null && !probe?.answers.repository
        ? (probe?.errors['repository'] ?? 'the repository did not answer in time')
        : null
  const found: BackupStatus = {
    answer,
    running: stanza?.running ?? null,
    last: {
      full: describe(newest(stanza, 'full'), nowMs),
      differential: describe(newest(stanza, 'differential'), nowMs),
      incremental: describe(newest(stanza, 'incremental'), nowMs),
    },
    count: stanza?.backups.length ?? null,
    repositoryBytes: stanza ? stanza.backups.reduce((sum, backup) => sum + backup.repositoryBytes, 0) : null,
    verify: verify && { ...verify, endedAt: new Date(verify.endedMs).toISOString() },
  }
  // A host that does not answer is told of as a host.
  if (!probe || answer !== null) return { found, warnings: [] }
  const gaps = probe.answers.schedule ?? {}
  return {
    found,
    warnings: [
      ...repositoryWarnings(spec, stanza),
      ...(stanza ? ageWarnings(stanza, gaps, nowMs) : []),
      ...(stanza ? verifyWarnings(stanza, verify, gaps, host?.name ?? null, nowMs) : []),
    ],
  }
}

/** What the repository holds of this cluster; null when it was not read or holds nothing. */
export function repositoryStanza(spec: ClusterSpec, seen: Observations): PgbackrestStanza | null {
  const host = hostsWith(spec, 'backup')[0]
  const stanzas = host && probeOf(seen, host.name)?.answers.repository
  return stanzas?.find(({ name }) => name === spec.backup.stanza) ?? null
}

const newest = (stanza: PgbackrestStanza | null, kind: BackupKind): PgbackrestBackup | null =>
  stanza?.backups.findLast((backup) => backup.kind === kind) ?? null

function describe(backup: PgbackrestBackup | null, nowMs: number): BackupStatus['last'][BackupKind] {
  if (!backup) return null
  const { label, endedMs, databaseBytes, repositoryBytes } = backup
  return {
    label,
    endedAt: new Date(endedMs).toISOString(),
    ageS: Math.max(0, Math.round((nowMs - endedMs) / 1000)),
    databaseBytes,
    repositoryBytes,
  }
}

function repositoryWarnings(spec: ClusterSpec, stanza: PgbackrestStanza | null): readonly Warning[] {
  const about = { severity: 'critical', host: null } as const
  if (!stanza || stanza.backups.length === 0)
    return [
      {
        ...about,
        code: 'backup_none',
        message: `There is no backup of ${spec.backup.stanza} (pgBackRest: ${stanza?.statusMessage ?? 'no such stanza'}).`,
        next: takeFull,
      },
    ]
  // 2 is "no valid backups", which was told just above.
  const problems: Warning[] =
    stanza.statusCode === 0 || stanza.statusCode === 2
      ? []
      : [
          {
            ...about,
            code: 'backup_repository',
            message: `pgBackRest says of the repository: ${stanza.statusMessage}.`,
            next: 'fleet cluster backups',
          },
        ]
  const damaged = stanza.backups.at(-1)
  if (damaged?.damaged)
    problems.push({
      ...about,
      code: 'backup_damaged',
      message: `The last backup ${damaged.label} met pages with a wrong checksum: the primary's disk or memory damages data.`,
      next: 'fleet cluster backups',
    })
  if (stanza.running)
    problems.push({
      severity: 'notice',
      host: null,
      code: 'backup_running',
      message: 'A backup is being taken now.',
      next: 'fleet cluster backups',
    })
  return problems
}

type Gaps = Readonly<Record<string, number | null>>

/** How old the last run of a timer may be: its longest interval and time to do the work; null when unknown. */
function allowedMs(gaps: Gaps, name: string): number | null {
  const gap = gaps[name]
  return gap == null ? null : gap + Math.max(limits.scheduleGraceMs, gap * limits.scheduleGrace)
}

function ageWarnings(stanza: PgbackrestStanza, gaps: Gaps, nowMs: number): readonly Warning[] {
  const full = newest(stanza, 'full')
  const last = stanza.backups.at(-1)
  if (!full || !last) return []
  const tooOld = (
    name: string,
    backup: PgbackrestBackup,
    words: string,
    next: string,
  ): readonly Warning[] => {
    const allowed = allowedMs(gaps, name)
    const ageMs = nowMs - backup.endedMs
    if (allowed === null || ageMs <= allowed || stanza.running) return []
    return [
      {
        code: 'backup_old',
        severity: 'warning',
        host: null,
        message: `The last ${words} is ${durationInWords(ageMs)} old, and one is due every ${durationInWords(gaps[name] ?? 0)}.`,
        next,
      },
    ]
  }
  const fulls = tooOld('full', full, 'full backup', takeFull)
  // A missing full backup is the reason for both, and its cure cures both.
  return fulls.length > 0 ? fulls : tooOld('differential', last, 'backup', takeDifferential)
}

function verifyWarnings(
  stanza: PgbackrestStanza,
  verify: { readonly endedMs: number; readonly ok: boolean; readonly message: string } | null,
  gaps: Gaps,
  host: string | null,
  nowMs: number,
): readonly Warning[] {
  const next = logsOf(host ?? 'HOST', 'backups')
  if (verify && !verify.ok)
    return [
      {
        code: 'verify_failed',
        severity: 'critical',
        host,
        message: `The last check of the repository failed ${durationInWords(nowMs - verify.endedMs)} ago: ${verify.message.trim().split('\n').at(-1)?.slice(0, 160)}`,
        next,
      },
    ]
  const allowed = allowedMs(gaps, 'verify')
  // Before the first verify, the age of the first backup says whether one was due.
  const sinceMs = verify?.endedMs ?? stanza.backups[0]?.endedMs ?? nowMs
  if (allowed === null || nowMs - sinceMs <= allowed) return []
  return [
    {
      code: 'verify_old',
      severity: 'warning',
      host,
      message: verify
        ? `The repository was last checked ${durationInWords(nowMs - sinceMs)} ago.`
        : `The repository was never checked since its first backup ${durationInWords(nowMs - sinceMs)} ago.`,
      next,
    },
  ]
}
