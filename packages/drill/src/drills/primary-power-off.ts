import { defineDrill } from './drill.ts'

export const primaryPowerOff = defineDrill({
  name: 'primary-power-off',
  title: "The primary loses its power silently, etcd's leader is elsewhere",
  expects:
    'Nobody is told. The lease ends, a standby that has everything is promoted, and clients move there. ' +
    'When the machine boots it rewinds and streams.',
  steps: [{ atS: 10, fault: { do: 'power-off', on: 'primary' }, healAtS: 55 }],
  limits: { writeGapMs: 28_000, readGapMs: 3_000, appGapMs: 29_500, healthyAgainMs: 120_000 },
})
