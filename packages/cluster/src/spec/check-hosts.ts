import { type ClusterSpec, type HostRole, type HostSpec, hostsWith } from './cluster-spec.ts'
import { formatAddress, isWithin, parseAddress, parseNetwork } from './ipv4.ts'
import type { SpecSource } from './spec-source.ts'

const fieldOf = (host: HostSpec, field: string) => `hosts.${host.name}.${field}`

/** What the daemons of a role need to run at all, in MB; for a load they need more. */
const leastMemoryMb: Readonly<Record<HostRole, number>> = {
  postgresql: 512,
  etcd: 256,
  haproxy: 128,
  backup: 256,
}

/** Hosts that may not share a machine, in either order. */
const conflicts: readonly { readonly roles: readonly [HostRole, HostRole]; readonly why: string }[] = [
  { roles: ['haproxy', 'postgresql'], why: 'Both listen on port 5432.' },
  { roles: ['backup', 'postgresql'], why: 'The backup would burn with the database that it is for.' },
  { roles: ['haproxy', 'etcd'], why: 'A burst of clients would slow the votes that decide who is primary.' },
  {
    roles: ['backup', 'etcd'],
    why: 'A backup fills disk and network, and etcd loses votes when it waits for them.',
  },
  { roles: ['haproxy', 'backup'], why: 'A backup would take the network that all clients go through.' },
]

/** How many hosts do what, and whether each can. */
export function checkHosts(spec: ClusterSpec, source: SpecSource): void {
  if (source.isSound('hosts', ...spec.hosts.map((host) => fieldOf(host, 'roles')))) checkCounts(spec, source)
  checkSharing(spec, source)
  checkMemory(spec, source)
  checkAddresses(spec, source)
  checkSameSize(spec, source)
}

function checkCounts(spec: ClusterSpec, source: SpecSource): void {
  const count = (role: HostRole) => hostsWith(spec, role).length
  const says = (role: HostRole, what: string) =>
    `${count(role)} ${count(role) === 1 ? 'host has' : 'hosts have'} the role ${role}${what}.`
  if (count('postgresql') < 3)
    source.error(
      'hosts',
      says('postgresql', '; at least 3 must'),
      'With fewer than two standbys, writes stop or are at risk while one is away.',
      'Give three hosts the role postgresql.',
    )
  const etcd = count('etcd')
  if (etcd !== 3 && etcd !== 5)
    source.error(
      'hosts',
      says('etcd', '; 3 or 5 must'),
      etcd < 3
        ? 'A majority must be left when one is lost: one or two members have none.'
        : etcd % 2 === 0
          ? `An even number survives no more losses than ${etcd - 1}, and can split into equal halves.`
          : 'Every write waits for a majority: more members make it slower.',
      'Give 3 hosts the role etcd, or 5 to survive the loss of two.',
    )
  if (count('haproxy') < 2)
    source.error(
      'hosts',
      says('haproxy', '; at least 2 must'),
      'The virtual IP needs another host to move to.',
      'Give two hosts of their own the role haproxy.',
    )
  if (count('backup') !== 1)
    source.error(
      'hosts',
      says('backup', '; exactly 1 must'),
      count('backup') === 0
        ? 'Without a backup, a mistake on the primary is a mistake on every standby.'
        : 'Each would take and expire backups of its own, and WAL goes to one.',
      'Give one host of its own the role backup.',
    )
}

function checkSharing({ hosts }: ClusterSpec, source: SpecSource): void {
  for (const host of hosts) {
    const field = fieldOf(host, 'roles')
    if (host.name === 'localhost')
      source.error(
        `hosts.${host.name}`,
        'A host is called localhost.',
        'Every machine takes that name for itself.',
        'Write the name that `hostname` shows on the machine.',
      )
    if (host.roles.length === 0 && source.isSound(field))
      source.error(
        field,
        `${host.name} has no role.`,
        'It would do nothing.',
        'Give it a role, or remove the host.',
      )
    for (const { roles, why } of conflicts)
      if (roles.every((role) => host.roles.includes(role)))
        source.error(
          field,
          `${host.name} is both ${roles.join(' and ')}.`,
          why,
          `Take one of the two from it and give it to a host of its own.`,
        )
  }
}

function checkMemory({ hosts }: ClusterSpec, source: SpecSource): void {
  for (const host of hosts) {
    const field = fieldOf(host, 'memory')
    const least = Math.max(0, ...host.roles.map((role) => leastMemoryMb[role]))
    if (source.isSound(field, fieldOf(host, 'roles')) && host.memoryMb < least)
      source.error(
        field,
        `${host.name} has ${host.memoryMb} MB.`,
        `A host with ${host.roles.join(' and ')} needs ${least} MB for its daemons alone.`,
        `Give the machine more memory, ${least} MB at least.`,
      )
  }
}

function checkAddresses({ hosts, network }: ClusterSpec, source: SpecSource): void {
  const subnet = source.isSound('network.subnet') ? parseNetwork(network.subnet) : null
  const owners = new Map<string, string>()
  for (const host of hosts) {
    const field = fieldOf(host, 'address')
    const address = parseAddress(host.address)
    if (!source.isSound(field) || address === null) continue
    const owner = owners.get(host.address)
    if (owner !== undefined)
      source.error(
        field,
        `${host.address} is the address of ${owner}, too.`,
        'Two machines with one address reach nobody.',
        `Give ${host.name} its own.`,
      )
    owners.set(host.address, owner ?? host.name)
    if (subnet === null) continue
    if (!isWithin(subnet, address))
      source.error(
        field,
        `${host.address} is outside the subnet ${network.subnet}.`,
        'The firewall and PostgreSQL trust hosts of the subnet only, and the virtual IP does not leave it.',
        'Correct the address or network.subnet.',
      )
    else if (subnet.prefix < 31 && (address === subnet.first || address === subnet.last))
      source.error(
        field,
        `${host.address} is the ${address === subnet.first ? 'network' : 'broadcast'} address of ${network.subnet}.`,
        'No machine can have it.',
        `Write one from ${formatAddress(subnet.first + 1)} to ${formatAddress(subnet.last - 1)}.`,
      )
  }
}

/** After a failover to a smaller machine the same load meets less memory. */
function checkSameSize(spec: ClusterSpec, source: SpecSource): void {
  const nodes = hostsWith(spec, 'postgresql')
  const [first] = nodes
  for (const host of nodes) {
    if (first === undefined || !source.isSound(fieldOf(host, 'memory'), fieldOf(first, 'memory'))) continue
    if (host.memoryMb < first.memoryMb / 2 || host.memoryMb > first.memoryMb * 2)
      source.warn(
        fieldOf(host, 'memory'),
        `${host.name} has ${host.memoryMb} MB, ${first.name} ${first.memoryMb} MB.`,
        'Any of them can be the primary, and what all share follows from the smallest.',
        'Use machines of one size.',
      )
  }
}
