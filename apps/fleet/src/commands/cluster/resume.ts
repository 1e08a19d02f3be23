import { operationOptions, planned, withOperation } from '../../cluster/with-operation.ts'
import { defineCommand } from '../../command.ts'

export const clusterResume = defineCommand({
  name: 'resume',
  summary: 'Let Patroni act by itself again',
  description: 'Ends what `fleet cluster pause` began. Waits until every node that answers knows.',
  options: operationOptions,
  positionals: [],
  examples: [{ line: 'fleet cluster resume', says: 'After work by hand' }],
  run: ({ options }, world) =>
    withOperation(world, options, async ({ operation, plan }) => {
      const { resumeCluster } = await import('@fleet/cluster')
      const result = await resumeCluster(operation, { dryRun: options['dry-run'] })
      if (options['dry-run']) return planned(plan, result)
      const silent =
        result.silent.length > 0 ? ` Not answering, and told when back: ${result.silent.join(', ')}.` : ''
      const text = result.unchanged ? 'The cluster was not paused.' : 'The cluster is no longer paused.'
      return { data: result, text: `${text}${silent}` }
    }),
})
