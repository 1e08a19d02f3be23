import { defineDrill } from './drill.ts'

export const backupRestore = defineDrill({
  name: 'backup-restore',
  title: 'A backup is taken and restored to a moment under load, beside a standby',
  expects:
    'The copy has every row that was acknowledged before the moment and none of after it. Writes and reads go on ' +
    'meanwhile. The copy is removed.',
  harmless: true,
  steps: [
    { atS: 10, fault: { do: 'take-backup' }, healAtS: null },
    { atS: 11, fault: { do: 'restore-backup', on: 'other-standby' }, healAtS: null },
  ],
  limits: { writeGapMs: 1_500, readGapMs: 3_000, appGapMs: 3_000, healthyAgainMs: 120_000 },
})
