import { Fault } from './spec-source.ts'

interface Management {
  readonly names: readonly string[]
  readonly why: string
  readonly fix: string
}

/** Settings that the cluster must own to keep its promises, and where the operator decides instead. */
const managements: readonly Management[] = [
  {
    names: ['synchronous_standby_names', 'synchronous_commit', 'synchronized_standby_slots'],
    why: 'Patroni changes it as standbys come and go; a fixed value loses writes or blocks them.',
    fix: 'Remove it and choose postgresql.durability.',
  },
  {
    names: ['fsync', 'full_page_writes', 'wal_log_hints', 'zero_damaged_pages', 'ignore_checksum_failure'],
    why: 'A crash or pg_rewind could leave a damaged database.',
    fix: 'Remove it.',
  },
  {
    names: [
      'archive_mode',
      'archive_command',
      'archive_library',
      'archive_cleanup_command',
      'restore_command',
    ],
    why: 'pgBackRest archives and restores WAL; without it there is no backup.',
    fix: 'Remove it; section backup decides.',
  },
  {
    names: ['archive_timeout'],
    why: 'The time that may be lost with all nodes depends on it.',
    fix: 'Remove it and set backup.archive_timeout.',
  },
  {
    names: ['wal_level', 'hot_standby', 'primary_conninfo', 'primary_slot_name'],
    why: 'Standbys could not follow the primary, or not be read.',
    fix: 'Remove it; Patroni sets it.',
  },
  {
    names: ['listen_addresses', 'port', 'unix_socket_directories', 'cluster_name'],
    why: 'Patroni, HAProxy and pgBackRest find PostgreSQL by it.',
    fix: 'Remove it; hosts and name decide.',
  },
  {
    names: ['data_directory', 'config_file', 'hba_file', 'ident_file', 'external_pid_file'],
    why: 'Patroni writes these files and looks for them there.',
    fix: 'Remove it; postgresql.data_directory decides.',
  },
  {
    names: ['password_encryption', 'krb_server_keyfile'],
    why: 'Roles sign in with SCRAM only.',
    fix: 'Remove it.',
  },
  {
    names: ['logging_collector', 'log_destination', 'log_directory', 'log_filename'],
    why: '`fleet cluster logs` reads where the cluster writes.',
    fix: 'Remove it.',
  },
  {
    names: ['timezone', 'log_timezone'],
    why: 'Logs and backups of all hosts tell the same time.',
    fix: 'Remove it and set time_zone.',
  },
  {
    names: ['recovery_min_apply_delay', 'restart_after_crash'],
    why: 'A failover would wait for it.',
    fix: 'Remove it; Patroni decides.',
  },
]

const byName = new Map(
  managements.flatMap(({ names, why, fix }) => names.map((name) => [name, { why, fix }])),
)

/** Why the operator may not set it; null when they may. */
export function managedFault(name: string): Fault | null {
  const lower = name.toLowerCase()
  if (/^ssl(_|$)/.test(lower))
    return new Fault(
      `${name} is set by the cluster.`,
      "TLS is always on, with the cluster's own certificates.",
      'Remove it; see fleet cluster certs.',
    )
  if (lower.startsWith('recovery_target'))
    return new Fault(
      `${name} is set by the cluster.`,
      'Every standby would stop there.',
      'Remove it; a restore to a moment is a command of its own.',
    )
  const managed = byName.get(lower)
  return managed ? new Fault(`${name} is set by the cluster.`, managed.why, managed.fix) : null
}
