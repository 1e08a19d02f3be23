import { hostCommand } from './host-command.ts'
import type { LabPlaces } from './lab-home.ts'
import { inNetwork } from './lab-network.ts'

/**
 * A direction in which packets are dropped on the bridge; null is the bridge itself, where clients are.
 * A cut is pure silence: nobody is told, and ARP is left alone so that no neighbour turns "unreachable".
 */
export interface BridgeCut {
  readonly fromPort: string | null
  readonly toPort: string | null
}

// Adding is not changing: what is there already stays as it is.
const table = `
table bridge fleet_lab {
  set cuts { type ifname . ifname; }
  set to_bridge { type ifname; }
  set from_bridge { type ifname; }
}
`
const chains = `
flush table bridge fleet_lab
table bridge fleet_lab {
  chain forward { type filter hook forward priority 0; meta iifname . meta oifname @cuts ether type != arp drop; }
  chain input { type filter hook input priority 0; meta iifname @to_bridge ether type != arp drop; }
  chain output { type filter hook output priority 0; meta oifname @from_bridge ether type != arp drop; }
}
`

/** What nft is told to make the cuts. */
export function renderCuts(cuts: readonly BridgeCut[]): string {
  const elements = cuts.map(({ fromPort, toPort }) => {
    if (fromPort !== null && toPort !== null) return `cuts { "${fromPort}" . "${toPort}" }`
    return fromPort === null ? `from_bridge { "${toPort}" }` : `to_bridge { "${fromPort}" }`
  })
  return `${table}${chains}${elements.map((element) => `add element bridge fleet_lab ${element}\n`).join('')}`
}

/** Adds cuts; one that is there already stays. */
export async function addCuts(places: LabPlaces, cuts: readonly BridgeCut[]): Promise<void> {
  await hostCommand(inNetwork(places, ['nft', '-f', '-']), { input: renderCuts(cuts) })
}

/** Takes every cut away. */
export async function removeCuts(places: LabPlaces): Promise<void> {
  await hostCommand(inNetwork(places, ['nft', '-f', '-']), {
    input: `${table}delete table bridge fleet_lab\n`,
  })
}

export async function listCuts(places: LabPlaces): Promise<readonly BridgeCut[]> {
  const { stdout } = await hostCommand(inNetwork(places, ['nft', '--json', 'list', 'sets', 'bridge']))
  return parseSets(stdout)
}

type Element = string | { readonly concat: readonly [string, string] }
interface NftAnswer {
  readonly nftables: readonly {
    readonly set?: { readonly name: string; readonly elem?: readonly Element[] }
  }[]
}

/** @param text what `nft --json list sets bridge` prints */
export function parseSets(text: string): readonly BridgeCut[] {
  const { nftables } = JSON.parse(text) as NftAnswer
  return nftables.flatMap(({ set }) =>
    (set?.elem ?? []).map((element) => {
      if (typeof element !== 'string') return { fromPort: element.concat[0], toPort: element.concat[1] }
      return set?.name === 'to_bridge'
        ? { fromPort: element, toPort: null }
        : { fromPort: null, toPort: element }
    }),
  )
}
