import {
  describeWrites,
  operationOptions,
  planned,
  seconds,
  withOperation,
} from '../../cluster/with-operation.ts'
import { defineCommand } from '../../command.ts'

export const clusterRestart = defineCommand({
  name: 'restart',
  summary: 'Restart PostgreSQL, standbys first, with a switchover instead of an outage',
  description:
    'One node at a time, each until it streams and is back in the quorum. The primary is not restarted in place: a\n' +
    'standby takes over and it starts anew as a standby. Refuses while a node is not well.',
  options: {
    pending: { type: 'boolean', summary: 'Only nodes where a setting waits for a restart' },
    'in-place': {
      type: 'boolean',
      summary: 'Restart the primary where it is; writes wait until it is back',
    },
    ...operationOptions,
  },
  positionals: [{ name: 'node', summary: 'Only this node; all without it', required: false }],
  examples: [
    { line: 'fleet cluster restart --pending', says: 'After a setting that needs it' },
    { line: 'fleet cluster restart pg-node-2', says: 'One node' },
  ],
  run: ({ options, positionals }, world) =>
    withOperation(world, options, async ({ operation, measure, plan }) => {
      const { rollingRestart } = await import('@fleet/cluster')
      const result = await rollingRestart(operation, {
        node: positionals.node,
        onlyPending: options.pending,
        inPlace: options['in-place'],
        dryRun: options['dry-run'],
        measure,
      })
      if (result.steps.length === 0)
        return { data: result, text: 'Nothing to do: no setting waits for a restart.' }
      if (!result.done) return planned(plan, result)
      const took = result.steps.map(({ node, tookMs }) => `${node} in ${seconds(tookMs ?? 0)}`).join(', ')
      return {
        data: result,
        text: `${world.terminal.paint.green('Restarted')}: ${took}. ${describeWrites(result.writes)}`,
      }
    }),
})
