import { type HostShell, hostsWith } from '@fleet/cluster'
import {
  type ClusterContext,
  type Lab,
  parsePrimaryAnswer,
  primaryQuestion,
  type PrimarySample,
  readStatus,
  startPrimarySampler,
} from '@fleet/lab'
import type { Sample } from '../history/observations.ts'
import type { DrillClock } from '../history/recorder.ts'

export interface Observers {
  stop(): Promise<void>
}

const statusEveryMs = 5_000
/** By ssh: a lab's nodes are asked several times a second. */
const shellEveryMs = 1_000

/** Watches what every node takes itself for and what status says, until stopped. */
export function startObservers(
  context: ClusterContext,
  lab: Lab | null,
  clock: DrillClock,
  onSample: (sample: Sample) => void,
): Observers {
  const stop = new AbortController()
  // Samples bear wall-clock times; the history counts from its beginning.
  const zeroMs = clock.nowMs() - clock.elapsedMs()
  const onNode = ({ node, askedMs, answeredMs, writable, acknowledges }: PrimarySample) =>
    onSample({
      type: 'node',
      node,
      askedMs: askedMs - zeroMs,
      answeredMs: answeredMs - zeroMs,
      primary: writable,
      writable: acknowledges,
    })
  const sampler = lab ? startPrimarySampler(lab, onNode) : null
  const loops = [
    watchStatus(context, clock, stop.signal, onSample),
    ...(lab
      ? []
      : hostsWith(context.operation.spec, 'postgresql').map((host) =>
          askByShell(context, host, stop.signal, onNode),
        )),
  ]
  return {
    async stop() {
      stop.abort()
      await sampler?.stop()
      await Promise.all(loops)
    },
  }
}

async function watchStatus(
  context: ClusterContext,
  clock: DrillClock,
  stop: AbortSignal,
  onSample: (sample: Sample) => void,
): Promise<void> {
  // Not the signal of the drill: who presses Ctrl-C still has it watched while everything is healed.
  const watching = { ...context, operation: { ...context.operation, signal: stop } }
  while (!stop.aborted) {
    const askedMs = clock.elapsedMs()
    try {
      const { level, verdict, writes } = await readStatus(watching)
      onSample({
        type: 'status',
        askedMs,
        answeredMs: clock.elapsedMs(),
        level,
        verdict,
        primary: writes.primary,
      })
    } catch {
      // What could not be asked is not known of this moment; the next one is asked again.
    }
    await context.operation.clock.sleep(statusEveryMs, stop).catch(() => {})
  }
}

async function askByShell(
  { shell, operation }: ClusterContext,
  host: Parameters<HostShell['run']>[0],
  stop: AbortSignal,
  onNode: (sample: PrimarySample) => void,
): Promise<void> {
  const words = ['psql', '--no-psqlrc', '--no-align', '--tuples-only', '--dbname=postgres']
  while (!stop.aborted) {
    try {
      const input = primaryQuestion(Date.now())
      const { stdout } = await shell.run(host, words, { user: 'postgres', input, timeoutMs: 5_000 })
      const sample = parsePrimaryAnswer(host.name, stdout.trim(), Date.now())
      if (sample) onNode(sample)
    } catch {
      // A host that does not answer says nothing of itself: that is what is recorded of it.
    }
    await operation.clock.sleep(shellEveryMs, stop).catch(() => {})
  }
}
