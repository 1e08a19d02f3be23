import type { BackupKind } from '@fleet/cluster'
import { AppError } from '@fleet/domain'
import { bytes } from '../../cluster/bytes.ts'
import { operationOptions, planned, seconds, withOperation } from '../../cluster/with-operation.ts'
import { defineCommand } from '../../command.ts'

export const clusterBackup = defineCommand({
  name: 'backup',
  summary: 'Take a backup now',
  description:
    'By the same unit and under the same lock as the timers. Differential without an option: what changed since the\n' +
    'last full one. It goes on when this command is stopped.',
  options: {
    full: { type: 'boolean', summary: 'Everything' },
    diff: { type: 'boolean', summary: 'What changed since the last full backup' },
    incr: { type: 'boolean', summary: 'What changed since the last backup of any kind' },
    ...operationOptions,
  },
  positionals: [],
  examples: [{ line: 'fleet cluster backup --full', says: 'Before a migration that cannot be undone' }],
  run: ({ options }, world) => {
    if ([options.full, options.diff, options.incr].filter(Boolean).length > 1)
      throw new AppError('usage', '--full, --diff and --incr are three kinds of backup: give one of them.')
    const kind: BackupKind = options.full ? 'full' : options.incr ? 'incremental' : 'differential'
    return withOperation(world, options, async ({ operation, cluster, plan }) => {
      const { takeBackup } = await import('@fleet/cluster')
      const result = await takeBackup(
        { ...operation, shell: cluster.shell },
        { kind, dryRun: options['dry-run'] },
      )
      const { backup } = result
      if (!backup) return planned(plan, result)
      return {
        data: result,
        text:
          `${world.terminal.paint.green(`${backup.label} is done`)}: ${backup.kind}, ${bytes(backup.copiedBytes)} of ` +
          `${bytes(backup.databaseBytes)} copied, ${bytes(backup.repositoryBytes)} in the repository, ` +
          `${seconds(result.tookMs ?? 0)}.`,
      }
    })
  },
})
