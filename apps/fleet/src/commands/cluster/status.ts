import type { ClusterStatus } from '@fleet/cluster'
import { clusterOptions, type OpenCluster, withCluster } from '../../cluster/open-cluster.ts'
import { renderStatus } from '../../cluster/status-text.ts'
import { type CommandResult, type CommandWorld, defineCommand } from '../../command.ts'
import { openLiveScreen } from '../../live-screen.ts'
import { pause } from '../../pause.ts'

export const clusterStatus = defineCommand({
  name: 'status',
  summary: 'Show the health of every part, with the next step for what is wrong',
  description: [
    'Asks Patroni, etcd, HAProxy and every host at once, each for 2 seconds at most, and answers in under 3',
    'seconds whatever is dead; only where this program itself takes over a second to start, each has longer, as busy',
    'hosts would be taken for dead ones. Nothing is changed. Exit codes: 0 healthy, 1 degraded (writes work), 2 down (no',
    'write can be committed), so that a monitor can call it; 130 when Ctrl-C ended --watch.',
  ].join('\n'),
  options: {
    ...clusterOptions,
    watch: { type: 'boolean', short: 'w', summary: 'Show it again and again until Ctrl-C' },
    interval: {
      type: 'number',
      value: 'SECONDS',
      summary: 'With --watch: from one look to the next',
      default: 2,
      min: 0.5,
      max: 3600,
    },
  },
  positionals: [],
  examples: [
    { line: 'fleet cluster status', says: 'Once' },
    { line: 'fleet cluster status --watch --interval 5', says: 'As a screen on the wall' },
    { line: 'fleet cluster status --json', says: 'For programs; the fields are stable' },
  ],
  run: ({ options }, world) =>
    withCluster(world, options, 'identity', async (cluster) => {
      const { createSingleUseShell, exitCodeOf } = await import('@fleet/cluster')
      if (options.watch) return watch(cluster, options.interval * 1000, world)
      // One command on each host: the kept connections of the cluster's own shell would not pay.
      const once = { ...cluster, shell: createSingleUseShell(cluster.spec) }
      const status = await look(once, world, sourceMs(performance.now()))
      if (status === null) return stopped
      return { data: status, text: await textOf(status, world), exitCode: exitCodeOf[status.level] }
    }),
})

/** From the program's start until the last source is given up: what is left of 3 s is for the end of connections. */
const answersInMs = 2_700
const mostMs = 2_000
/** Less would take busy hosts for dead ones. */
const leastMs = 1_400
const mostOnSlowMs = 10_000

/**
 * A machine on which loading leaves less than that is starved and cannot hold the promise: it gives the sources time in
 * proportion, since whatever it starts to ask them (ssh, for one) is as slow.
 *
 * @param startedMs what this program took until now to load, up to a second on a small machine
 */
const sourceMs = (startedMs: number): number =>
  Math.round(
    answersInMs - startedMs >= leastMs
      ? Math.min(mostMs, answersInMs - startedMs)
      : Math.min(mostOnSlowMs, 2 * startedMs),
  )

const stopped: CommandResult = { data: undefined, text: '', exitCode: 130 }

/** @returns null when Ctrl-C came before the answer */
async function look(
  cluster: OpenCluster,
  world: CommandWorld,
  timeoutMs: number,
): Promise<ClusterStatus | null> {
  const { collectObservations, judge } = await import('@fleet/cluster')
  const { spec, secrets, pki, shell } = cluster
  const { now, stop } = world
  try {
    const seen = await collectObservations({ spec, secrets, pki, shell, now, stop, timeoutMs })
    return judge(seen, spec, now())
  } catch (error) {
    if (stop.aborted && error === stop.reason) return null
    throw error
  }
}

async function textOf(status: ClusterStatus, { terminal }: CommandWorld): Promise<string> {
  const { bytesInWords, durationInWords } = await import('@fleet/cluster')
  return renderStatus(status, { bytesInWords, durationInWords }, terminal.paint, terminal.columns)
}

async function watch(cluster: OpenCluster, intervalMs: number, world: CommandWorld): Promise<CommandResult> {
  const { terminal, json, stop } = world
  const screen = json ? null : openLiveScreen(terminal)
  try {
    while (!stop.aborted) {
      const startMs = performance.now()
      const status = await look(cluster, world, mostMs)
      if (status === null) break
      // One line a look.
      if (!screen) terminal.out(`${JSON.stringify(status)}\n`)
      else
        screen.draw(
          `${terminal.paint.dim(`${status.cluster}  ${new Date(world.now()).toLocaleTimeString('sv')}  (Ctrl-C ends)`)}\n${await textOf(status, world)}`,
        )
      await pause(Math.max(0, intervalMs - (performance.now() - startMs)), stop)
    }
  } finally {
    screen?.close()
  }
  return stopped
}
