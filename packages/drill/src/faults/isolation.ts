import type { ClusterSpec } from '@fleet/cluster'

const table = 'netdev fleet_drill'

/**
 * Scripts that take a machine from its network as a dead port of a switch does that keeps its link up: nothing goes out or
 * comes in, ARP neither. With `cut` ARP goes on, and a machine that believes to have the virtual IP would still announce it.
 */
export const isolation = {
  apply: ({ network }: ClusterSpec): string => `
    nft delete table ${table} 2>/dev/null || true
    nft -f - <<'RULES'
    table ${table} {
      chain in { type filter hook ingress device "${network.interface}" priority 0; policy drop; }
      chain out { type filter hook egress device "${network.interface}" priority 0; policy drop; }
    }
RULES`,
  undo: `nft delete table ${table} 2>/dev/null || true`,
} as const
