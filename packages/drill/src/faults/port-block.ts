const table = 'inet fleet_drill'

/** Scripts that drop packets between a machine and these TCP ports, of others and its own; its loopback stays whole. */
export const portBlock = {
  apply: (ports: readonly number[]): string => `
    nft delete table ${table} 2>/dev/null || true
    nft -f - <<'RULES'
    table ${table} {
      chain in { type filter hook input priority -10; iifname != "lo" tcp dport { ${ports.join(', ')} } drop; iifname != "lo" tcp sport { ${ports.join(', ')} } drop; }
      chain out { type filter hook output priority -10; oifname != "lo" tcp dport { ${ports.join(', ')} } drop; oifname != "lo" tcp sport { ${ports.join(', ')} } drop; }
    }
RULES`,
  undo: `nft delete table ${table} 2>/dev/null || true`,
} as const
