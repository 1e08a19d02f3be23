import type { Json } from '../history/json-lines.ts'
import type { Operation } from '../history/operation.ts'
import { type Finding, unknown } from './finding.ts'
import { checkLinearizable, impossible, type SequentialModel } from './linearizable.ts'

/**
 * A row with one number. `write` sets it; `swap` sets it in the transaction that read what was there before
 * (`answer.from`); `read` is answered with it.
 */
const register: SequentialModel<number | null> = {
  initial: null,
  step(state, { kind, value, answer }) {
    if (kind === 'write') return value as number
    if (kind === 'read') return answer === state ? state : impossible
    const from = readFrom(answer)
    return from === undefined || from === state ? (value as number) : impossible
  },
}

const keyedValue = (key: string, value: Json) => JSON.stringify([key, value])

/** What a swap found; undefined when it is not known. */
function readFrom(answer: Json): number | null | undefined {
  if (answer === null || typeof answer !== 'object' || !('from' in answer)) return undefined
  return answer['from'] as number | null
}

/**
 * Per-row histories of reads, writes and read-modify-writes are linearizable. Every value is written once, so an
 * update of unknown outcome whose value nobody ever saw may be left out: had it taken effect, what followed it would have to
 * have seen it.
 */
export function checkRegisters(operations: readonly Operation[]): Finding {
  const ofRows = operations.filter(({ kind }) => ['write', 'swap', 'read'].includes(kind))
  const writes = ofRows.filter(({ kind }) => kind !== 'read')
  if (new Set(writes.map(({ key, value }) => keyedValue(key, value))).size < writes.length)
    return unknown('A value was written twice, so nobody can tell whose it is.')
  const seen = new Set(
    ofRows.flatMap(({ key, kind, outcome, answer }) => {
      // The swap that was not answered may have seen it, too.
      const value = kind === 'read' ? (outcome === 'ok' ? answer : undefined) : readFrom(answer)
      return value === undefined ? [] : [keyedValue(key, value)]
    }),
  )
  return checkLinearizable(
    ofRows.filter(
      ({ kind, outcome, key, value }) =>
        outcome === 'ok' || (kind !== 'read' && seen.has(keyedValue(key, value))),
    ),
    register,
  )
}
