import { operationOptions, planned, withOperation } from '../../cluster/with-operation.ts'
import { defineCommand } from '../../command.ts'

export const clusterPause = defineCommand({
  name: 'pause',
  summary: 'Keep Patroni from acting by itself, for work by hand',
  description: 'While it is paused nobody takes over when the primary dies.',
  options: operationOptions,
  positionals: [],
  examples: [{ line: 'fleet cluster pause', says: 'Before PostgreSQL is stopped by hand' }],
  run: ({ options }, world) =>
    withOperation(world, options, async ({ operation, plan }) => {
      const { pauseCluster } = await import('@fleet/cluster')
      const result = await pauseCluster(operation, { dryRun: options['dry-run'] })
      if (options['dry-run']) return planned(plan, result)
      const silent =
        result.silent.length > 0 ? ` Not answering, and told when back: ${result.silent.join(', ')}.` : ''
      const text = result.unchanged
        ? 'The cluster was paused already.'
        : 'The cluster is paused. Run `fleet cluster resume` as soon as the work is done.'
      return { data: result, text: `${text}${silent}` }
    }),
})
