import { type ClusterSpec, type HostSpec, hostsWith } from './cluster-spec.ts'
import { settingMb, settingNumber } from './postgresql-settings.ts'

export type PostgresSettings = Readonly<Record<string, string>>

/**
 * Settings that must be equal on all nodes: Patroni keeps them in etcd and passes them on the command line
 * (CMDLINE_OPTIONS of its postgresql/config.py), because a standby with less than its primary refuses to start.
 * The values of this table hold on machines of any size.
 */
const sharedConstants = {
  wal_level: 'replica',
  hot_standby: 'on',
  wal_log_hints: 'on',
  track_commit_timestamp: 'off',
  max_prepared_transactions: '0',
  max_locks_per_transaction: '64',
  // Standbys, their pg_basebackup on reinit, pg_rewind, pgBackRest; and slots for members that come and go.
  max_wal_senders: '10',
  max_replication_slots: '10',
} as const
const sharedNames: ReadonlySet<string> = new Set([
  ...Object.keys(sharedConstants),
  'max_connections',
  'max_worker_processes',
  'wal_keep_size',
])

/** Private memory of a connection that does nothing much: caches of a few dozen tables, its stack, libpq's buffers. */
const connectionMb = 2

/** Connections that HAProxy must leave: superuser_reserved_connections (3), Patroni, pgBackRest, the monitor, a person. */
export const reservedConnections = 10

/**
 * Memory that PostgreSQL must leave to a host: systemd, sshd, journald, Patroni and pgBackRest took 90-130 MB on
 * machines that did little, and page tables and the kernel's own memory grow with the machine.
 */
export const reservedMb = (host: HostSpec): number =>
  128 + Math.floor(host.memoryMb / 20) + (host.roles.includes('etcd') ? 64 : 0)

/** All that PostgreSQL can take, but for those that it needs itself. */
export function defaultHaproxyConnections(hosts: readonly HostSpec[], settings: PostgresSettings): number {
  const nodes = hosts.filter(({ roles }) => roles.includes('postgresql'))
  const { max_connections } = { ...(nodes.length > 0 ? sharedSizes(nodes) : {}), ...settings }
  const most = settingNumber('max_connections', max_connections ?? '') ?? 100
  return Math.max(10, most - reservedConnections)
}

/** What a node would need if every connection sorted at once, in MB by part. */
export interface MemoryNeed {
  readonly reservedMb: number
  readonly sharedBuffersMb: number
  readonly connectionsMb: number
  readonly maintenanceMb: number
  readonly totalMb: number
}

/**
 * PostgreSQL's settings on one host: from its memory and cores, those that all nodes share from the smallest node,
 * with the operator's own on top.
 *
 * Sources: PostgreSQL 17's manual, 19.4 (25 % of memory to shared_buffers, less below 1 GB), 19.7
 * (effective_cache_size, random_page_cost), 19.5 (WAL) and 27.2.6 (slots); PGTune's rules for a mixed load
 * (maintenance_work_mem, parallel workers); and a budget of our own: see `memoryNeed`.
 */
export function postgresSettings(spec: ClusterSpec, host: HostSpec): PostgresSettings {
  const { shared, local } = dcsParameters(spec, host)
  return { ...shared, ...local }
}

/** The same, apart: `shared` is equal for every host and belongs into Patroni's DCS, `local` into the host's file. */
export function dcsParameters(
  spec: ClusterSpec,
  host: HostSpec,
): { readonly shared: PostgresSettings; readonly local: PostgresSettings } {
  const nodes = hostsWith(spec, 'postgresql')
  const { settings } = spec.postgresql
  const all = {
    ...sharedConstants,
    ...sharedSizes(nodes.length > 0 ? nodes : [host]),
    ...settings,
  }
  const shared = Object.fromEntries(Object.entries(all).filter(([name]) => sharedNames.has(name)))
  const local = { ...localSizes(host, shared, settings), ...settings }
  return {
    shared,
    local: Object.fromEntries(Object.entries(local).filter(([name]) => !sharedNames.has(name))),
  }
}

function sharedSizes(nodes: readonly HostSpec[]) {
  const memoryMb = Math.min(...nodes.map((node) => node.memoryMb))
  const cores = Math.min(...nodes.map((node) => node.cores))
  return {
    // A pool per app instance of 10 to 20 connections; a process each, so more of them make every one slower.
    max_connections: String(memoryMb < 1_024 ? 50 : clamp(Math.floor(memoryMb / 1_024) * 25, 100, 500)),
    // Autovacuum, the replication launcher and parallel queries share them.
    max_worker_processes: String(Math.max(8, cores * 2)),
    // A standby that was restarted catches up without the archive.
    wal_keep_size: megabytes(memoryMb < 1_024 ? 128 : memoryMb < 4_096 ? 512 : 1_024),
  }
}

function localSizes(host: HostSpec, shared: PostgresSettings, overrides: PostgresSettings): PostgresSettings {
  const { memoryMb, cores } = host
  const isTiny = memoryMb < 1_024
  const autovacuumWorkers = isTiny ? 2 : 3
  const sharedBuffersMb = Math.floor(memoryMb / (isTiny ? 8 : 4))
  const maintenanceMb = clamp(Math.floor(memoryMb / 16), 16, 2_048)
  const inUse = { shared_buffers: megabytes(sharedBuffersMb), maintenance_work_mem: megabytes(maintenanceMb) }
  const fixed: PostgresSettings = {
    ...inUse,
    autovacuum_max_workers: String(autovacuumWorkers),
    ...shared,
    ...overrides,
  }
  const need = memoryNeed(host, { ...fixed, work_mem: '0' })
  const connections = settingNumber('max_connections', fixed['max_connections'] ?? '') ?? 100
  // Half of what is left, as one query may sort several times and hash with twice as much (hash_mem_multiplier).
  const workMemMb = clamp(Math.floor((memoryMb - need.totalMb) / connections / 2), 1, 128)
  const maxWalMb = isTiny ? 512 : memoryMb < 4_096 ? 2_048 : 8_192
  const perGather = clamp(Math.floor(cores / 2), 1, 4)
  return {
    ...inUse,
    work_mem: megabytes(workMemMb),
    // The kernel's page cache and shared_buffers together: what may be cached, nothing is taken.
    effective_cache_size: megabytes(Math.floor(((memoryMb - need.reservedMb) * 3) / 4)),
    autovacuum_max_workers: String(autovacuumWorkers),
    // Falls back by itself where the kernel has none set aside.
    huge_pages: 'try',
    min_wal_size: megabytes(isTiny ? 128 : 512),
    max_wal_size: megabytes(maxWalMb),
    // Fewer full pages in WAL than with 5 min; a crash is met by a failover, not by waiting for its recovery.
    checkpoint_timeout: '10min',
    // A standby that stays away must not fill the primary's disk: it then catches up from the archive.
    max_slot_wal_keep_size: megabytes(maxWalMb),
    max_parallel_workers: String(Math.max(2, cores)),
    max_parallel_workers_per_gather: String(perGather),
    max_parallel_maintenance_workers: String(perGather),
    // SSD: a page elsewhere costs hardly more than the next one, and many can be asked for at once.
    random_page_cost: '1.1',
    effective_io_concurrency: '200',
  }
}

/**
 * The most that PostgreSQL and its host would use: shared buffers with a tenth for the rest of shared memory, every
 * connection with one work_mem, every autovacuum worker with its maintenance memory, and what the host itself needs.
 *
 * @param settings with shared_buffers, max_connections, work_mem, maintenance_work_mem and autovacuum_max_workers
 */
export function memoryNeed(host: HostSpec, settings: PostgresSettings): MemoryNeed {
  const mb = (name: string) => settingMb(name, settings[name] ?? '') ?? 0
  const count = (name: string) => settingNumber(name, settings[name] ?? '') ?? 0
  const autovacuumMb = mb('autovacuum_work_mem') > 0 ? mb('autovacuum_work_mem') : mb('maintenance_work_mem')
  const parts = {
    reservedMb: reservedMb(host),
    sharedBuffersMb: Math.ceil(mb('shared_buffers') * 1.1),
    connectionsMb: Math.ceil(count('max_connections') * (connectionMb + mb('work_mem'))),
    maintenanceMb: Math.ceil(count('autovacuum_max_workers') * autovacuumMb),
  }
  return { ...parts, totalMb: Object.values(parts).reduce((sum, part) => sum + part, 0) }
}

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value))
const megabytes = (mb: number) => `${mb}MB`
