import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import { paths } from '../layout.ts'
import { dcsParameters, type PostgresSettings } from '../spec/sizing.ts'
import { archiveScripts } from './archive-scripts.ts'
import { certificatePaths } from './certificate-files.ts'

/** Good for every cluster; an operator may still decide otherwise in cluster.yml. */
const defaults: PostgresSettings = {
  // A peer that lost its power sends no FIN. Idle connections are probed away after 5 + 3 * 2 s, those with data on
  // the way after 10 s, and a running query notices within 2 s that nobody waits for it.
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '10s',
  client_connection_check_interval: '2s',
  // Until a silent standby's sender is gone, `durability: sync` waits for it; the default would be 60 s.
  wal_sender_timeout: '5s',
  wal_receiver_timeout: '5s',
  wal_receiver_status_interval: '1s',
  // The default is 5 s, which a standby would wait before it tries the new primary again.
  wal_retrieve_retry_interval: '1s',

  // A client that hangs inside a transaction keeps its locks and holds back vacuum everywhere.
  idle_in_transaction_session_timeout: '1min',

  // Patroni's standard error, and this with it, goes to the journal, which adds time and process. Values of parameters
  // are left out: they are the application's data.
  log_line_prefix: '%m [%p] %q%u@%d %h %a ',
  log_lock_waits: 'on',
  log_checkpoints: 'on',
  log_temp_files: '64MB',
  log_min_duration_statement: '1s',
  log_autovacuum_min_duration: '10s',
  log_parameter_max_length: '0',
}

/** What the cluster's promises rest on: the spec's check refuses to have them overridden (managed-settings.ts). */
function reserved(spec: ClusterSpec): PostgresSettings {
  const tls = certificatePaths('postgresql')
  return {
    unix_socket_directories: paths.postgresqlSocket,
    ssl: 'on',
    ssl_cert_file: tls.certificate,
    ssl_key_file: tls.privateKey,
    ssl_min_protocol_version: 'TLSv1.2',
    password_encryption: 'scram-sha-256',
    fsync: 'on',
    full_page_writes: 'on',
    // Flushed here and, with synchronous_standby_names, there. Which standbys those are is Patroni's.
    synchronous_commit: 'on',
    archive_mode: 'on',
    archive_command: `${archiveScripts.push} "%p"`,
    archive_timeout: `${spec.backup.archiveTimeoutS}s`,
    restore_command: `${archiveScripts.get} %f "%p"`,
    log_destination: 'stderr',
    logging_collector: 'off',
    timezone: spec.timeZone,
    log_timezone: spec.timeZone,
  }
}

/** What one host's patroni.yml says of PostgreSQL: everything but what all members must share. Sorted by name. */
export function localParameters(spec: ClusterSpec, host: HostSpec): PostgresSettings {
  const parameters = { ...defaults, ...dcsParameters(spec, host).local, ...reserved(spec) }
  return Object.fromEntries(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)))
}
