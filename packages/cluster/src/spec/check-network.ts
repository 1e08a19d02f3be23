import type { ClusterSpec } from './cluster-spec.ts'
import { formatAddress, isWithin, parseAddress, parseNetwork } from './ipv4.ts'
import type { SpecSource } from './spec-source.ts'

/** The subnet, the virtual IP in it, and who may come in. */
export function checkNetwork(spec: ClusterSpec, source: SpecSource): void {
  if (source.isSound('network.subnet')) checkSubnet(spec, source)
  if (source.isSound('network.vip')) checkVip(spec, source)
  checkNetworks('clients', spec, source)
  checkNetworks('operators', spec, source)
}

function checkSubnet({ network }: ClusterSpec, source: SpecSource): void {
  const subnet = parseNetwork(network.subnet)
  if (subnet === null) return
  const firstOctet = Math.floor(subnet.first / 2 ** 24)
  if (subnet.prefix < 8 || subnet.prefix > 28 || firstOctet === 0 || firstOctet === 127 || firstOctet >= 224)
    source.refuse('network.subnet', {
      message: `${network.subnet} is no network of a data centre.`,
      why:
        subnet.prefix > 28
          ? 'It has no room for the hosts and the virtual IP.'
          : 'Machines in it cannot reach each other, or half of the world would be trusted.',
      fix: 'Write the private network of the hosts, with a prefix from /8 to /28, like 10.0.0.0/24.',
    })
}

function checkVip({ hosts, network }: ClusterSpec, source: SpecSource): void {
  const vip = parseAddress(network.vip)
  if (vip === null) return
  const host = hosts.find(
    ({ name, address }) => address === network.vip && source.isSound(`hosts.${name}.address`),
  )
  if (host)
    source.error(
      'network.vip',
      `${network.vip} is the address of ${host.name}.`,
      'The virtual IP moves from host to host; a machine of its own must not answer there.',
      'Write a free address of the subnet.',
    )
  const subnet = source.isSound('network.subnet') ? parseNetwork(network.subnet) : null
  if (subnet === null) return
  const range = `from ${formatAddress(subnet.first + 1)} to ${formatAddress(subnet.last - 1)}`
  if (!isWithin(subnet, vip))
    source.error(
      'network.vip',
      `${network.vip} is outside the subnet ${network.subnet}.`,
      'Neighbours find the new holder by ARP, which does not leave the subnet.',
      `Write a free address ${range}.`,
    )
  else if (vip === subnet.first || vip === subnet.last)
    source.error(
      'network.vip',
      `${network.vip} is the ${vip === subnet.first ? 'network' : 'broadcast'} address of ${network.subnet}.`,
      'No machine can have it.',
      `Write a free address ${range}.`,
    )
}

function checkNetworks(name: 'clients' | 'operators', { network }: ClusterSpec, source: SpecSource): void {
  const field = `network.${name}`
  const networks = network[name]
  if (networks.length === 0 && source.isSound(field))
    source.error(
      field,
      `${name} is empty.`,
      name === 'clients'
        ? 'Nobody could use the database.'
        : 'Nobody could deploy or look after the cluster.',
      `Name the networks, like ${name}: [10.0.0.0/24].`,
    )
  for (const text of networks)
    if (text.endsWith('/0'))
      source.warn(
        field,
        `${name} holds ${text}: every address there is.`,
        name === 'clients'
          ? 'Anybody who reaches the network may try passwords on the database.'
          : 'Anybody who reaches the network may try ssh and the APIs of the daemons.',
        'Name the networks that need it.',
      )
}
