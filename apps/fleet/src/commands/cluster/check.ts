import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ClusterError } from '@fleet/cluster/error'
import { countProblems, renderProblems } from '../../cluster/render-problems.ts'
import { defineCommand } from '../../command.ts'

export const clusterCheck = defineCommand({
  name: 'check',
  summary: 'Find all that is wrong with cluster.yml and the files beside it',
  description:
    'Reads files of this machine only; no host is asked. Exit code 0: it can be deployed, perhaps with warnings; 1: it cannot.',
  options: {
    file: {
      type: 'string',
      value: 'FILE',
      summary: 'The cluster.yml',
      default: 'cluster.yml',
      env: 'FLEET_CLUSTER',
    },
  },
  positionals: [],
  examples: [
    { line: 'fleet cluster check', says: 'After every change' },
    { line: 'fleet cluster check --json', says: 'For an editor or a pipeline' },
  ],
  async run({ options }, world) {
    const { checkFiles, createClusterHome, hostsWith, parseClusterYml } = await import('@fleet/cluster')
    const parsed = parseClusterYml(await readText(options.file), options.file)
    const beside =
      parsed.spec === null
        ? []
        : await checkFiles(createClusterHome(resolve(options.file)), parsed.spec, parsed.lineOf)
    const problems = [...parsed.problems, ...beside]
    const { paint } = world.terminal
    const isOk = problems.every(({ severity }) => severity === 'warning')
    const hosts =
      parsed.spec === null
        ? ''
        : describeHosts(parsed.spec.hosts.length, (role) => hostsWith(parsed.spec!, role).length)
    const verdict = isOk
      ? `${paint.green(`${options.file} is fine`)}: ${hosts}.${problems.length > 0 ? ` ${countProblems(problems)}.` : ''}`
      : paint.red(`${options.file} cannot be deployed: ${countProblems(problems)}.`)
    return {
      data: { file: resolve(options.file), ok: isOk, problems },
      text: [...(problems.length > 0 ? [renderProblems(problems, paint)] : []), verdict].join('\n\n'),
      exitCode: isOk ? 0 : 1,
    }
  },
})

const describeHosts = (
  total: number,
  count: (role: 'postgresql' | 'etcd' | 'haproxy' | 'backup') => number,
): string =>
  `${total} hosts, ${count('postgresql')} with PostgreSQL, ${count('etcd')} with etcd, ${count('haproxy')} with HAProxy`

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new ClusterError(
      'missing_file',
      code === 'ENOENT' ? `There is no ${file}.` : `${file} cannot be read: ${message}`,
      { cause: error },
    )
  }
}
