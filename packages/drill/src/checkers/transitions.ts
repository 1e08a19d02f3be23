import type { Operation } from '../history/operation.ts'
import { type Evidence, type Finding, unknown, unlessBroken } from './finding.ts'

/** Every state by every event: the next state, or null where the step is impossible. */
export type TransitionTable = Readonly<Record<string, Readonly<Record<string, string | null>>>>

/** One line of what became of a row. */
export interface TimelineStep {
  readonly event: string
  readonly status: string
}

/** Stands before the first step: `create` leads out of it. */
const createEvent = 'create'

/**
 * No row took a step that its state machine forbids: each `timeline` operation is answered with the steps of one row,
 * first to last.
 *
 * @param initial the state in which rows are created
 */
export function checkTransitions(
  operations: readonly Operation[],
  table: TransitionTable,
  initial: string,
): Finding {
  const timelines = operations.filter(({ kind, outcome }) => kind === 'timeline' && outcome === 'ok')
  if (timelines.length === 0) return unknown('No timeline was read.')
  const evidence: Evidence[] = []
  for (const operation of timelines) {
    const steps = operation.answer as unknown as readonly TimelineStep[]
    const wrong = findForbiddenStep(steps, table, initial)
    if (wrong !== null)
      evidence.push({
        says: `${operation.key} ${wrong}`,
        operations: [...operations.filter(({ key }) => key.startsWith(`${operation.key} `)), operation],
      })
  }
  return unlessBroken(evidence, `${timelines.length} rows went through allowed steps only.`)
}

/** @returns what is wrong, to be read after the row's name */
function findForbiddenStep(
  steps: readonly TimelineStep[],
  table: TransitionTable,
  initial: string,
): string | null {
  const [first, ...rest] = steps
  if (first?.event !== createEvent || first.status !== initial)
    return `begins with ${first ? `${first.event} to ${first.status}` : 'nothing'} instead of ${createEvent} to ${initial}.`
  let status = first.status
  for (const step of rest) {
    const next = table[status]?.[step.event] ?? null
    if (next !== step.status)
      return `went from ${status} by ${step.event} to ${step.status}, which ${
        next === null ? 'is impossible' : `leads to ${next}`
      }.`
    status = step.status
  }
  return null
}
