import { existsSync } from 'node:fs'
import { ClusterError, runProgram } from '@fleet/cluster'
import { hostCommand } from './host-command.ts'
import type { LabPlaces } from './lab-home.ts'
import { labNetwork } from './topology.ts'
import { until } from './until.ts'

/** Words that run a command in the lab's network, on this machine's files. */
// Not `ip netns exec`: it mounts /sys anew, and nspawn does not find its cgroups in that one.
export const inNetwork = (places: LabPlaces, words: readonly string[]): readonly string[] => [
  'nsenter',
  `--net=${places.netnsFile}`,
  '--',
  ...words,
]

/** Makes the lab's namespace with its bridge, unless they are there. */
export async function createNetwork(places: LabPlaces): Promise<void> {
  if (!existsSync(places.netnsFile)) await hostCommand(['ip', 'netns', 'add', places.netns])
  await hostCommand(inNetwork(places, ['sh', '-eu', '-c', networkScript]), {
    failure: "The lab's network could not be made",
  })
}

const { bridge, clientAddress, prefixLength } = labNetwork
const networkScript = `
ip link set lo up
ip link show ${bridge} >/dev/null 2>&1 || ip link add ${bridge} type bridge stp_state 0 forward_delay 0
ip address replace ${clientAddress}/${prefixLength} dev ${bridge}
ip link set ${bridge} up
# With Docker on the machine, bridged packets would go through its firewall.
calls=/proc/sys/net/bridge/bridge-nf-call-iptables
if [ -e $calls ]; then echo 0 > $calls; fi
`

/** Removes the namespace and every link in it. Nothing happens when it is not there. */
export async function removeNetwork(places: LabPlaces): Promise<void> {
  if (!existsSync(places.netnsFile)) return
  await hostCommand(['ip', 'netns', 'delete', places.netns])
}

/** A port of the bridge. */
export interface BridgePort {
  readonly index: number
  readonly name: string
}

/** @param text what `ip -oneline link` prints: `7: vb-x@if2: <...> ... master br0 ...` */
export const parseLinks = (text: string): readonly BridgePort[] =>
  text.split('\n').flatMap((line) => {
    const [, index, name] = /^(\d+): ([^:@]+)[:@]/.exec(line) ?? []
    return index !== undefined && name !== undefined ? [{ index: Number(index), name }] : []
  })

export async function listPorts(places: LabPlaces): Promise<readonly BridgePort[]> {
  const { stdout } = await hostCommand([
    'ip',
    '-netns',
    places.netns,
    '-oneline',
    'link',
    'show',
    'master',
    bridge,
  ])
  return parseLinks(stdout)
}

export async function cutPort(places: LabPlaces, port: string): Promise<void> {
  await hostCommand(['ip', '-netns', places.netns, 'link', 'set', port, 'down'])
}

export const hasPort = async (places: LabPlaces, port: string): Promise<boolean> =>
  (await listPorts(places)).some(({ name }) => name === port)

/** A link outlives its machine for a while, and its name would be taken when the machine starts again. */
export async function removePort(places: LabPlaces, port: string): Promise<void> {
  const isGone = await until(5_000, async () => {
    // Fails when the kernel has just removed it by itself.
    if (await hasPort(places, port)) await runProgram(['ip', '-netns', places.netns, 'link', 'delete', port])
    return !(await hasPort(places, port))
  })
  if (!isGone) throw new ClusterError('lab_failed', `The link ${port} of ${places.netns} cannot be removed.`)
}
