import { defineDrill } from './drill.ts'

export const haproxyRestart = defineDrill({
  name: 'haproxy-restart',
  title: 'HAProxy on the machine with the virtual IP is restarted',
  expects: 'Connections end and are made anew; the address may move to the other HAProxy and back.',
  harmless: true,
  steps: [{ atS: 10, fault: { do: 'restart-service', unit: 'haproxy', on: 'vip-holder' }, healAtS: null }],
  limits: { writeGapMs: 3_000, readGapMs: 3_000, appGapMs: 4_500, healthyAgainMs: 120_000 },
})
