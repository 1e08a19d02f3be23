import { ClusterError, ports, vipConnection } from '@fleet/cluster'
import { type App, openApp } from '../workloads/app/app.ts'
import { appWorkloads, workloads } from '../workloads/index.ts'
import type { RunningWorkload, WorkloadContext } from '../workloads/workload.ts'
import type { DrillRun } from './drill-run.ts'
import { finishWorkloads } from './finish-workloads.ts'
import type { Recording } from './recording.ts'

/** All clients of a drill, and the app that some of them use. */
export interface ClientsAtWork {
  /** Starts the app, if the drill has it, and every workload. */
  start(): Promise<void>
  /** Until every workload had some answers more. @throws ClusterError timed_out */
  answered(): Promise<void>
  readonly restartApp: () => Promise<void>
  /** They begin nothing new, settle what is under way, and what is there in the end is read. */
  finish(): Promise<void>
  /** Ends whatever still runs, the app too. */
  close(): Promise<void>
}

/** Answers that each workload has before the first fault, and once more after the last. */
const wantedAnswers = 30
const answersTimeoutMs = 60_000
/** For requests under way when the drill ends. */
const settleTimeoutMs = 60_000
const lookEveryMs = 250

export function createClientsAtWork(
  { drill, folder, context, app: appOptions }: DrillRun,
  { recorder, runId, event }: Recording,
): ClientsAtWork {
  const { operation, secrets, pki, nowMs } = context
  const { clock, signal } = operation
  const running: RunningWorkload[] = []
  let app: App | null = null
  const writes = vipConnection(operation.spec, secrets, pki)
  const workloadContext: WorkloadContext = {
    recorder,
    clock,
    runId,
    writes,
    reads: { ...writes, port: ports.reads },
    app() {
      if (app) return app
      throw new Error('A workload of a drill without the app asked for the app.')
    },
    nowMs,
    note: (text) => event('note', text),
    random: Math.random,
  }
  return {
    async start() {
      if (drill.workloads.some((name) => appWorkloads.includes(name)))
        app = await openApp({ ...appOptions, logFile: folder.appLogFile })
      for (const name of drill.workloads) running.push(await workloads[name].start(workloadContext))
    },
    async answered() {
      const wanted = drill.workloads.map((name) => ({ name, count: recorder.answered(name) + wantedAnswers }))
      const deadlineMs = clock.now() + answersTimeoutMs
      for (;;) {
        const missing = wanted.filter(({ name, count }) => recorder.answered(name) < count)
        if (missing.length === 0) return
        if (clock.now() > deadlineMs) {
          const names = missing.map(({ name }) => name).join(', ')
          throw new ClusterError(
            'timed_out',
            `${names} got no ${wantedAnswers} answers within ${answersTimeoutMs / 1000} s.`,
          )
        }
        await clock.sleep(lookEveryMs, signal)
      }
    },
    async restartApp() {
      if (!app) throw new ClusterError('drill_refused', 'No app runs in this drill that could be restarted.')
      await app.restart()
    },
    async finish() {
      event('stopped', 'the clients begin nothing new')
      await finishWorkloads(running, settleTimeoutMs, recorder, (text) => event('note', text))
      running.length = 0
    },
    async close() {
      await Promise.allSettled(running.map((each) => each.stop(0)))
      await app?.close()
    },
  }
}
