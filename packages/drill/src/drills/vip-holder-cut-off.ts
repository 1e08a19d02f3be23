import { defineDrill } from './drill.ts'

export const vipHolderCutOff = defineDrill({
  name: 'vip-holder-cut-off',
  title: 'The HAProxy machine with the virtual IP is cut off from everybody',
  expects:
    'Both believe to have the address, but only one is heard. When the network is whole again one of them ' +
    'gives it up.',
  steps: [{ atS: 10, fault: { do: 'isolate', on: 'vip-holder' }, healAtS: 40 }],
  limits: { writeGapMs: 6_000, readGapMs: 6_000, appGapMs: 7_500, healthyAgainMs: 120_000 },
})
