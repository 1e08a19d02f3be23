import { createInterface } from 'node:readline/promises'
import type { ClusterSpec, DestroyReport } from '@fleet/cluster'
import { AppError } from '@fleet/domain'
import { withDeployProgress } from '../../cluster/deploy-progress.ts'
import { clusterOptions, withCluster } from '../../cluster/open-cluster.ts'
import { type CommandWorld, defineCommand, StoppedError } from '../../command.ts'

export const clusterDestroy = defineCommand({
  name: 'destroy',
  summary: 'Stop the cluster and remove its data and files from the hosts',
  description:
    "Asks for the cluster's name, or takes it from --name-it. Only hosts that carry the cluster's mark are touched.\n" +
    'The backups stay, unless --backups-too; so do Debian packages, cluster.yml, the secrets and the certificates.',
  options: {
    ...clusterOptions,
    'name-it': { type: 'string', value: 'CLUSTER', summary: "The cluster's name, to show that it is meant" },
    'backups-too': { type: 'boolean', summary: "Empty the repository on the backup host's disk as well" },
  },
  positionals: [],
  examples: [
    { line: 'fleet cluster destroy', says: 'Asks for the name' },
    { line: 'fleet cluster destroy --name-it bike-fleet-cluster', says: 'In a script' },
  ],
  run: ({ options }, world) =>
    withCluster(world, options, 'description', async ({ home, spec, shell }) => {
      const { confirmName, destroyCluster } = await import('@fleet/cluster')
      confirmName(spec, options['name-it'] ?? (await askName(spec, options['backups-too'], world)))
      const stopped = 'Stopped. Run the same command again to remove the rest.'
      const report = await withDeployProgress(world, stopped, (run) =>
        destroyCluster({ home, spec, shell, backupsToo: options['backups-too'], ...run }),
      )
      return {
        data: { type: 'report', ...report },
        text: renderReport(spec, report),
        exitCode: report.unreachable.length === 0 ? 0 : 1,
      }
    }),
})

async function askName(
  spec: ClusterSpec,
  backupsToo: boolean,
  { terminal, json, stop }: CommandWorld,
): Promise<string> {
  if (terminal.stdin.isTTY !== true || json)
    throw new AppError('usage', "Nobody is there to type the cluster's name.", {
      fix: `Give it with --name-it. The cluster of this file is ${spec.name}.`,
    })
  const hosts = spec.hosts.map(({ name }) => name).join(', ')
  terminal.err(
    `This stops PostgreSQL on ${hosts} and removes its data${backupsToo ? ' and all backups' : ''}. It cannot be undone.\n` +
      `Type the cluster's name to go on: `,
  )
  const lines = createInterface({ input: terminal.stdin })
  try {
    return (await lines.question('', { signal: stop })).trim()
  } catch (error) {
    if (stop.aborted) throw new StoppedError('Nothing was changed.')
    throw error
  } finally {
    lines.close()
  }
}

function renderReport(
  spec: ClusterSpec,
  { destroyed, leftAlone, unreachable, backupsKeptAt }: DestroyReport,
): string {
  const lines = [
    destroyed.length > 0
      ? `${spec.name} is gone from ${destroyed.join(', ')}.`
      : `No host that answers carries ${spec.name}.`,
  ]
  if (leftAlone.length > 0) lines.push(`Left alone, not part of it: ${leftAlone.join(', ')}.`)
  if (unreachable.length > 0)
    lines.push(
      `Not reached, so everything is still on them: ${unreachable.join(', ')}. Run it again when they are up.`,
    )
  if (backupsKeptAt !== null && destroyed.length > 0)
    lines.push(`The backups are still in ${backupsKeptAt}; reading them takes cluster.secrets.yml.`)
  return lines.join('\n')
}
