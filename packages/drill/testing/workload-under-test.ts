import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@fleet/cluster'
import type { ClientConfig } from 'pg'
import { openRecorder } from '../src/history/recorder.ts'
import { type History, readHistory } from '../src/history/read-history.ts'
import { finishWorkloads } from '../src/run/finish-workloads.ts'
import type { App } from '../src/workloads/app/app.ts'
import type { RunningWorkload, Workload } from '../src/workloads/workload.ts'

/** Clients at work against a real database or app, recorded in a folder of their own. */
export interface WorkloadUnderTest {
  readonly folder: string
  start(workload: Workload, app?: App): Promise<void>
  /** Waits until a workload had so many answers more. */
  answers(workload: string, count: number): Promise<void>
  /** Stops all, reads what is there in the end, and reads the history back. */
  finish(): Promise<History>
  [Symbol.dispose](): void
}

const deadlineMs = 60_000

export function workloadUnderTest(writes: ClientConfig, reads: ClientConfig = writes): WorkloadUnderTest {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-drill-'))
  const file = join(folder, 'history.jsonl')
  const startMs = performance.now()
  const clock = { elapsedMs: () => performance.now() - startMs, nowMs: Date.now }
  const recorder = openRecorder(file, clock)
  const running: RunningWorkload[] = []
  return {
    folder,
    async start(workload, app) {
      running.push(
        await workload.start({
          recorder,
          clock: systemClock,
          runId: `t${process.pid}`,
          writes,
          reads,
          app: () => app!,
          nowMs: Date.now,
          note: () => {},
          random: Math.random,
        }),
      )
    },
    async answers(workload, count) {
      const wanted = recorder.answered(workload) + count
      const endMs = performance.now() + deadlineMs
      while (recorder.answered(workload) < wanted) {
        if (performance.now() > endMs)
          throw new Error(`${workload} got ${recorder.answered(workload)} answers instead of ${wanted}.`)
        await systemClock.sleep(20, new AbortController().signal)
      }
    },
    async finish() {
      await finishWorkloads(running, deadlineMs, recorder, () => {})
      return readHistory(file)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}
