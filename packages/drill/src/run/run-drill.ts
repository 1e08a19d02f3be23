import { type ClusterContext, readStatus, untilHealthy } from '@fleet/lab'
import { arrange } from '../faults/arrange.ts'
import { type Cast, chooseCast } from '../faults/cast.ts'
import type { Heal } from '../faults/inject.ts'
import { mendLab } from '../faults/mend-lab.ts'
import type { DrillClock } from '../history/recorder.ts'
import { createClientsAtWork } from './clients-at-work.ts'
import { doAll } from './do-all.ts'
import { createFaultRun } from './do-faults.ts'
import type { DrillRun } from './drill-run.ts'
import { startObservers } from './observers.ts'
import { openRecording } from './recording.ts'

/** Clients go on for so long at least after everything was healed. */
const observeAfterMs = 10_000
const lookEveryMs = 250

/**
 * Runs a drill and records it in its folder; says nothing about what came of it.
 *
 * The set-up is written first, then every operation, sample and event as it comes. If this process dies, what it
 * broke stays broken until the next drill or `fleet lab down`, and its record reads back as incomplete. Whatever else ends
 * it, Ctrl-C included, takes back every fault.
 *
 * @throws ClusterError drill_failed, timed_out, cluster_unhealthy when it could not be run to its end
 */
export async function runDrill(run: DrillRun): Promise<void> {
  const { drill, lab, context, onStep } = run
  const { operation } = context
  const undo: Heal[] = []
  onStep('waiting until all is well')
  if (lab) await mendLab({ lab, operation })
  await untilHealthy(context)
  const castNow = async () => chooseCast(await readStatus(context), operation.spec)
  const work = async () => {
    for (const arrangement of lab ? drill.before : []) {
      onStep(`arranging: ${arrangement.do}`)
      const heal = await arrange(arrangement, { ...context, lab: lab! }, await castNow())
      if (heal) undo.push(heal)
    }
    await recordDrill(run, await castNow())
  }
  let isDone = false
  await doAll([
    async () => {
      await doAll([work, () => doAll(undo.toReversed())])
      isDone = true
    },
    async () => {
      // A fault that failed halfway told nobody what takes it back; and Ctrl-C is no reason to leave it.
      if (lab && !isDone) await mendLab({ lab, operation: { ...operation, signal: notStopped } })
    },
  ])
}

/** What is broken is mended, whoever is in a hurry. */
const notStopped = new AbortController().signal

/** From the first client to the last reading. */
async function recordDrill(run: DrillRun, cast: Cast): Promise<void> {
  const { drill, lab, context } = run
  const { operation, shell } = context
  const recording = openRecording(run, cast)
  const { clock, event, sample, setup, recorder, runId } = recording
  const observers = startObservers(context, lab, clock, sample)
  const clients = createClientsAtWork(run, recording)
  const { restartApp } = clients
  const faultContext = { lab, operation, shell, cast, healing: notStopped, restartApp, recorder, runId }
  const faults = createFaultRun(drill, faultContext, event)
  const work = async () => {
    event('started', `${drill.name} on ${setup.cluster}`)
    await clients.start()
    await clients.answered()
    event('steady', 'all clients get answers')

    await faults.run()
    event('settled', 'the faults are over')
    const settledMs = clock.elapsedMs()
    const isHealthy = await waitForHealth(context, clock, settledMs + drill.limits.healthyAgainMs)
    if (isHealthy) event('healthy', 'all is well again')
    await operation.clock.sleep(Math.max(0, settledMs + observeAfterMs - clock.elapsedMs()), operation.signal)
    // Without them too it is read what is there: the verdict says that they got no answers.
    await clients.answered().catch(() => event('note', 'not all clients get answers again'))
    await clients.finish()
  }
  await doAll([
    work,
    () => event('note', 'tidying up'),
    faults.healAll,
    () => clients.close(),
    () => observers.stop(),
    () => recording.close(),
  ])
}

/** @returns whether status said healthy before the time, by the drill's clock */
async function waitForHealth(
  context: ClusterContext,
  clock: DrillClock,
  deadlineMs: number,
): Promise<boolean> {
  for (;;) {
    const { level } = await readStatus(context)
    if (level === 'healthy') return true
    if (clock.elapsedMs() > deadlineMs) return false
    await context.operation.clock.sleep(lookEveryMs, context.operation.signal)
  }
}
