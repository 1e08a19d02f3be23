import {
  describeWrites,
  operationOptions,
  planned,
  seconds,
  withOperation,
} from '../../cluster/with-operation.ts'
import { defineCommand } from '../../command.ts'

export const clusterSwitchover = defineCommand({
  name: 'switchover',
  summary: 'Make a healthy standby the primary, in good order',
  description:
    'Nothing that was acknowledged is lost: the old primary finishes its WAL before the new one begins. Waits until the\n' +
    'new primary takes writes and the old one streams from it, and says how long writes stood still.',
  options: {
    to: {
      type: 'string',
      value: 'NODE',
      summary: 'The standby to promote; without it whichever healthy one is first, which takes less time',
    },
    ...operationOptions,
  },
  positionals: [],
  examples: [
    { line: 'fleet cluster switchover', says: 'Before work on the machine of the primary' },
    { line: 'fleet cluster switchover --to pg-node-2 --dry-run', says: 'Whether it would be possible now' },
  ],
  run: ({ options }, world) =>
    withOperation(world, options, async ({ operation, measure, plan }) => {
      const { switchover } = await import('@fleet/cluster')
      const result = await switchover(operation, { to: options.to, dryRun: options['dry-run'], measure })
      if (!result.done) return planned(plan, result)
      return {
        data: result,
        text:
          `${world.terminal.paint.green(`${result.to} is the primary`)} (timeline ${result.timeline}), ` +
          `${result.from} streams from it after ${seconds(result.rejoinedMs ?? 0)}. ${describeWrites(result.writes)}`,
      }
    }),
})
