import { type ClusterSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { ArchiveStatus } from './cluster-status.ts'
import type { HostProbe, PostgresqlProbe } from './host-probe.ts'
import { repositoryStanza } from './judge-backup.ts'
import { probeOf } from './judge-writes.ts'
import { limits } from './limits.ts'
import type { Observations } from './observations.ts'
import { bytesInWords, durationInWords } from './quantity-words.ts'
import { logsOf, type Warning } from './warning.ts'

/** Whether WAL reaches the repository, seen from the primary, and for how long the primary can bear it if not. */
export function judgeArchive(
  spec: ClusterSpec,
  seen: Observations,
  primary: string | null,
  nowMs: number,
): { readonly found: ArchiveStatus; readonly warnings: readonly Warning[] } {
  const observed = primary === null ? undefined : seen.hosts.get(primary)
  const probe = observed?.ok ? observed.value : null
  const postgresql = probe?.answers.postgresql ?? null
  const droppedMs = lastDropMs(spec, seen)
  const droppedAt = droppedMs === null ? null : new Date(droppedMs).toISOString()
  const drops = dropWarnings(spec, seen, droppedMs, nowMs)
  if (!probe || !postgresql) {
    const answer =
      primary === null
        ? 'there is no primary to ask'
        : !observed?.ok
          ? (observed?.failure.message ?? 'not asked')
          : (probe?.errors['postgresql'] ?? 'PostgreSQL did not answer in time')
    const nothing = {
      lastAt: null,
      ageS: null,
      waitingSegments: null,
      oldestWaitingS: null,
      unarchivedBytes: null,
      failing: null,
    }
    return { found: { answer, ...nothing, droppedAt }, warnings: drops }
  }
  const { archiver } = postgresql
  const wal = probe.answers.wal
  // The host's clock wrote these times: its own age of them is right whatever ours says.
  const hostNowMs = probe.timeMs
  const waitedMs = wal?.oldestWaitingMs == null ? null : Math.max(0, hostNowMs - wal.oldestWaitingMs)
  const failing = archiver.failedAtMs !== null && archiver.failedAtMs > (archiver.lastAtMs ?? 0)
  const found: ArchiveStatus = {
    answer: null,
    lastAt: archiver.lastAtMs === null ? null : new Date(archiver.lastAtMs).toISOString(),
    ageS: archiver.lastAtMs === null ? null : Math.max(0, Math.round((hostNowMs - archiver.lastAtMs) / 1000)),
    waitingSegments: wal?.waitingCount ?? null,
    oldestWaitingS: waitedMs === null ? null : Math.round(waitedMs / 1000),
    unarchivedBytes: unarchivedBytes(postgresql),
    failing,
    droppedAt,
  }
  return { found, warnings: [...stateWarnings(spec, probe, postgresql, found, primary ?? ''), ...drops] }
}

function stateWarnings(
  spec: ClusterSpec,
  probe: HostProbe,
  postgresql: PostgresqlProbe,
  found: ArchiveStatus,
  primary: string,
): readonly Warning[] {
  const about = { severity: 'critical', host: primary } as const
  if (postgresql.archiveMode === 'off')
    return [
      {
        ...about,
        code: 'archive_off',
        message: `PostgreSQL on ${primary} archives no WAL (archive_mode is off): no moment after the last backup can be restored.`,
        next: 'fleet cluster diff',
      },
    ]
  const next = logsOf(primary, 'postgresql')
  const waiting = `${found.waitingSegments ?? 0} WAL segments wait${found.oldestWaitingS === null ? '' : `, the oldest since ${durationInWords(found.oldestWaitingS * 1000)}`}`
  const outlook = outlookInWords(spec, probe, postgresql, found)
  if (found.failing)
    return [
      {
        ...about,
        code: 'archive_failing',
        message: `Archiving fails on ${primary}: ${waiting}. ${outlook}`,
        next,
      },
    ]
  if (found.oldestWaitingS !== null && found.oldestWaitingS * 1000 > limits.archiveWaitMs)
    return [
      {
        ...about,
        code: 'archive_waiting',
        message: `Archiving falls behind on ${primary}: ${waiting}. ${outlook}`,
        next,
      },
    ]
  return []
}

/** How long it can go on: WAL since the last archived segment, over the time that it took. */
function outlookInWords(
  spec: ClusterSpec,
  probe: HostProbe,
  postgresql: PostgresqlProbe,
  found: ArchiveStatus,
): string {
  const sinceMs = found.ageS === null ? null : found.ageS * 1000
  const bytes = found.unarchivedBytes
  const disk = diskOf(probe, spec.postgresql.dataDirectory)
  if (sinceMs === null || bytes === null || bytes === 0 || sinceMs === 0)
    return disk ? `${bytesInWords(disk.freeBytes)} of its disk are free.` : ''
  const bytesPerMs = bytes / sinceMs
  const queueBytes = spec.backup.archiveQueueMaxMb * 1024 * 1024
  const waitingBytes = (found.waitingSegments ?? 0) * postgresql.segmentBytes
  const dropMs = Math.max(0, queueBytes - waitingBytes) / bytesPerMs
  const diskMs = disk ? disk.freeBytes / bytesPerMs : null
  const drop = `At this rate WAL is dropped in ${durationInWords(dropMs)} (the queue takes ${bytesInWords(queueBytes)})`
  if (diskMs === null) return `${drop}.`
  return diskMs < dropMs
    ? `At this rate the disk is full in ${durationInWords(diskMs)} (${bytesInWords(disk?.freeBytes ?? 0)} free).`
    : `${drop}; the disk would last ${durationInWords(diskMs)}.`
}

function diskOf(probe: HostProbe, path: string): { readonly freeBytes: number } | null {
  const disks = probe.answers.disks ?? []
  const depth = (disk: { path: string }) => (disk.path === '/' ? 1 : disk.path.length)
  return (
    disks
      .filter((disk) => disk.path === '/' || path === disk.path || path.startsWith(`${disk.path}/`))
      .toSorted((a, b) => depth(b) - depth(a))[0] ?? null
  )
}

/**
 * Where a WAL segment ends, in bytes from the first.
 *
 * @param name as in pg_wal: timeline, log and segment as 8 hexadecimal digits each; anything behind is let off
 */
export function segmentEnd(name: string, segmentBytes: number): number | null {
  const found = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})/u.exec(name)
  if (!found) return null
  const [, log = '', segment = ''] = found
  return Number.parseInt(log, 16) * 2 ** 32 + (Number.parseInt(segment, 16) + 1) * segmentBytes
}

function unarchivedBytes({ lsn, archiver, segmentBytes }: PostgresqlProbe): number | null {
  const end = archiver.lastWal === null ? null : segmentEnd(archiver.lastWal, segmentBytes)
  return lsn === null || end === null ? null : Math.max(0, lsn - end)
}

/** The witness may be any node: whoever was the primary then. */
function lastDropMs(spec: ClusterSpec, seen: Observations): number | null {
  const found = hostsWith(spec, 'postgresql').flatMap(({ name }) => {
    const at = probeOf(seen, name)?.answers.droppedWalMs
    return at == null ? [] : [at]
  })
  return found.length === 0 ? null : Math.max(...found)
}

function dropWarnings(
  spec: ClusterSpec,
  seen: Observations,
  droppedMs: number | null,
  nowMs: number,
): readonly Warning[] {
  if (droppedMs === null) return []
  const last = repositoryStanza(spec, seen)?.backups.at(-1)
  // A backup begun after the gap needs nothing from before it.
  if (last && last.startedMs > droppedMs) return []
  return [
    {
      code: 'archive_dropped',
      severity: 'critical',
      host: null,
      message: `WAL was dropped ${durationInWords(nowMs - droppedMs)} ago because the repository was away too long: no moment after that can be restored until there is a new backup.`,
      next: 'fleet cluster backup --diff',
    },
  ]
}
