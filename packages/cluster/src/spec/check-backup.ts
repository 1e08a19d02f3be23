import { type Calendar, doCoincide, longestGapDays, parseCalendar, timesADay } from './calendar.ts'
import type { ClusterSpec } from './cluster-spec.ts'
import { isOwnDirectory } from './own-directory.ts'
import { Fault, type SpecSource } from './spec-source.ts'

/** All nodes may be lost with at most this much of the newest data (RPO); pushing a segment takes some of it. */
const mostLossS = 60
const pushS = 10

const kinds = ['full', 'differential', 'verify'] as const
type Kind = (typeof kinds)[number]

/** When backups are taken, what is kept, and what is lost at worst. */
export function checkBackup(spec: ClusterSpec, source: SpecSource): void {
  const { backup } = spec
  if (source.isSound('backup.archive_timeout') && backup.archiveTimeoutS > mostLossS - pushS)
    source.error(
      'backup.archive_timeout',
      `archive_timeout is ${backup.archiveTimeoutS}s.`,
      `If all nodes burn, so much is lost and the ${pushS}s that a segment may travel: more than the ${mostLossS}s that are promised.`,
      `Write ${mostLossS - pushS}s or less; 30s is usual.`,
    )
  else if (source.isSound('backup.archive_timeout') && backup.archiveTimeoutS < 5)
    source.warn(
      'backup.archive_timeout',
      `archive_timeout is ${backup.archiveTimeoutS}s.`,
      'While anything is written, a segment of 16 MB is handed over that often: compressed, but thousands a day.',
      'Write 30s.',
    )
  const schedule = checkSchedule(backup, source)
  checkRetention(backup, schedule.get('full') ?? null, source)
  const { repository } = backup
  if (repository.type !== 's3' && source.isSound('backup.repository') && !isOwnDirectory(repository.path))
    source.error(
      'backup.repository.path',
      `${repository.path} belongs to the system.`,
      'The repository needs a directory of its own, on a disk with room for it.',
      'Write /var/lib/pgbackrest, or a directory of a disk of its own, like /srv/backup.',
    )
  if (!backup.encryption && repository.type !== 'path' && source.isSound('backup.encryption'))
    source.warn(
      'backup.encryption',
      `encryption is off for a repository of type ${repository.type}.`,
      'Who can read the store can read the whole database.',
      'Write encryption: true, or remove the line.',
    )
}

function checkSchedule({ schedule }: ClusterSpec['backup'], source: SpecSource): ReadonlyMap<Kind, Calendar> {
  const calendars = new Map<Kind, Calendar>()
  for (const kind of kinds) {
    const field = `backup.schedule.${kind}`
    if (!source.isSound(field)) continue
    const calendar = parseCalendar(schedule[kind])
    if (calendar instanceof Fault) {
      source.refuse(field, calendar)
      continue
    }
    calendars.set(kind, calendar)
    if (timesADay(calendar) > 24)
      source.error(
        field,
        `"${schedule[kind]}" is ${timesADay(calendar)} times a day.`,
        'The next one would start before the last has ended, and fail.',
        'Write one time a day, like 01:00.',
      )
    for (const [other, theirs] of calendars)
      if (other !== kind && doCoincide(calendar, theirs))
        source.error(
          source.mostSpecific([field, `backup.schedule.${other}`]),
          `${kind} "${schedule[kind]}" and ${other} "${schedule[other]}" start at the same time.`,
          'pgBackRest does one at a time; the other one would fail.',
          `Move ${kind} to another time or to other days.`,
        )
  }
  const full = calendars.get('full')
  if (full && longestGapDays(full) > 31)
    source.warn(
      'backup.schedule.full',
      `Up to ${longestGapDays(full)} days pass between full backups.`,
      'Each restore starts from a full backup: one that old takes long, and damage to it costs all that follows.',
      'Take one a week, like Sun 01:00.',
    )
  return calendars
}

/**
 * The renderers keep both promises, at least so many full backups and any moment of so many days: by count alone, four
 * weekly backups reach back three weeks when a fifth has pushed out the oldest.
 */
function checkRetention(backup: ClusterSpec['backup'], full: Calendar | null, source: SpecSource): void {
  const { fulls, walDays } = backup.retention
  const field = 'backup.retention.fulls'
  if (source.isSound(field) && fulls < 2) {
    source.error(
      field,
      `fulls is ${fulls}.`,
      fulls === 0
        ? 'Every backup would be deleted, the newest one too.'
        : 'As soon as a new full backup ends, the only one that was ever verified would be deleted.',
      'Write 2 or more; 4 is usual.',
    )
    return
  }
  if (full === null || !source.isSound(field, 'backup.retention.wal')) return
  // pgBackRest keeps the full backups of these days and one older one, and removes it after the next was taken.
  const mostFulls = Math.floor(walDays / longestGapDays(full)) + 2
  if (mostFulls > 2 * fulls + 2)
    source.warn(
      source.mostSpecific(['backup.retention.wal', field]),
      `WAL of ${walDays} days keeps up to ${mostFulls} full backups, and fulls says ${fulls}.`,
      'WAL restores nothing without the full backup before it, so these are kept as long.',
      'Lower wal, take full backups less often, or make room for them in the repository.',
    )
}
