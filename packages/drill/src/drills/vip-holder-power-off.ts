import { defineDrill } from './drill.ts'

export const vipHolderPowerOff = defineDrill({
  name: 'vip-holder-power-off',
  title: 'The HAProxy machine with the virtual IP loses its power silently',
  expects: 'The other HAProxy takes the address within some seconds.',
  steps: [{ atS: 10, fault: { do: 'power-off', on: 'vip-holder' }, healAtS: 40 }],
  limits: { writeGapMs: 5_000, readGapMs: 5_000, appGapMs: 6_500, healthyAgainMs: 120_000 },
})
