import { defineDrill } from './drill.ts'

export const walDiskFull = defineDrill({
  name: 'wal-disk-full',
  title: 'The WAL disk of the primary is full',
  expects:
    'PostgreSQL stops rather than lose anything; a standby takes over within seconds. With room again the ' +
    'old primary comes back as a standby.',
  before: [
    { do: 'small-wal-disk', on: 'standby' },
    { do: 'switchover-to', on: 'standby' },
  ],
  steps: [{ atS: 10, fault: { do: 'fill-wal-disk', on: 'primary' }, healAtS: 50 }],
  limits: { writeGapMs: 10_000, readGapMs: 3_000, appGapMs: 11_500, healthyAgainMs: 180_000 },
})
