import { defineDrill } from './drill.ts'

export const primaryCutFromEtcd = defineDrill({
  name: 'primary-cut-from-etcd',
  title: 'The primary is cut off from etcd only',
  expects:
    "It cannot renew its lease, but the others still hear it: Patroni's failsafe asks each of them, and none of them " +
    'is promoted while it does. Writes go on almost as if nothing were.',
  steps: [{ atS: 10, fault: { do: 'block-ports', ports: [2379, 2380], on: 'primary' }, healAtS: 55 }],
  limits: { writeGapMs: 5_000, readGapMs: 3_000, appGapMs: 6_500, healthyAgainMs: 120_000 },
})
