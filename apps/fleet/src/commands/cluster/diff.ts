import type { HostDiff } from '@fleet/cluster'
import { withDeployProgress } from '../../cluster/deploy-progress.ts'
import { clusterOptions, withCluster } from '../../cluster/open-cluster.ts'
import { defineCommand } from '../../command.ts'
import type { Paint } from '../../terminal.ts'

export const clusterDiff = defineCommand({
  name: 'diff',
  summary: "Show what a deploy would change of the hosts' files",
  description:
    'A unified diff for each file of each host, without secrets: of files like private keys only that they change. Changes nothing.\n' +
    'Exit code 0: no difference. 1: differences.',
  options: clusterOptions,
  positionals: [],
  examples: [
    { line: 'fleet cluster diff', says: 'Before a deploy' },
    { line: 'fleet cluster diff --json', says: 'For programs' },
  ],
  run: ({ options }, world) =>
    withCluster(world, options, 'new identity', async (cluster) => {
      const { diffCluster } = await import('@fleet/cluster')
      // Its one step is progress on a terminal; with --json the answer alone is wanted.
      const shown = world.json ? { ...world, terminal: silent(world.terminal) } : world
      const hosts = await withDeployProgress(shown, 'Stopped. Nothing was changed.', (run) =>
        diffCluster({ ...cluster, ...run }),
      )
      const isSame = hosts.every(({ changes, pending }) => changes.length === 0 && isEmpty(pending))
      return {
        data: { hosts },
        text: isSame
          ? 'No difference.'
          : hosts.flatMap((host) => renderHost(host, world.terminal.paint)).join('\n'),
        exitCode: isSame ? 0 : 1,
      }
    }),
})

const silent = <T extends { readonly out: (text: string) => void }>(terminal: T): T => ({
  ...terminal,
  out: () => undefined,
})
const isEmpty = (record: object) => Object.keys(record).length === 0

function renderHost({ host, changes, pending }: HostDiff, paint: Paint): readonly string[] {
  if (changes.length === 0 && isEmpty(pending)) return []
  return [
    paint.bold(host),
    ...changes.map(({ path, state, secret, diff }) =>
      diff === undefined ? `${state} ${path}${secret ? ' (secret)' : ''}` : paintDiff(diff, paint),
    ),
    ...Object.entries(pending).map(([unit, action]) => `${unit} still waits for its ${action}`),
    '',
  ]
}

const paintDiff = (diff: string, paint: Paint) =>
  diff
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (/^(\+\+\+|---)/.test(line)) return paint.bold(line)
      if (line.startsWith('+')) return paint.green(line)
      if (line.startsWith('-')) return paint.red(line)
      return line.startsWith('@@') ? paint.cyan(line) : line
    })
    .join('\n')
