import { clusterOptions, withCluster } from '../../cluster/open-cluster.ts'
import { defineCommand } from '../../command.ts'

// The names of operate/logs.ts, which no command may load before it runs.
const services = [
  'postgresql',
  'patroni',
  'etcd',
  'haproxy',
  'keepalived',
  'pgbackrest',
  'backups',
  'chrony',
  'nftables',
] as const

export const clusterLogs = defineCommand({
  name: 'logs',
  summary: "Show a service's log on a host",
  description: `Services: ${services.join(', ')}.`,
  options: {
    follow: { type: 'boolean', short: 'f', summary: 'Go on with what comes, until Ctrl-C' },
    since: { type: 'string', value: 'TIME', summary: 'From then on: "10 min ago", "2026-01-05 03:00"' },
    lines: { type: 'integer', short: 'n', summary: 'The last so many', default: 100, min: 1, max: 100_000 },
    ...clusterOptions,
  },
  positionals: [
    { name: 'node', summary: 'A host of cluster.yml', required: true },
    { name: 'service', summary: 'What to read', required: true },
  ],
  examples: [
    { line: 'fleet cluster logs pg-node-1 patroni --since "10 min ago"', says: 'Why it was demoted' },
    { line: 'fleet cluster logs haproxy-1 haproxy -f', says: 'Watch the health checks' },
  ],
  run: ({ options, positionals }, world) =>
    withCluster(world, options, 'description', async ({ spec, shell }) => {
      const { readLogs } = await import('@fleet/cluster')
      const service = services.find((name) => name === positionals.service)
      if (!service) {
        const { AppError } = await import('@fleet/domain')
        throw new AppError('usage', `There is no service "${positionals.service}".`, {
          fix: `Services: ${services.join(', ')}.`,
        })
      }
      const { node } = positionals
      const { since, lines, follow } = options
      const texts: string[] = []
      const onText = (text: string) => (world.json ? void texts.push(text) : world.terminal.out(text))
      try {
        await readLogs(spec, shell, { node, service, since, lines, follow }, { signal: world.stop, onText })
      } catch (error) {
        // Ctrl-C is how following ends.
        if (!world.stop.aborted) throw error
      }
      return { data: { node, service, lines: texts.join('').split('\n').slice(0, -1) }, text: '' }
    }),
})
