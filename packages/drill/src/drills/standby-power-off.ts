import { defineDrill } from './drill.ts'

export const standbyPowerOff = defineDrill({
  name: 'standby-power-off',
  title: 'A standby loses its power silently',
  expects:
    'The other standby acknowledges commits, so writes do not wait. Readers of the lost one find the ' +
    'other within a second or two.',
  steps: [{ atS: 10, fault: { do: 'power-off', on: 'standby' }, healAtS: 40 }],
  limits: { writeGapMs: 1_500, readGapMs: 6_000, appGapMs: 3_000, healthyAgainMs: 120_000 },
})
