import type { TerminalProgram } from '@fleet/cluster'
import { ClusterError } from '@fleet/cluster/error'
import { findProgram } from '../../cluster/find-program.ts'
import { clusterOptions, type OpenCluster, withCluster } from '../../cluster/open-cluster.ts'
import { type CommandWorld, defineCommand } from '../../command.ts'

interface PsqlChoice {
  readonly replica: boolean
  readonly admin: boolean
}

export const clusterPsql = defineCommand({
  name: 'psql',
  summary: 'Open psql on the cluster as the application, or as its administrator',
  description:
    "As the application's role through the virtual IP, TLS verified, with psql of this machine; where there is none,\n" +
    'with the one of a database host over ssh. --admin is the superuser on the primary, over ssh.',
  options: {
    replica: { type: 'boolean', summary: 'A standby: reads that may be a moment old' },
    admin: { type: 'boolean', summary: 'The superuser postgres, over ssh' },
    ...clusterOptions,
  },
  positionals: [],
  rest: { name: 'args', summary: "psql's own arguments", required: false },
  examples: [
    { line: 'fleet cluster psql', says: 'On the primary' },
    {
      line: "fleet cluster psql --replica -- -c 'SELECT count(*) FROM bike'",
      says: 'One query on a standby',
    },
  ],
  async run({ options, rest }, world) {
    const chosen: { program: TerminalProgram | null } = { program: null }
    const result = await withCluster(world, options, 'identity', async (cluster) => {
      chosen.program = await choose(cluster, world, options, rest)
      return null
    })
    const { program } = chosen
    // Inside a lab's network it has run already.
    if (!program) return result
    const path = world.env['PATH'] ?? ''
    const [name = '', ...args] = program.words
    const file = await findProgram(name, path)
    if (!file) throw new ClusterError('missing_program', `The program ${name} is not installed here.`)
    // In our place, so that Ctrl-C, job control and the exit code are psql's own.
    const env = Object.entries({ ...world.env, ...program.env }).filter(([, value]) => value !== undefined)
    process.execve!(file, [name, ...args], Object.fromEntries(env) as Record<string, string>)
    return null
  },
})

async function choose(
  cluster: OpenCluster,
  world: CommandWorld,
  { replica, admin }: PsqlChoice,
  args: readonly string[],
): Promise<TerminalProgram> {
  const { authorityFiles, clientPsql, createPatroniClient, hostPsql, readClusterView } =
    await import('@fleet/cluster')
  const { home, spec, secrets } = cluster
  if (!admin && (await findProgram('psql', world.env['PATH'] ?? '')) !== null)
    return clientPsql({ spec, secrets, authorityFile: authorityFiles(home).certificate, replica, args })

  const patroni = createPatroniClient(cluster)
  try {
    const { leader, members } = await readClusterView(patroni, { signal: world.stop })
    const standby = members.find(({ node }) => node?.replicationState === 'streaming')
    const member = replica ? standby : leader
    if (!member)
      throw new ClusterError(
        'cluster_unhealthy',
        replica ? 'No standby streams now.' : 'There is no running primary now.',
      )
    const isTerminal = world.terminal.stdin.isTTY === true
    return hostPsql({ spec, host: member.host, as: admin ? 'admin' : 'application', isTerminal, args })
  } finally {
    await patroni.close()
  }
}
