import { defineDrill } from './drill.ts'

export const etcdStopped = defineDrill({
  name: 'etcd-stopped',
  title: 'All of etcd stops, then a standby loses its power too',
  expects:
    'Failsafe mode: the primary goes on as long as it reaches every other member itself. When a standby ' +
    'is gone as well it can no longer tell, and steps down: writes wait until etcd is back. No second ' +
    'primary, nothing lost.',
  steps: [
    { atS: 10, fault: { do: 'stop-service', unit: 'etcd', on: 'every-etcd' }, healAtS: 70 },
    { atS: 40, fault: { do: 'power-off', on: 'standby' }, healAtS: 72 },
  ],
  limits: { writeGapMs: 75_000, readGapMs: 75_000, appGapMs: 77_000, healthyAgainMs: 180_000 },
})
