import { defineDrill } from './drill.ts'

export const standbyRestart = defineDrill({
  name: 'standby-restart',
  title: 'PostgreSQL on a standby is restarted',
  expects:
    'The other standby acknowledges commits meanwhile: writes do not wait, readers move to the other one.',
  harmless: true,
  steps: [{ atS: 10, fault: { do: 'restart-postgresql', on: 'standby' }, healAtS: null }],
  limits: { writeGapMs: 1_500, readGapMs: 3_000, appGapMs: 3_000, healthyAgainMs: 120_000 },
})
