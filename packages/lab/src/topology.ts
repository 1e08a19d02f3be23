import type { HostRole } from '@fleet/cluster'

export const topologyNames = ['small', 'full'] as const
export type TopologyName = (typeof topologyNames)[number]

/** A machine of a lab before it is made. */
export interface MachinePlan {
  readonly name: string
  readonly address: string
  readonly roles: readonly HostRole[]
  readonly memoryMb: number
  readonly cores: number
}

/** The network of every lab. It meets no other: each lab has a network namespace of its own. */
export const labNetwork = {
  subnet: '10.0.0.0/24',
  prefixLength: 24,
  vip: '10.0.0.100',
  /** The bridge's own: what operators and clients come from. */
  clientAddress: '10.0.0.1',
  bridge: 'br0',
  /** As systemd-nspawn names it in the machine. */
  interface: 'host0',
} as const

const numbered = (
  count: number,
  prefix: string,
  firstAddress: number,
  roles: readonly HostRole[],
  memoryMb: number,
): readonly MachinePlan[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${prefix}-${index + 1}`,
    address: `10.0.0.${firstAddress + index}`,
    roles,
    memoryMb,
    cores: 2,
  }))

// Three database machines fit into about 1 GB: PostgreSQL's settings follow from these sizes.
const around = [
  ...numbered(2, 'haproxy', 101, ['haproxy'], 512),
  ...numbered(1, 'backup', 31, ['backup'], 512),
]

/** The guide's addresses. `small`: etcd on the database machines; `full`: on three of its own. */
export const topologies: Readonly<Record<TopologyName, readonly MachinePlan[]>> = {
  small: [...numbered(3, 'pg-node', 11, ['postgresql', 'etcd'], 768), ...around],
  full: [
    ...numbered(3, 'pg-node', 11, ['postgresql'], 768),
    ...numbered(3, 'etcd', 21, ['etcd'], 512),
    ...around,
  ],
}
