import { defineDrill } from './drill.ts'

export const etcdMemberStopped = defineDrill({
  name: 'etcd-member-stopped',
  title: 'One member of etcd stops',
  expects: 'Two of three are a majority: nobody notices.',
  steps: [{ atS: 10, fault: { do: 'stop-service', unit: 'etcd', on: 'etcd-follower' }, healAtS: 40 }],
  limits: { writeGapMs: 1_500, readGapMs: 3_000, appGapMs: 3_000, healthyAgainMs: 120_000 },
})
