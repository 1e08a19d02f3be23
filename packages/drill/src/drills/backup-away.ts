import { defineDrill } from './drill.ts'

export const backupAway = defineDrill({
  name: 'backup-away',
  title: 'The backup repository is away for ten minutes',
  expects:
    'WAL waits on the nodes and nobody notices. A switchover meanwhile costs 4 s more than it always does: before it takes a ' +
    'new timeline PostgreSQL asks the archive for a segment and for a history, and each is waited for 2 s. When the ' +
    'repository is back the WAL that waited is pushed.',
  steps: [
    { atS: 10, fault: { do: 'power-off', on: 'backup' }, healAtS: 610 },
    { atS: 300, fault: { do: 'switchover', times: 1 }, healAtS: null },
  ],
  limits: { writeGapMs: 8_000, readGapMs: 3_000, appGapMs: 9_500, healthyAgainMs: 240_000 },
})
