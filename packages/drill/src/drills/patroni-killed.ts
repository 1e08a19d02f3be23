import { defineDrill } from './drill.ts'

export const patroniKilled = defineDrill({
  name: 'patroni-killed',
  title: 'Patroni on the primary is killed',
  expects:
    'PostgreSQL goes on and systemd starts Patroni again before its lease ends: the primary stays where ' +
    'it is. HAProxy may pause writes until Patroni answers.',
  steps: [{ atS: 10, fault: { do: 'kill', process: 'patroni', on: 'primary' }, healAtS: null }],
  limits: { writeGapMs: 7_000, readGapMs: 3_000, appGapMs: 8_500, healthyAgainMs: 120_000 },
})
