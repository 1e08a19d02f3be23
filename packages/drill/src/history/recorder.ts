import { type Json, openJsonLines } from './json-lines.ts'
import type { Intent, Outcome } from './operation.ts'

/** Time as it is handed in. */
export interface DrillClock {
  /** Milliseconds since the drill began; never goes back. */
  elapsedMs(): number
  /** Epoch milliseconds. */
  nowMs(): number
}

/** A line of a history's file. Every operation has a `begin`, and an `end` once its client knows. */
export type HistoryLine =
  | { readonly type: 'history'; readonly version: 1; readonly startedAtMs: number }
  | ({ readonly type: 'begin'; readonly id: number; readonly atMs: number; readonly wallMs: number } & Intent)
  | {
      readonly type: 'end'
      readonly id: number
      readonly atMs: number
      readonly wallMs: number
      readonly outcome: Outcome
      readonly answer: Json
      readonly why: string | null
    }
  /** The recorder was closed in good order: every operation that began is in the file. */
  | { readonly type: 'closed'; readonly operations: number }

/** An operation under way. Only the first end counts: an answer that comes after its client gave up changes nothing. */
export interface PendingOperation {
  ok(answer?: Json): void
  fail(why: string): void
  unknown(why: string, answer?: Json): void
}

export interface HistoryRecorder {
  begin(intent: Intent): PendingOperation
  /** How many operations of a workload ended `ok`. */
  answered(workload: string): number
  /** What is under way stays without an end: its outcome is unknown. */
  close(): void
}

/**
 * Records operations in a file, each line before the operation goes on.
 *
 * If this process dies before `begin` is written, nothing was sent. Between `begin` and `end`: the operation reads back
 * as unknown. After `end`: it reads back as it was. Without the line of `close` the history reads back as incomplete.
 */
export function openRecorder(file: string, clock: DrillClock): HistoryRecorder {
  const lines = openJsonLines(file)
  const write = (line: HistoryLine) => lines.append(line)
  const answered = new Map<string, number>()
  let nextId = 1
  let isOpen = true
  write({ type: 'history', version: 1, startedAtMs: clock.nowMs() })
  return {
    begin(intent) {
      const id = nextId++
      write({ type: 'begin', id, atMs: clock.elapsedMs(), wallMs: clock.nowMs(), ...intent })
      let ended = false
      const end = (outcome: Outcome, answer: Json, why: string | null) => {
        if (ended || !isOpen) return
        ended = true
        if (outcome === 'ok') answered.set(intent.workload, (answered.get(intent.workload) ?? 0) + 1)
        write({ type: 'end', id, atMs: clock.elapsedMs(), wallMs: clock.nowMs(), outcome, answer, why })
      }
      return {
        ok: (answer = null) => end('ok', answer, null),
        fail: (why) => end('fail', null, why),
        unknown: (why, answer = null) => end('unknown', answer, why),
      }
    },
    answered: (workload) => answered.get(workload) ?? 0,
    close() {
      if (!isOpen) return
      isOpen = false
      write({ type: 'closed', operations: nextId - 1 })
      lines.close()
    },
  }
}
