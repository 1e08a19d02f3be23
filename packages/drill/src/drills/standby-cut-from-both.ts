import { defineDrill } from './drill.ts'

export const standbyCutFromBoth = defineDrill({
  name: 'standby-cut-from-both',
  title: 'The primary and one standby are on one side, the other standby on the other',
  expects: 'The side with two goes on as if nothing were. The lonely standby stays a standby.',
  steps: [
    { atS: 10, fault: { do: 'cut', from: 'other-standby', to: 'primary' }, healAtS: 45 },
    { atS: 10, fault: { do: 'cut', from: 'other-standby', to: 'standby' }, healAtS: 45 },
  ],
  limits: { writeGapMs: 1_500, readGapMs: 6_000, appGapMs: 3_000, healthyAgainMs: 120_000 },
})
