/** Where things are on the hosts and which port is whose: the one place that renderers, deploy and status read. */
export const ports = {
  postgresql: 5432,
  /** On the VIP. */
  writes: 5432,
  reads: 5433,
  haproxyStats: 8404,
  /** On the loopback only: tells keepalived's check whether this HAProxy works. */
  haproxyAlive: 8405,
  patroni: 8008,
  etcdClient: 2379,
  etcdPeer: 2380,
  /** On the loopback only, without TLS: figures for a monitor on the host. */
  etcdMetrics: 2381,
  pgbackrest: 8432,
} as const

export const paths = {
  /** Debian's unit reads it. `patronictl` on a node finds it through /etc/profile.d. */
  patroniConfig: '/etc/patroni/config.yml',
  etcdConfig: '/etc/etcd/etcd.yml',
  etcdData: '/var/lib/etcd/fleet',
  haproxyConfig: '/etc/haproxy/haproxy.cfg',
  keepalivedConfig: '/etc/keepalived/keepalived.conf',
  pgbackrestConfig: '/etc/pgbackrest/pgbackrest.conf',
  /** pgBackRest's notes of WAL that it archives asynchronously. */
  walSpool: '/var/spool/pgbackrest',
  nftables: '/etc/nftables.conf',
  /** Our own scripts and SQL. */
  cluster: '/etc/fleet-cluster',
  scripts: '/usr/local/lib/fleet-cluster',
  /** A daemon's certificate: `${tls}/DAEMON/{ca.crt,tls.crt,tls.key}`, owned by the daemon's user. */
  tls: '/etc/fleet-cluster/tls',
  /** Where PostgreSQL's socket is; owned by postgres, gone at a reboot. */
  postgresqlSocket: '/run/postgresql',
} as const

/** Programs of a PostgreSQL release. Those in /usr/bin are Debian's wrappers, which look for a cluster of Debian's first. */
export const postgresqlPrograms = (version: number): string => `/usr/lib/postgresql/${version}/bin`

/** PostgreSQL users that are not the application's. */
export const databaseUsers = { superuser: 'postgres', replication: 'replicator', rewind: 'rewinder' } as const
export const apiUsers = { patroni: 'patroni', haproxyStats: 'stats' } as const
