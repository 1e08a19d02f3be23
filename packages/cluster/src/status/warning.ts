import type { LoggedService } from '../operate/logs.ts'

/**
 * - `critical`: writes are impossible or one more failure away from it, or data is in danger
 * - `warning`: something needs a hand, not tonight
 * - `notice`: worth knowing; does not change the level
 */
export type Severity = 'critical' | 'warning' | 'notice'

/** Each is a key of the runbook. */
export const warningCodes = [
  'no_primary',
  'two_primaries',
  'commits_wait',
  'no_acknowledging_standby',
  'host_off',
  'patroni_no_answer',
  'patroni_no_etcd',
  'postgresql_not_running',
  'standby_not_streaming',
  'standby_lagging',
  'timeline_differs',
  'other_database',
  'pending_restart',
  'paused',
  'failsafe_active',
  'member_missing',
  'member_foreign',
  'watchdog_missing',
  'etcd_no_answer',
  'etcd_no_quorum',
  'etcd_leaders_differ',
  'etcd_alarm',
  'etcd_member_foreign',
  'etcd_leader_beside_primary',
  'haproxy_no_answer',
  'haproxy_no_primary',
  'haproxy_other_primary',
  'haproxy_grace',
  'haproxy_connections',
  'haproxy_no_reads',
  'haproxies_disagree',
  'vip_no_answer',
  'vip_foreign',
  'vip_held_twice',
  'backup_none',
  'backup_old',
  'backup_damaged',
  'backup_repository',
  'backup_running',
  'verify_failed',
  'verify_old',
  'archive_off',
  'archive_failing',
  'archive_waiting',
  'archive_dropped',
  'ssh_failed',
  'probe_incomplete',
  'service_not_active',
  'disk_full',
  'clock_skew',
  'certificate_ends',
] as const
export type WarningCode = (typeof warningCodes)[number]

export interface Warning {
  readonly code: WarningCode
  readonly severity: Severity
  /** The host that is meant; null for the cluster. */
  readonly host: string | null
  /** What, with the figures, and why it matters. */
  readonly message: string
  /** The command to type next. */
  readonly next: string
}

/** The command that shows a service's log; typed, so that a warning names no service that it does not know. */
export const logsOf = (host: string, service: LoggedService): string =>
  `fleet cluster logs ${host} ${service}`

const rank = { critical: 0, warning: 1, notice: 2 } as const

/** Worst first; else in the order in which they were found. */
export const bySeverity = (warnings: readonly Warning[]): readonly Warning[] =>
  [...warnings].sort((a, b) => rank[a.severity] - rank[b.severity])
