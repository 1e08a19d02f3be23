import { type ClusterSpec, durabilities, type HostRole, type HostSpec, hostRoles } from './cluster-spec.ts'
import * as read from './field-readers.ts'
import { managedFault } from './managed-settings.ts'
import { settingFault } from './postgresql-settings.ts'
import { readRepository } from './read-repository.ts'
import { defaultHaproxyConnections } from './sizing.ts'
import { Fault, type Section, type SpecSource } from './spec-source.ts'

/**
 * Reads every field, fills in the defaults, and reports what is wrong with a single field. What fields say
 * together is for the checks.
 *
 * @returns a spec where a stand-in takes the place of what is wrong: ask `source.isSound` before using it
 */
export function readSpec(source: SpecSource, root: Section): ClusterSpec {
  const name = root.optional(
    'name',
    read.textLike(
      'cluster name',
      /^[a-z]([a-z0-9-]{0,48}[a-z0-9])?$/,
      'up to 50 lower-case letters, digits and dashes, with a letter first',
    ),
    'bike-fleet-cluster',
  )
  const timeZone = root.optional('time_zone', read.timeZone, 'Europe/Amsterdam')
  const network = readNetwork(root.section('network'))
  const ssh = readSsh(source.file, root.section('ssh'))
  const hosts = readHosts(source, root)
  const postgresql = readPostgresql(source, root.section('postgresql'), name)
  const failover = readFailover(root.section('failover'))
  const haproxy = readHaproxy(root.section('haproxy'), defaultHaproxyConnections(hosts, postgresql.settings))
  const backup = readBackup(root.section('backup'), hosts)
  return { name, hosts, network, ssh, timeZone, postgresql, failover, haproxy, backup }
}

function readNetwork(section: Section): ClusterSpec['network'] {
  const subnet = section.required(
    'subnet',
    read.network,
    '10.0.0.0/24',
    'Hosts trust each other within it.',
    'Add the network of the hosts, like subnet: 10.0.0.0/24.',
  )
  return {
    subnet,
    interface: section.required(
      'interface',
      // IFNAMSIZ leaves 15 letters.
      read.textLike(
        'network interface',
        /^[A-Za-z0-9][\w.-]{0,14}$/,
        'up to 15 letters, digits, dots, dashes and underscores',
      ),
      'eth0',
      'keepalived puts the virtual IP on it.',
      'Add the interface as `ip address` shows it on the HAProxy hosts, like interface: eth0.',
    ),
    vip: section.required(
      'vip',
      read.address,
      '10.0.0.100',
      'It is the address that clients use.',
      'Add a free address of the subnet, like vip: 10.0.0.100.',
    ),
    virtualRouterId: section.optional(
      'virtual_router_id',
      read.wholeNumber(1, 255, 'VRRP has 8 bits for it (RFC 9568).'),
      51,
    ),
    clients: section.list('clients', read.network, '10.0.0.0/24') ?? [subnet],
    operators: section.list('operators', read.network, '10.0.0.0/24') ?? [subnet],
  }
}

const readSsh = (specFile: string, section: Section): ClusterSpec['ssh'] => ({
  user: section.optional(
    'user',
    read.textLike(
      'user name',
      /^[a-z_][a-z0-9_-]{0,31}$/,
      'up to 32 lower-case letters, digits, dashes and underscores',
    ),
    'root',
  ),
  port: section.optional('port', read.wholeNumber(1, 65_535, 'TCP has no other ports.'), 22),
  identityFile: section.optional<string | null>('identity_file', read.operatorFile(specFile), null),
  knownHostsFile: section.optional<string | null>('known_hosts_file', read.operatorFile(specFile), null),
})

function readHosts(source: SpecSource, root: Section): readonly HostSpec[] {
  if (!root.has('hosts'))
    source.refuse(
      'hosts',
      new Fault(
        'hosts is missing.',
        'There is nothing to deploy to.',
        'Add the hosts; fleet cluster init writes an example.',
      ),
    )
  return root
    .section('hosts')
    .sections()
    .map(({ name, section }) => {
      const field = section.path
      const label = read.hostName({ value: name, text: name })
      if (label instanceof Fault) source.error(field, label.message, label.why, label.fix)
      const roles = section.list('roles', read.choice(hostRoles), 'postgresql, etcd')
      if (roles === null && !section.has('roles'))
        source.refuse(
          section.fieldOf('roles'),
          new Fault(
            'roles is missing.',
            'The host would do nothing.',
            `Add what it does: roles: [${hostRoles.join(', ')}], those that apply.`,
          ),
        )
      return {
        name,
        address: section.required(
          'address',
          read.address,
          '0.0.0.0',
          'The other hosts reach it by its address.',
          'Add it, like address: 10.0.0.11.',
        ),
        roles: [...new Set<HostRole>(roles)],
        memoryMb: section.required(
          'memory',
          read.sizeInMb(1, 'The host needs memory.'),
          4_096,
          "PostgreSQL's settings follow from it.",
          'Add what the machine has, like memory: 8 GB.',
        ),
        cores: section.required(
          'cores',
          read.wholeNumber(1, 1_024, 'It is the number of processor cores.'),
          2,
          "PostgreSQL's settings follow from it.",
          'Add what the machine has, like cores: 4.',
        ),
      }
    })
}

function readPostgresql(source: SpecSource, section: Section, name: string): ClusterSpec['postgresql'] {
  const version = section.optional('version', read.wholeNumber(9, 99, 'Versions are whole numbers.'), 17)
  const role = (name: string, absent: string) => section.optional(name, read.databaseName, absent)
  const durability = section.optional('durability', read.choice(durabilities), 'quorum')
  const acceptsLoss = section.optional('accept_data_loss', read.trueOrFalse, false)
  if (durability === 'async' && !acceptsLoss)
    source.error(
      section.fieldOf('durability'),
      'async loses acknowledged writes at a failover.',
      'The primary acknowledges a write before any standby has it.',
      'Write durability: quorum; or add accept_data_loss: true below it, when speed is worth the loss.',
    )
  if (durability !== 'async' && acceptsLoss)
    source.warn(
      section.fieldOf('accept_data_loss'),
      `accept_data_loss is true, but durability ${durability} loses nothing.`,
      'It has a meaning with durability: async only.',
      'Remove the line.',
    )
  return {
    version,
    database: role('database', 'bike_fleet'),
    role: role('role', 'fleet_app'),
    monitorRole: role('monitor_role', 'fleet_monitor'),
    durability,
    dataDirectory: section.optional(
      'data_directory',
      read.absolutePath,
      `/var/lib/postgresql/${version}/${name}`,
    ),
    settings: readSettings(section.section('settings')),
  }
}

const readSettings = (section: Section): Readonly<Record<string, string>> =>
  Object.fromEntries(
    section.entries((name, { value, text }) => {
      const setting = typeof value === 'boolean' ? (value ? 'on' : 'off') : text
      return managedFault(name) ?? settingFault(name, setting) ?? setting
    }),
  )

const readFailover = (section: Section): ClusterSpec['failover'] => ({
  ttlS: section.optional(
    'ttl',
    read.durationInS(20, 300, 'Patroni takes 20 s at least; the lock of a dead primary is kept that long.'),
    20,
  ),
  loopWaitS: section.optional('loop_wait', read.durationInS(1, 60, 'Patroni takes 1 s at least.'), 2),
  retryTimeoutS: section.optional(
    'retry_timeout',
    read.durationInS(3, 120, 'Patroni takes 3 s at least.'),
    3,
  ),
  maximumLagBytes:
    section.optional('maximum_lag', read.sizeInMb(1, 'A standby always lacks a little.'), 1) * 2 ** 20,
  watchdog: section.optional('watchdog', read.choice(['off', 'automatic', 'required']), 'automatic'),
})

const readHaproxy = (section: Section, defaultConnections: number): ClusterSpec['haproxy'] => ({
  maxConnections: section.optional(
    'max_connections',
    read.wholeNumber(10, 100_000, 'Each of the two ports passes so many on at once; more wait.'),
    defaultConnections,
  ),
  checkIntervalMs: section.optional(
    'check_interval',
    read.durationInMs(200, 10_000, 'A dead server is noticed after `fall` checks.'),
    500,
  ),
  fastIntervalMs: section.optional(
    'fast_interval',
    read.durationInMs(100, 10_000, 'It is the pace of checks while a server changes state.'),
    250,
  ),
  fall: section.optional('fall', read.wholeNumber(1, 10, 'So many failed checks mark a server down.'), 2),
  rise: section.optional('rise', read.wholeNumber(1, 10, 'So many good checks mark a server up.'), 1),
})

function readBackup(section: Section, hosts: readonly HostSpec[]): ClusterSpec['backup'] {
  const schedule = section.section('schedule')
  const retention = section.section('retention')
  const calendar = read.textLike('calendar expression', /\S/, "systemd's, like Sun 01:00")
  const databaseCores = hosts.filter(({ roles }) => roles.includes('postgresql')).map(({ cores }) => cores)
  return {
    stanza: section.optional(
      'stanza',
      read.textLike(
        'stanza name',
        /^[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?$/,
        'up to 64 lower-case letters, digits, dashes and underscores',
      ),
      'bike-fleet',
    ),
    repository: readRepository(section.section('repository')),
    encryption: section.optional('encryption', read.trueOrFalse, true),
    schedule: {
      full: schedule.optional('full', calendar, 'Sun 01:00'),
      differential: schedule.optional('differential', calendar, 'Mon..Sat 01:00'),
      verify: schedule.optional('verify', calendar, '05:00'),
    },
    retention: {
      fulls: retention.optional('fulls', read.wholeNumber(0, 9_999, 'It counts full backups.'), 4),
      differentials: retention.optional(
        'differentials',
        read.wholeNumber(1, 9_999, 'pgBackRest keeps one at least.'),
        14,
      ),
      walDays: retention.optional(
        'wal',
        read.durationInDays(1, 3_650, 'It is how far back a moment can be restored.'),
        30,
      ),
    },
    archiveTimeoutS: section.optional(
      'archive_timeout',
      read.durationInS(1, 86_400, 'PostgreSQL hands over a WAL segment at least that often.'),
      30,
    ),
    archiveQueueMaxMb: section.optional(
      'archive_queue_max',
      read.sizeInMb(128, 'Eight segments of 16 MB: a short outage of the repository must not cost WAL.'),
      2_048,
    ),
    processes: section.optional(
      'processes',
      read.wholeNumber(1, 64, 'So many processes compress and send a backup.'),
      Math.min(4, Math.max(1, Math.floor(Math.min(...databaseCores, 8) / 2))),
    ),
  }
}
