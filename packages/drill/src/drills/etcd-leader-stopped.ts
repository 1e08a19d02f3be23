import { defineDrill } from './drill.ts'

export const etcdLeaderStopped = defineDrill({
  name: 'etcd-leader-stopped',
  title: "etcd's leader stops",
  expects: 'The others elect another one within a second or two, well within the lease: the primary stays.',
  steps: [{ atS: 10, fault: { do: 'stop-service', unit: 'etcd', on: 'etcd-leader' }, healAtS: 40 }],
  limits: { writeGapMs: 1_500, readGapMs: 3_000, appGapMs: 3_000, healthyAgainMs: 120_000 },
})
