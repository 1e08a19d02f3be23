import { defineDrill } from './drill.ts'

export const postgresqlKilled = defineDrill({
  name: 'postgresql-killed',
  title: 'PostgreSQL on the primary is killed',
  expects:
    'A standby takes over within seconds, without waiting for the lease. The old primary rewinds and ' +
    'comes back as a standby by itself. Nobody sees an error.',
  steps: [{ atS: 10, fault: { do: 'kill', process: 'postgres', on: 'primary' }, healAtS: null }],
  limits: { writeGapMs: 5_000, readGapMs: 3_000, appGapMs: 6_500, healthyAgainMs: 120_000 },
})
