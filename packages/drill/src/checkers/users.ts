import type { Operation } from '../history/operation.ts'
import { type Finding, unknown, unlessBroken } from './finding.ts'

/** Nobody is left with a request of which it is not known what became of it. */
export function checkSettled(requests: readonly Operation[]): Finding {
  if (requests.length === 0) return unknown('Nothing was asked of the app.')
  const open = requests.filter(({ outcome }) => outcome === 'unknown')
  return unlessBroken(
    open.map((operation) => ({
      says: `${operation.key} of ${operation.process} was never settled: ${operation.why ?? 'no answer came'}`,
      operations: [operation],
    })),
    `All ${requests.length} requests were settled.`,
  )
}

/**
 * Nobody was refused. A request that its client repeats by itself shows nothing; a refusal does, unless it was rightly
 * refused.
 */
export function checkNoErrors(requests: readonly Operation[]): Finding {
  if (requests.length === 0) return unknown('Nothing was asked of the app.')
  const rightly = rightlyRefused(requests)
  const refused = requests.filter((operation) => operation.outcome === 'fail' && !rightly.has(operation))
  return unlessBroken(
    refused.map((operation) => ({
      says: `${operation.process} was refused ${operation.key}: ${operation.why ?? ''}`,
      operations: [operation],
    })),
    `None of ${requests.length} requests was refused that had not to be.`,
  )
}

/** What the app says to who comes second: `code: detail`. */
const cameSecond = /^impossible_step:/

/**
 * Those that had to be refused: somebody else asked for the same at the same time (`value.contended`, with the same
 * key), has it or may have it, and the app said that it is not possible any more.
 */
export function rightlyRefused(requests: readonly Operation[]): ReadonlySet<Operation> {
  const taken = new Set(requests.flatMap(({ outcome, key }) => (outcome === 'fail' ? [] : [key])))
  return new Set(
    requests.filter(
      (operation) =>
        operation.outcome === 'fail' &&
        isContended(operation) &&
        cameSecond.test(operation.why ?? '') &&
        taken.has(operation.key),
    ),
  )
}

const isContended = ({ value }: Operation): boolean =>
  value !== null && typeof value === 'object' && 'contended' in value && value['contended'] === true
