import { defineDrill } from './drill.ts'

export const patroniFrozen = defineDrill({
  name: 'patroni-frozen',
  title: 'Patroni on the primary hangs',
  expects:
    'HAProxy and the cluster lose sight of the primary although its PostgreSQL runs. When the lease ends ' +
    'a standby is promoted; the old primary has no standby left that would acknowledge a commit, so ' +
    'nothing is acknowledged on two sides. When Patroni goes on, it finds that it lost the lease and ' +
    'rejoins.',
  steps: [{ atS: 10, fault: { do: 'hang', process: 'patroni', on: 'primary' }, healAtS: 60 }],
  limits: { writeGapMs: 32_000, readGapMs: 3_000, appGapMs: 33_500, healthyAgainMs: 120_000 },
})
