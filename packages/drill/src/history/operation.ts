import type { Json } from './json-lines.ts'

/**
 * How an operation ended, as Jepsen has it. `ok`: the system answered that it was done. `fail`: it was certainly not
 * done. `unknown`: nobody said; it may have been done, or be done later.
 */
export type Outcome = 'ok' | 'fail' | 'unknown'

/** What a client is about to do. */
export interface Intent {
  readonly workload: string
  /** Who: one process does one operation at a time. */
  readonly process: string
  /** `insert`, `read`, `swap`, ...: what the checkers of the workload know. */
  readonly kind: string
  /** Which row, device or delivery it is about. */
  readonly key: string
  /** What is asked for. */
  readonly value: Json
}

/** Something that a client did, with what it was told. Times are milliseconds since the history began, never set back. */
export interface Operation extends Intent {
  readonly id: number
  readonly outcome: Outcome
  /** What was answered; also what little is known of an unknown one. */
  readonly answer: Json
  /** Why it is not ok, in words. */
  readonly why: string | null
  readonly startMs: number
  /** Null: it was still under way when the recording ended. */
  readonly endMs: number | null
  /** Wall-clock time of its start, epoch milliseconds. */
  readonly startedAtMs: number
}

/** An operation whose effect may come at any time after its start never ends. */
export const effectEndMs = ({ outcome, endMs }: Operation): number =>
  outcome === 'unknown' || endMs === null ? Infinity : endMs
