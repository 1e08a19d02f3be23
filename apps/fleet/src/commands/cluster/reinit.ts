import { operationOptions, planned, seconds, withOperation } from '../../cluster/with-operation.ts'
import { defineCommand } from '../../command.ts'

export const clusterReinit = defineCommand({
  name: 'reinit',
  summary: "Throw a standby's database away and copy it anew",
  description:
    'For a standby that cannot follow any more. The primary is refused, and so is the only standby that streams. Waits\n' +
    'until it streams and is back in the quorum.',
  options: {
    'accept-no-standby': {
      type: 'boolean',
      summary: 'Also when no other standby streams: until it is done nobody could take over',
    },
    ...operationOptions,
  },
  positionals: [{ name: 'node', summary: 'The standby', required: true }],
  examples: [{ line: 'fleet cluster reinit pg-node-3', says: 'Copies pg-node-3 from the cluster' }],
  run: ({ options, positionals }, world) =>
    withOperation(world, options, async ({ operation, plan }) => {
      const { reinitNode } = await import('@fleet/cluster')
      const result = await reinitNode(operation, {
        node: positionals.node,
        acceptNoStandby: options['accept-no-standby'],
        dryRun: options['dry-run'],
      })
      if (!result.done) return planned(plan, result)
      return {
        data: result,
        text: `${world.terminal.paint.green(`${result.node} is copied and streams`)} after ${seconds(result.tookMs ?? 0)}.`,
      }
    }),
})
