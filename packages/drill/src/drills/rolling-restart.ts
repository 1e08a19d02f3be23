import { defineDrill } from './drill.ts'

export const rollingRestart = defineDrill({
  name: 'rolling-restart',
  title: 'Everything is restarted, one part after another, the app last',
  expects:
    'PostgreSQL on standbys first, then a switchover instead of an outage; then members of etcd, HAProxy, and the app. ' +
    'Clients repeat what was on its way: nothing is lost or done twice.',
  steps: [
    { atS: 10, fault: { do: 'restart-postgresql', on: 'all-nodes' }, healAtS: null },
    { atS: 11, fault: { do: 'restart-service', unit: 'etcd', on: 'etcd-follower' }, healAtS: null },
    { atS: 20, fault: { do: 'restart-service', unit: 'etcd', on: 'etcd-leader' }, healAtS: null },
    { atS: 30, fault: { do: 'restart-service', unit: 'haproxy', on: 'vip-holder' }, healAtS: null },
    { atS: 40, fault: { do: 'restart-app' }, healAtS: null },
  ],
  limits: { writeGapMs: 5_000, readGapMs: 4_000, appGapMs: 15_000, healthyAgainMs: 120_000 },
})
