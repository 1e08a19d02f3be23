import { defineDrill } from './drill.ts'

export const postgresqlFrozen = defineDrill({
  name: 'postgresql-frozen',
  title: 'PostgreSQL on the primary hangs',
  expects:
    'Its Patroni gets no answer any more, gives up the lease or lets it end, and a standby is promoted. ' +
    'When the old one goes on it is demoted before anything can be committed on it.',
  steps: [{ atS: 10, fault: { do: 'hang', process: 'postgres', on: 'primary' }, healAtS: 70 }],
  limits: { writeGapMs: 30_000, readGapMs: 3_000, appGapMs: 31_500, healthyAgainMs: 120_000 },
})
