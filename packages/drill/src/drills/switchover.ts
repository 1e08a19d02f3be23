import { defineDrill } from './drill.ts'

export const switchover = defineDrill({
  name: 'switchover',
  title: 'A planned switchover under load',
  expects:
    'The old primary finishes its WAL before the new one begins. Writes pause for some seconds, nobody ' +
    'sees an error.',
  harmless: true,
  steps: [{ atS: 10, fault: { do: 'switchover', times: 1 }, healAtS: null }],
  limits: { writeGapMs: 4_000, readGapMs: 3_000, appGapMs: 5_500, healthyAgainMs: 120_000 },
})
