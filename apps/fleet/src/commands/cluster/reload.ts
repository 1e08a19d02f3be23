import { operationOptions, planned, withOperation } from '../../cluster/with-operation.ts'
import { defineCommand } from '../../command.ts'

export const clusterReload = defineCommand({
  name: 'reload',
  summary: 'Let Patroni and PostgreSQL read configuration and certificates again',
  description: 'Restarts nothing and ends no session. Says which settings still wait for a restart.',
  options: operationOptions,
  positionals: [{ name: 'node', summary: 'Only this node; all without it', required: false }],
  examples: [{ line: 'fleet cluster reload', says: 'After new certificates, or a setting by hand' }],
  run: ({ options, positionals }, world) =>
    withOperation(world, options, async ({ operation, plan }) => {
      const { reloadCluster } = await import('@fleet/cluster')
      const result = await reloadCluster(operation, { node: positionals.node, dryRun: options['dry-run'] })
      if (options['dry-run']) return planned(plan, result)
      const { paint } = world.terminal
      const text = result.nodes.map(({ node, problem, pendingRestart }) => {
        if (problem !== null) return paint.red(`${node}: not reloaded. ${problem}`)
        return pendingRestart.length > 0
          ? `${node}: reloaded; ${pendingRestart.join(', ')} wait for \`fleet cluster restart --pending\`.`
          : `${node}: reloaded.`
      })
      return { data: result, text: text.join('\n'), exitCode: result.done ? 0 : 1 }
    }),
})
