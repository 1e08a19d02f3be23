import { type ClusterSpec, type HostSpec, hostsWith } from './cluster-spec.ts'
import { isOwnDirectory } from './own-directory.ts'
import { settingNumber } from './postgresql-settings.ts'
import { reservedNames } from './reserved-names.ts'
import { memoryNeed, postgresSettings, reservedConnections } from './sizing.ts'
import type { SpecSource } from './spec-source.ts'

/** What Debian 13 has; another version needs other packages and another checked set of settings. */
const packagedVersion = 17

/** Below these, Patroni leaves a setting out and takes its own (CMDLINE_OPTIONS of its postgresql/config.py). */
const patroniFloors: Readonly<Record<string, number>> = {
  max_connections: 25,
  max_wal_senders: 3,
  max_replication_slots: 4,
  max_worker_processes: 2,
  max_locks_per_transaction: 32,
  wal_keep_size: 16,
}

/** PostgreSQL: version, names, directory, and whether its settings fit the machines. */
export function checkDatabase(spec: ClusterSpec, source: SpecSource): void {
  const { version } = spec.postgresql
  if (source.isSound('postgresql.version') && version !== packagedVersion)
    source.error(
      'postgresql.version',
      `PostgreSQL ${version} is not in Debian 13.`,
      `The hosts run Debian's own packages, which are updated for years; those of Debian 13 are ${packagedVersion}.`,
      `Write version: ${packagedVersion}, or remove the line.`,
    )
  checkNames(spec, source)
  checkDirectory(spec, source)
  checkFloors(spec, source)
  checkConnections(spec, source)
  for (const host of hostsWith(spec, 'postgresql')) checkMemory(spec, host, source)
}

function checkNames({ postgresql }: ClusterSpec, source: SpecSource): void {
  for (const [field, name, kind] of [
    ['postgresql.database', postgresql.database, 'database'],
    ['postgresql.role', postgresql.role, 'role'],
    ['postgresql.monitor_role', postgresql.monitorRole, 'role'],
  ] as const) {
    const why = source.isSound(field) ? reservedNames(kind, name) : null
    if (why !== null)
      source.error(
        field,
        `"${name}" cannot be the ${kind}'s name.`,
        why,
        `Write another one, like fleet_${name}.`,
      )
  }
  if (
    source.isSound('postgresql.role', 'postgresql.monitor_role') &&
    postgresql.role === postgresql.monitorRole
  )
    source.error(
      source.mostSpecific(['postgresql.monitor_role', 'postgresql.role']),
      `role and monitor_role are both ${postgresql.role}.`,
      'The monitor must not be able to change the data.',
      'Give the monitor a role of its own, like fleet_monitor.',
    )
}

function checkDirectory({ postgresql }: ClusterSpec, source: SpecSource): void {
  const { dataDirectory } = postgresql
  if (source.isSound('postgresql.data_directory') && !isOwnDirectory(dataDirectory))
    source.error(
      'postgresql.data_directory',
      `${dataDirectory} belongs to the system.`,
      'PostgreSQL needs a directory of its own, which a reinit of the node empties.',
      'Remove the line for the default, or name a directory of a disk of its own, like /srv/postgresql/17.',
    )
}

function checkFloors({ postgresql }: ClusterSpec, source: SpecSource): void {
  for (const [name, floor] of Object.entries(patroniFloors)) {
    const text = postgresql.settings[name]
    const value = text === undefined ? null : settingNumber(name, text)
    if (value !== null && value < floor)
      source.error(
        `postgresql.settings.${name}`,
        `${name} is ${text}.`,
        `Patroni takes ${floor} at least and would use a value of its own.`,
        `Write ${floor} or more.`,
      )
  }
  const kept = postgresql.settings['max_slot_wal_keep_size']
  if (kept !== undefined && (settingNumber('max_slot_wal_keep_size', kept) ?? 0) < 0)
    source.error(
      'postgresql.settings.max_slot_wal_keep_size',
      `max_slot_wal_keep_size is ${kept}: without a limit.`,
      "A standby that stays away would fill the primary's disk, and the primary would stop.",
      'Write a limit, like 8GB: the standby then catches up from the archive.',
    )
}

function checkConnections(spec: ClusterSpec, source: SpecSource): void {
  const [node] = hostsWith(spec, 'postgresql')
  const fields = ['haproxy.max_connections', 'postgresql.settings.max_connections'] as const
  if (node === undefined || !source.isSound(...fields)) return
  const most = Number(postgresSettings(spec, node)['max_connections'])
  if (spec.haproxy.maxConnections > most - reservedConnections)
    source.error(
      source.mostSpecific(fields),
      `HAProxy passes on ${spec.haproxy.maxConnections} connections, PostgreSQL takes ${most}.`,
      `PostgreSQL needs ${reservedConnections} for Patroni, backups and people; clients beyond would be refused, not queued.`,
      `Set haproxy.max_connections to ${most - reservedConnections} or less, or raise postgresql.settings.max_connections.`,
    )
}

const memorySettings = [
  'shared_buffers',
  'work_mem',
  'max_connections',
  'maintenance_work_mem',
  'autovacuum_work_mem',
  'autovacuum_max_workers',
] as const

function checkMemory(spec: ClusterSpec, host: HostSpec, source: SpecSource): void {
  const settingFields = memorySettings.map((name) => `postgresql.settings.${name}`)
  const hostField = `hosts.${host.name}.memory`
  const nodes = hostsWith(spec, 'postgresql').map(({ name }) => `hosts.${name}.memory`)
  if (!source.isSound(...settingFields, ...nodes, `hosts.${host.name}.roles`)) return
  const settings = postgresSettings(spec, host)
  const need = memoryNeed(host, settings)
  if (need.totalMb <= host.memoryMb) return
  const overridden = memorySettings.filter((name) => name in spec.postgresql.settings)
  const [field = hostField] = overridden.map((name) => `postgresql.settings.${name}`)
  // A host that is too small for its daemons was named already.
  if (overridden.length === 0 && host.memoryMb < 512) return
  source.error(
    field,
    `${host.name} has ${host.memoryMb} MB, and could need ${need.totalMb} MB: ${need.sharedBuffersMb} for shared_buffers, ` +
      `${need.connectionsMb} for ${settings['max_connections']} connections with ${settings['work_mem']} of work_mem each, ` +
      `${need.maintenanceMb} for autovacuum, ${need.reservedMb} for the host.`,
    'When memory runs out, the kernel kills PostgreSQL, under the highest load of all.',
    overridden.length > 0
      ? `Lower ${overridden.join(', ')}, or remove it and let the machine's memory decide.`
      : 'Give the machine more memory.',
  )
}
