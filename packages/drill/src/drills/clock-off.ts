import { defineDrill } from './drill.ts'

export const clockOff = defineDrill({
  name: 'clock-off',
  title: 'The clock of the node that becomes the primary is five minutes off',
  expects:
    'Leases are counted by each side on its own, so the cluster stays whole. The app stamps what happens ' +
    'by its own clock, so the order on screens does not change.',
  steps: [
    { atS: 10, fault: { do: 'shift-clock', byS: 300, on: 'standby' }, healAtS: 75 },
    { atS: 35, fault: { do: 'switchover', times: 1, to: 'standby' }, healAtS: null },
  ],
  limits: { writeGapMs: 8_000, readGapMs: 4_000, appGapMs: 9_500, healthyAgainMs: 120_000 },
})
