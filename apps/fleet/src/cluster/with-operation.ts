import type { Operation, OperationEvent, WriteMeasure, WriteProbe } from '@fleet/cluster'
import { type CommandResult, type CommandWorld, type OptionSpec, StoppedError } from '../command.ts'
import { type ClusterChoice, clusterOptions, type OpenCluster, withCluster } from './open-cluster.ts'

/** What every command that changes a cluster takes. */
export const operationOptions = {
  ...clusterOptions,
  'dry-run': { type: 'boolean', summary: 'Say what would be done, and do nothing' },
} as const satisfies Record<string, OptionSpec>

export interface OperationInput {
  readonly operation: Operation
  readonly cluster: OpenCluster
  /** Writes through the virtual IP while the operation lasts. */
  readonly measure: { open(): WriteProbe }
  /** What was planned so far, a line each: the answer of a dry run. */
  readonly plan: readonly string[]
}

/**
 * Opens the cluster and runs an operation on it that tells on standard error what it is about to do, what it waits
 * for and what is done. Ctrl-C ends the waiting, not what the cluster has begun.
 */
export const withOperation = (
  world: CommandWorld,
  options: ClusterChoice,
  work: (input: OperationInput) => Promise<CommandResult>,
): Promise<CommandResult | null> =>
  withCluster(world, options, 'identity', async (cluster) => {
    const { createPatroniClient, createWriteProbe, systemClock, vipConnection } =
      await import('@fleet/cluster')
    const { spec, secrets, pki } = cluster
    const patroni = createPatroniClient(cluster)
    const plan: string[] = []
    const lines = createOperationLines(world)
    const operation: Operation = {
      spec,
      patroni,
      clock: systemClock,
      signal: world.stop,
      onEvent(event) {
        if (event.kind === 'plan') plan.push(event.text)
        lines.show(event)
      },
    }
    const measure = {
      open: () => createWriteProbe({ connection: vipConnection(spec, secrets, pki), clock: systemClock }),
    }
    try {
      return await work({ operation, cluster, measure, plan })
    } catch (error) {
      if (!world.stop.aborted) throw error
      throw new StoppedError(
        'Stopped watching. What the cluster has begun goes on: see `fleet cluster status`.',
      )
    } finally {
      lines.end()
      await patroni.close()
    }
  })

const quietMs = 2_000
const redrawEveryMs = 100
const lineEveryMs = 10_000

interface OperationLines {
  show(event: OperationEvent): void
  /** Takes the moving line away. */
  end(): void
}

/** On standard error: a line that stays for each step, one that moves while something is waited for. Nothing with `--json`. */
function createOperationLines({ terminal, json, now }: CommandWorld): OperationLines {
  const { paint } = terminal
  const startMs = now()
  let shownMs = -Infinity
  let isDrawn = false
  const wipe = () => {
    if (isDrawn) terminal.err('\r\u001b[K')
    isDrawn = false
  }
  return {
    show(event) {
      if (json) return
      if (event.kind !== 'waiting') {
        wipe()
        const at = seconds(now() - startMs).padStart(8)
        terminal.err(
          event.kind === 'plan' ? `  ${event.text}\n` : `${paint.green('✓')} ${at}  ${event.text}\n`,
        )
        return
      }
      const everyMs = terminal.isErrTty ? redrawEveryMs : lineEveryMs
      if (event.elapsedMs < quietMs || now() - shownMs < everyMs) return
      shownMs = now()
      const text = `  ${seconds(event.elapsedMs).padStart(8)}  ${event.text}`
      if (!terminal.isErrTty) return terminal.err(`${text}\n`)
      terminal.err(`\r${text.slice(0, terminal.columns - 1)}\u001b[K`)
      isDrawn = true
    },
    end: wipe,
  }
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`

/** What a client saw, as a sentence. */
export function describeWrites(writes: WriteMeasure | null): string {
  if (writes === null) return 'The write gap was not measured.'
  return writes.measured
    ? `Writes stood still for ${seconds(writes.gap.gapMs)}.`
    : `The write gap could not be measured: ${writes.why}.`
}

/** A dry run's answer. */
export const planned = (plan: readonly string[], data: object): CommandResult => ({
  data: { dryRun: true, plan, ...data },
  text: 'Nothing was done (--dry-run).',
})
