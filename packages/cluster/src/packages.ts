import { type ClusterSpec, type HostRole, hostRoles, type HostSpec } from './spec/cluster-spec.ts'

/** Debian packages that every host of the cluster has, whatever it does. */
const commonPackages = [
  'ca-certificates',
  'chrony',
  'curl',
  'iproute2',
  'iputils-ping',
  'jq',
  'nftables',
  'openssh-server',
  'openssl',
  // Ansible's modules run in it, and its apt module needs the second.
  'python3',
  'python3-apt',
  'socat',
  'sudo',
  'tzdata',
] as const

/** What a role adds. PostgreSQL's major version is part of the name of its package: see `packagesOf`. */
const packagesByRole: Readonly<Record<HostRole, (postgresqlVersion: number) => readonly string[]>> = {
  postgresql: (version) => [
    `postgresql-${version}`,
    'patroni',
    // Patroni would be content with the library of another store.
    'python3-etcd',
    'pgbackrest',
    'etcd-client',
  ],
  etcd: () => ['etcd-server', 'etcd-client'],
  haproxy: () => ['haproxy', 'keepalived'],
  backup: () => ['pgbackrest'],
}

/** Every package of one host, sorted, each once. */
export function packagesOf(spec: ClusterSpec, host: HostSpec): readonly string[] {
  return distinct([
    ...commonPackages,
    ...host.roles.flatMap((role) => packagesByRole[role](spec.postgresql.version)),
    ...(host.roles.includes('backup') && spec.backup.repository.type === 'nfs' ? ['nfs-common'] : []),
  ])
}

/** Every package that any host may need, sorted, each once: for an image that becomes any of them. */
export function allPackages(postgresqlVersion: number): readonly string[] {
  return distinct([
    ...commonPackages,
    ...hostRoles.flatMap((role) => packagesByRole[role](postgresqlVersion)),
  ])
}

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort()
