import { databaseUsers } from '../layout.ts'
import { type ClusterSpec, hostsWith } from '../spec/cluster-spec.ts'

/**
 * Who may connect, and from where, as lines of pg_hba.conf; the first that fits decides.
 *
 * HAProxy passes TCP through, so PostgreSQL sees HAProxy's address, not the client's: which clients may reach the VIP
 * is decided by the HAProxy hosts' firewall. The clients' own networks are let in as well, for clients that name the
 * three nodes themselves (`target_session_attrs`); the nodes' firewall says whether they arrive.
 */
export function renderPgHba(spec: ClusterSpec): readonly string[] {
  const { superuser, replication, rewind } = databaseUsers
  const { database, role, monitorRole } = spec.postgresql
  const nodes = hostsWith(spec, 'postgresql').map((host) => `${host.address}/32`)
  const balancers = hostsWith(spec, 'haproxy').map((host) => `${host.address}/32`)
  const overTls = (databases: string, user: string, networks: readonly string[]) =>
    [...new Set(networks)].map((network) => line('hostssl', databases, user, network, 'scram-sha-256'))
  return [
    line('local', 'all', superuser, '', 'peer'),
    // Patroni asks its own PostgreSQL for its timeline over the replication protocol.
    line('local', 'replication', replication, '', 'scram-sha-256'),
    ...overTls('replication', replication, nodes),
    ...overTls('postgres', rewind, nodes),
    ...overTls('all', superuser, nodes),
    ...overTls(quoted(database), quoted(role), [...balancers, ...spec.network.clients]),
    ...overTls(`${quoted(database)},postgres`, quoted(monitorRole), [
      ...balancers,
      ...nodes,
      ...spec.network.clients,
      ...spec.network.operators,
    ]),
    line('local', 'all', 'all', '', 'reject'),
    line('host', 'all', 'all', 'all', 'reject'),
    line('host', 'replication', 'all', 'all', 'reject'),
  ]
}

const line = (type: string, databases: string, user: string, network: string, method: string) =>
  [type, databases, user, network, method].filter((word) => word !== '').join(' ')

/** Quoted, `all`, `replication` and `sameuser` are names like others (PostgreSQL: The pg_hba.conf File). */
const quoted = (name: string) => `"${name}"`
