import type { ClusterSpec, ClusterStatus, DeployReport } from '@fleet/cluster'
import { withDeployProgress } from '../../cluster/deploy-progress.ts'
import { clusterOptions, type OpenCluster, withCluster } from '../../cluster/open-cluster.ts'
import { type CommandWorld, defineCommand } from '../../command.ts'

export const clusterDeploy = defineCommand({
  name: 'deploy',
  summary: 'Bring the hosts to what cluster.yml says; nothing is done twice',
  description:
    'Looks at all hosts first and refuses with every problem at once. Then packages, files and services in the safe\n' +
    'order, one PostgreSQL node at a time; changed settings restart standbys first, then a switchover, then the old\n' +
    'primary. The first deploy makes the secrets and certificates beside cluster.yml and takes a full backup.\n' +
    'Run it again after a failure or Ctrl-C: it goes on where it stopped. With --json, each event is a line of JSON;\n' +
    'the last line is the report.',
  options: clusterOptions,
  positionals: [],
  examples: [
    { line: 'fleet cluster deploy', says: 'cluster.yml in this folder' },
    { line: 'fleet cluster deploy --lab lab', says: 'On the machines of a lab' },
  ],
  run: ({ options }, world) =>
    withCluster(world, options, 'new identity', async (cluster) => {
      const { deployCluster } = await import('@fleet/cluster')
      const stopped = 'Stopped. Run the same command again: it goes on where it stopped.'
      return await withDeployProgress(world, stopped, async (run) => {
        const report = await deployCluster({ ...cluster, ...run })
        const status = await readStatus(cluster, world)
        return {
          data: { type: 'report', ...report, status },
          text: renderReport(cluster, report, status),
          exitCode: status.level === 'down' ? 1 : 0,
        }
      })
    }),
})

async function readStatus(
  { spec, secrets, pki, shell }: OpenCluster,
  world: CommandWorld,
): Promise<ClusterStatus> {
  const { collectObservations, judge } = await import('@fleet/cluster')
  const { now, stop } = world
  // The machines have just worked hard, and nobody waits for an alarm here.
  const timeoutMs = 10_000
  const seen = await collectObservations({ spec, secrets, pki, shell, now, stop, timeoutMs })
  return judge(seen, spec, world.now())
}

function renderReport(
  { spec, home }: OpenCluster,
  { changedCount, newHosts, unverified, durationMs }: DeployReport,
  { verdict, warnings }: ClusterStatus,
): string {
  const changed =
    changedCount === 0 ? 'Nothing was changed' : `${changedCount} change${changedCount === 1 ? '' : 's'}`
  return [
    `${changed}, in ${(durationMs / 1_000).toFixed(1)} s. ${verdict}`,
    ...warnings.map(({ message, next }) => `  ${message}\n    ${next}`),
    ...unverified,
    ...(newHosts.length > 0
      ? [
          `Keep a copy of ${home.secretsFile} and ${home.pkiDirectory} elsewhere: without them no backup can be read.`,
        ]
      : []),
    '',
    'For the app:',
    ...renderEnvironment(spec, home).map((line) => `  ${line}`),
  ].join('\n')
}

/** What the app needs to know, but the password, which is in one file only. */
const renderEnvironment = (
  { network, postgresql }: ClusterSpec,
  { secretsFile, pkiDirectory }: OpenCluster['home'],
): readonly string[] => [
  `PG_HOST=${network.vip}`,
  'PG_PORT=5432',
  `PG_DATABASE=${postgresql.database}`,
  `PG_USER=${postgresql.role}`,
  `PG_PASSWORD=...  # app in ${secretsFile}`,
  'PGSSLMODE=verify-full',
  `PGSSLROOTCERT=${pkiDirectory}/ca.crt`,
]
