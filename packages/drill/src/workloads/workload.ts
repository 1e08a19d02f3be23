import type { OperationClock } from '@fleet/cluster'
import type { ClientConfig } from 'pg'
import type { HistoryRecorder } from '../history/recorder.ts'
import type { App } from './app/app.ts'

/** What clients are made with. */
export interface WorkloadContext {
  readonly recorder: HistoryRecorder
  readonly clock: OperationClock
  /** Of this run: in the names of what it makes. Small letters and digits. */
  readonly runId: string
  /** Through the virtual IP: the primary, and the standbys. */
  readonly writes: ClientConfig
  readonly reads: ClientConfig
  /** @throws Error when the drill runs no app */
  readonly app: () => App
  /** Time now in epoch milliseconds, for what clients send as their own time. */
  readonly nowMs: () => number
  /** For people who read the report. */
  readonly note: (text: string) => void
  /** 0 <= x < 1. */
  readonly random: () => number
}

/** Clients at work. */
export interface RunningWorkload {
  /**
   * They begin nothing new; what is under way is settled, as far as it can be within the time. With 0 everything is
   * given up at once, connections too, and nothing is read in the end.
   */
  stop(settleTimeoutMs: number): Promise<void>
  /**
   * Records what is there in the end, read where it counts; then takes away what was made for the run. What cannot be
   * read is recorded as such.
   */
  readEnd(): Promise<void>
}

export interface Workload {
  /** Who they are, for the report. */
  readonly summary: string
  /** Makes what they need, then lets them begin. */
  start(context: WorkloadContext): Promise<RunningWorkload>
}
