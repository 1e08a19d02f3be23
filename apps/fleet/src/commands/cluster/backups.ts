import type { PgbackrestStanza } from '@fleet/cluster'
import { bytes } from '../../cluster/bytes.ts'
import { clusterOptions, withCluster } from '../../cluster/open-cluster.ts'
import { seconds } from '../../cluster/with-operation.ts'
import { defineCommand } from '../../command.ts'
import { renderTable } from '../../table.ts'

export const clusterBackups = defineCommand({
  name: 'backups',
  summary: 'List the backups with size, duration, and which need which',
  description:
    'A differential backup needs its full one, an incremental one the backup before it: what is needed cannot go first.',
  options: clusterOptions,
  positionals: [],
  examples: [{ line: 'fleet cluster backups --json', says: 'For a monitor' }],
  run: ({ options }, world) =>
    withCluster(world, options, 'description', async ({ spec, shell }) => {
      const { readStanza } = await import('@fleet/cluster')
      const stanza = await readStanza(spec, shell, world.stop)
      const neededBy = (label: string) =>
        stanza.backups.filter(({ prior }) => prior === label).map((backup) => backup.label)
      return {
        data: {
          stanza: stanza.name,
          running: stanza.running,
          walMin: stanza.walMin,
          walMax: stanza.walMax,
          backups: stanza.backups.map((backup) => ({ ...backup, neededBy: neededBy(backup.label) })),
        },
        text: renderBackups(stanza, spec.timeZone, neededBy),
      }
    }),
})

function renderBackups(
  stanza: PgbackrestStanza,
  timeZone: string,
  neededBy: (label: string) => readonly string[],
): string {
  const rows = stanza.backups.map((backup) => {
    const needing = neededBy(backup.label).length
    return [
      backup.label,
      backup.kind,
      new Date(backup.endedMs).toLocaleString('sv', { timeZone }),
      seconds(backup.endedMs - backup.startedMs),
      bytes(backup.databaseBytes),
      bytes(backup.repositoryBytes),
      backup.prior ?? '-',
      needing === 0 ? '-' : `${needing} backup${needing === 1 ? '' : 's'}`,
      `${backup.walStart ?? '?'} to ${backup.walStop ?? '?'}${backup.damaged ? '  DAMAGED PAGES' : ''}`,
    ]
  })
  const header = ['BACKUP', 'KIND', 'FINISHED', 'TOOK', 'DATABASE', 'STORED', 'NEEDS', 'NEEDED BY', 'WAL']
  const wal =
    stanza.walMin === null ? 'No WAL is archived.' : `WAL from ${stanza.walMin} to ${stanza.walMax ?? '?'}.`
  return [
    rows.length === 0
      ? `There is no backup yet: ${stanza.statusMessage}. Take one with \`fleet cluster backup --full\`.`
      : renderTable(header, rows),
    `${wal}${stanza.running ? ' A backup is running now.' : ''}`,
  ].join('\n')
}
