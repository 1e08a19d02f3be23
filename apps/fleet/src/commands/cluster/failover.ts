import { operationOptions, planned, seconds, withOperation } from '../../cluster/with-operation.ts'
import { defineCommand } from '../../command.ts'

export const clusterFailover = defineCommand({
  name: 'failover',
  summary: 'Promote a node by hand when there is no primary',
  description:
    'Patroni does this by itself; it is for when it does not, because the cluster is paused or no node is fit. With a\n' +
    'running primary it refuses. It says before what may be lost, and refuses that without --accept-data-loss.',
  options: {
    to: { type: 'string', value: 'NODE', summary: 'The node to promote', required: true },
    'accept-data-loss': {
      type: 'boolean',
      summary: 'Promote it also when acknowledged writes may be missing on it',
    },
    ...operationOptions,
  },
  positionals: [],
  examples: [
    { line: 'fleet cluster failover --to pg-node-2 --dry-run', says: 'What would be lost' },
    { line: 'fleet cluster failover --to pg-node-2', says: 'Refuses when anything may be lost' },
  ],
  run: ({ options }, world) =>
    withOperation(world, options, async ({ operation, cluster, plan }) => {
      const { failover } = await import('@fleet/cluster')
      const result = await failover(
        { ...operation, shell: cluster.shell },
        { to: options.to, acceptDataLoss: options['accept-data-loss'], dryRun: options['dry-run'] },
      )
      if (!result.done) return planned(plan, result)
      return {
        data: result,
        text: `${world.terminal.paint.green(`${result.to} is the primary`)} (timeline ${result.timeline}) after ${seconds(result.tookMs ?? 0)}.`,
      }
    }),
})
