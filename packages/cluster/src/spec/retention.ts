import { Fault } from './spec-source.ts'
import { longestGapDays, parseCalendar } from './calendar.ts'
import type { ClusterSpec } from './cluster-spec.ts'

/** What pgBackRest is told to keep, on a checked spec. */
export interface BackupRetention {
  /** For repo1-retention-full, with repo1-retention-full-type=time. */
  readonly fullDays: number
  /** For repo1-retention-diff. Full backups count as differential ones. */
  readonly differentials: number
  /** Full backups that are in the repository at most, while one is taken as scheduled. */
  readonly mostFulls: number
}

/**
 * Keeps both promises of `backup.retention`: at least `fulls` full backups, and any moment of the last `walDays`.
 *
 * By count alone they contradict each other: four weekly backups reach back three weeks when a fifth has just
 * pushed out the oldest, and WAL from before the oldest full backup restores nothing. By time, pgBackRest expires a
 * full backup only when another one is as old as the limit (`pgbackrest help expire repo-retention-full-type`), so
 * the last one always stays, and WAL goes with the oldest backup.
 */
export function backupRetention(backup: ClusterSpec['backup']): BackupRetention {
  const { fulls, differentials, walDays } = backup.retention
  const full = parseCalendar(backup.schedule.full)
  const gapDays = full instanceof Fault ? 1 : longestGapDays(full)
  const fullDays = Math.max(walDays, (fulls - 1) * gapDays)
  return { fullDays, differentials, mostFulls: Math.floor(fullDays / gapDays) + 2 }
}
