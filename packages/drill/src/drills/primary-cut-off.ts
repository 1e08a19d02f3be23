import { defineDrill } from './drill.ts'

export const primaryCutOff = defineDrill({
  name: 'primary-cut-off',
  title: 'The primary is cut off from everybody',
  expects:
    'It cannot renew its lease and steps down before anyone else is promoted; what it could not have ' +
    'acknowledged is rewound when it is back.',
  steps: [
    { atS: 10, fault: { do: 'cut', from: 'primary', to: 'everyone-else' }, healAtS: 55 },
    { atS: 10, fault: { do: 'cut', from: 'primary', to: 'client' }, healAtS: 55 },
  ],
  limits: { writeGapMs: 28_000, readGapMs: 3_000, appGapMs: 29_500, healthyAgainMs: 120_000 },
})
