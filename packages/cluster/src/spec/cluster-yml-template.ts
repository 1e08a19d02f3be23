import type { ClusterSpec } from './cluster-spec.ts'

/** What `fleet cluster init` and the lab decide about a new cluster.yml. */
export interface ClusterYmlOptions {
  readonly name: string
  readonly network: Omit<ClusterSpec['network'], 'virtualRouterId'>
  readonly ssh: ClusterSpec['ssh']
  /** In the order of the file. */
  readonly hosts: readonly {
    readonly name: string
    readonly address: string
    readonly roles: readonly string[]
    /** With its unit: `8 GB`. */
    readonly memory: string
    readonly cores: number
  }[]
  readonly timeZone: string
}

export type EtcdPlacement = 'colocated' | 'separate'

/** The cluster of the guide: reference names and addresses, and machines of a usual size. */
export function referenceOptions(etcd: EtcdPlacement = 'colocated'): ClusterYmlOptions {
  const member = etcd === 'colocated' ? ['etcd'] : []
  const row = (name: string, host: number, roles: readonly string[], memory: string, cores: number) => ({
    name,
    address: `10.0.0.${host}`,
    roles,
    memory,
    cores,
  })
  return {
    name: 'bike-fleet-cluster',
    network: {
      subnet: '10.0.0.0/24',
      interface: 'eth0',
      vip: '10.0.0.100',
      clients: ['10.0.0.0/24'],
      operators: ['10.0.0.0/24'],
    },
    ssh: { user: 'root', port: 22, identityFile: null, knownHostsFile: null },
    hosts: [
      ...[1, 2, 3].map((n) => row(`pg-node-${n}`, 10 + n, ['postgresql', ...member], '8 GB', 4)),
      ...(etcd === 'separate' ? [1, 2, 3].map((n) => row(`etcd-${n}`, 20 + n, ['etcd'], '2 GB', 2)) : []),
      ...[1, 2].map((n) => row(`haproxy-${n}`, 100 + n, ['haproxy'], '2 GB', 2)),
      row('backup-1', 31, ['backup'], '4 GB', 2),
    ],
    timeZone: 'Europe/Amsterdam',
  }
}

/** A commented cluster.yml: what an operator should look at. Everything else has a default. */
export function renderClusterYml(options: ClusterYmlOptions): string {
  const { network, ssh } = options
  const list = (items: readonly string[]) => `[${items.join(', ')}]`
  const nameWidth = Math.max(...options.hosts.map(({ name }) => name.length))
  const addressWidth = Math.max(...options.hosts.map(({ address }) => address.length))
  const rolesWidth = Math.max(...options.hosts.map(({ roles }) => list(roles).length))
  const hosts = options.hosts.map(
    ({ name, address, roles, memory, cores }) =>
      `  ${`${name}:`.padEnd(nameWidth + 1)} { address: ${`${address},`.padEnd(addressWidth + 1)} roles: ${`${list(roles)},`.padEnd(rolesWidth + 1)} memory: ${memory}, cores: ${cores} }`,
  )
  const optional = (key: string, value: string | null) =>
    value === null ? [] : [`  ${key}: ${quote(value)}`]
  return `${[
    '# One PostgreSQL cluster. After a change: fleet cluster check, then fleet cluster deploy.',
    '# What is not here has a default; docs/deployment.md lists every field.',
    `name: ${options.name}`,
    `time_zone: ${options.timeZone}`,
    '',
    'network:',
    `  subnet: ${network.subnet}`,
    '  # As `ip address` shows it on the HAProxy hosts, which carry the virtual IP.',
    `  interface: ${network.interface}`,
    '  # A free address of the subnet: 5432 takes writes, 5433 reads.',
    `  vip: ${network.vip}`,
    '  # Who may use the database, and who may use ssh and the daemons.',
    `  clients: ${list(network.clients)}`,
    `  operators: ${list(network.operators)}`,
    '',
    '# How this machine reaches the hosts: root, or a user with sudo that asks no password.',
    'ssh:',
    `  user: ${ssh.user}`,
    ...(ssh.port === 22 ? [] : [`  port: ${ssh.port}`]),
    ...optional('identity_file', ssh.identityFile),
    ...optional('known_hosts_file', ssh.knownHostsFile),
    '',
    "# PostgreSQL's memory settings follow from memory and cores.",
    'hosts:',
    ...hosts,
    '',
    'postgresql:',
    '  database: bike_fleet',
    '  role: fleet_app',
    '  # quorum: a commit is on two of the nodes before it is acknowledged.',
    '  durability: quorum',
    '  # settings: { work_mem: 32MB }',
    '',
    'backup:',
    '  # On the backup host. For an NFS share or S3: docs/deployment.md.',
    '  repository: { type: path, path: /var/lib/pgbackrest }',
    '  # As systemd writes them, by the clock of time_zone.',
    '  schedule: { full: Sun 01:00, differential: Mon..Sat 01:00, verify: 05:00 }',
    '  retention: { fulls: 4, differentials: 14, wal: 30 days }',
  ].join('\n')}\n`
}

/** A path may hold blanks, colons and hashes; JSON's quotes are YAML's. */
const quote = (text: string) => (/^[\w./~@+-]+$/.test(text) ? text : JSON.stringify(text))
