import { paths, ports } from '../layout.ts'
import { type ClusterSpec, type HostRole, type HostSpec } from '../spec/cluster-spec.ts'
import { formatNetwork, parseNetwork } from '../spec/ipv4.ts'
import { fileHeader } from './file-header.ts'
import { renderIni } from './ini-file.ts'
import type { RenderDaemon } from './rendered-file.ts'

/** The only table that is ours: rules of the operator's in others stay, at boot, at a reload and at a stop. */
export const firewallTable = 'inet fleet_cluster'

/** What every host lets in. What goes out is not limited. */
export const renderNftables: RenderDaemon = ({ spec }, host) => {
  const file = { owner: 'root', group: 'root', secret: false } as const
  return [
    {
      ...file,
      path: paths.nftables,
      content: renderRules(spec, host),
      // As Debian's: it can be run.
      mode: '0755',
      onChange: { do: 'reload', unit: 'nftables' },
    },
    {
      ...file,
      path: '/etc/systemd/system/nftables.service.d/fleet.conf',
      content: dropIn,
      mode: '0644',
      onChange: { do: 'nothing' },
    },
  ]
}

function renderRules(spec: ClusterSpec, host: HostSpec): string {
  const has = (role: HostRole) => host.roles.includes(role)
  const hosts = (...roles: readonly HostRole[]) =>
    spec.hosts
      .filter((other) => roles.some((role) => other.roles.includes(role)))
      .map(({ address }) => address)
  const sources = {
    operators: networks(spec.network.operators),
    clients: networks(spec.network.clients),
    cluster: spec.hosts.map(({ address }) => address),
    etcd_clients: hosts('postgresql', 'etcd'),
    etcd_members: hosts('etcd'),
    balancers: hosts('haproxy'),
    backup_hosts: hosts('postgresql', 'backup'),
  }
  type Source = keyof typeof sources
  const used = new Set<Source>(['operators'])
  const allow = (from: Source, match: string, what: string) => {
    used.add(from)
    return `ip saddr @${from} ${match} accept comment "${what}"`
  }
  const rules = [
    ...(has('postgresql')
      ? [
          allow('cluster', tcp(ports.postgresql), 'PostgreSQL'),
          allow('cluster', tcp(ports.patroni), 'Patroni'),
          allow('operators', tcp(ports.patroni), 'Patroni'),
        ]
      : []),
    ...(has('etcd')
      ? [
          allow('etcd_clients', tcp(ports.etcdClient), 'etcd'),
          allow('operators', tcp(ports.etcdClient), 'etcd'),
          allow('etcd_members', tcp(ports.etcdPeer), 'etcd, between its members'),
        ]
      : []),
    ...(has('haproxy')
      ? [
          allow('clients', tcp(ports.writes, ports.reads), 'writes and reads'),
          allow('operators', tcp(ports.haproxyStats), 'the stats page'),
          allow('balancers', tcp(ports.haproxyStats), 'whether the other sees a primary'),
          allow('balancers', 'ip protocol vrrp', 'who has the virtual address'),
        ]
      : []),
    ...(has('postgresql') || has('backup')
      ? [allow('backup_hosts', tcp(ports.pgbackrest), 'pgBackRest')]
      : []),
  ]
  return `#!/usr/sbin/nft -f
${fileHeader}
# One transaction: the old rules hold until all of the new ones do. Other tables are not touched.
table ${firewallTable}
delete table ${firewallTable}

table ${firewallTable} {
${[...used].map((name) => renderSet(name, sources[name])).join('\n')}
    chain input {
        type filter hook input priority filter; policy drop;

        # First, so that no mistake further down locks the operator out.
        ip saddr @operators ${tcp(spec.ssh.port)} accept comment "SSH"
        iif lo accept
        ct state established,related accept
        ct state invalid drop
        meta l4proto { icmp, ipv6-icmp } accept

${rules.map((rule) => `        ${rule}`).join('\n')}

        # Refused at once instead of silence, for whoever looks for the mistake; answered seldom, for whoever scans.
        limit rate 20/second burst 50 packets counter reject with icmpx type admin-prohibited
        counter
    }
}
`
}

const renderSet = (name: string, members: readonly string[]): string =>
  [
    `    set ${name} {`,
    '        type ipv4_addr',
    '        flags interval',
    // Networks of the operator's may overlap.
    '        auto-merge',
    `        elements = { ${members.join(', ')} }`,
    '    }',
    '',
  ].join('\n')

const tcp = (...portNumbers: readonly number[]): string =>
  portNumbers.length === 1 ? `tcp dport ${portNumbers[0]}` : `tcp dport { ${portNumbers.join(', ')} }`

/** nft refuses host bits in a network; the spec's check lets them pass. */
const networks = (cidrs: readonly string[]): readonly string[] =>
  cidrs.map((cidr) => {
    const network = parseNetwork(cidr)
    if (network === null) throw new Error(`${cidr} is no network.`)
    return formatNetwork(network)
  })

// Debian's unit empties every table when it stops.
const dropIn = renderIni([
  {
    name: 'Service',
    entries: [
      ['ExecStop', ''],
      ['ExecStop', `-/usr/sbin/nft delete table ${firewallTable}`],
    ],
  },
])
