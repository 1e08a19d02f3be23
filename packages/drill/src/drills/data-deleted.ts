import { defineDrill } from './drill.ts'

export const dataDeleted = defineDrill({
  name: 'data-deleted',
  title: 'The data directory of the primary is deleted',
  expects:
    'PostgreSQL fails at its next file and a standby takes over within seconds; what was acknowledged is there. What is ' +
    'left in the directory keeps Patroni from copying it by itself: an operator does, by fleet cluster reinit, which ' +
    'is how the drill mends it.',
  steps: [{ atS: 10, fault: { do: 'delete-data', on: 'primary' }, healAtS: 45 }],
  limits: { writeGapMs: 15_000, readGapMs: 4_000, appGapMs: 16_500, healthyAgainMs: 240_000 },
})
