import { defineDrill } from './drill.ts'

export const twentySwitchovers = defineDrill({
  name: 'twenty-switchovers',
  title: 'Twenty switchovers, one after another',
  expects: 'Each costs seconds; none loses or doubles anything, and timelines do not diverge.',
  steps: [{ atS: 10, fault: { do: 'switchover', times: 20 }, healAtS: null }],
  limits: { writeGapMs: 5_000, readGapMs: 4_000, appGapMs: 6_500, healthyAgainMs: 120_000 },
})
