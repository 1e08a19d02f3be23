import { defineDrill } from './drill.ts'

export const primaryAndEtcdLeaderPowerOff = defineDrill({
  name: 'primary-and-etcd-leader-power-off',
  title: "The primary loses its power silently and was etcd's leader too",
  expects: 'As without the leader, but etcd elects first, which gives every lease its whole time again.',
  topology: 'small',
  before: [{ do: 'etcd-leader-to', on: 'primary' }],
  steps: [{ atS: 10, fault: { do: 'power-off', on: 'primary' }, healAtS: 70 }],
  limits: { writeGapMs: 40_000, readGapMs: 3_000, appGapMs: 41_500, healthyAgainMs: 120_000 },
})
