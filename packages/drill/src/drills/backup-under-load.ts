import { defineDrill } from './drill.ts'

export const backupUnderLoad = defineDrill({
  name: 'backup-under-load',
  title: 'A backup is taken under load',
  expects: 'Writes and reads go on; the backup is listed afterwards.',
  harmless: true,
  steps: [{ atS: 10, fault: { do: 'take-backup' }, healAtS: null }],
  limits: { writeGapMs: 1_500, readGapMs: 3_000, appGapMs: 3_000, healthyAgainMs: 120_000 },
})
