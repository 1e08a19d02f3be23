import type { Operation } from '../history/operation.ts'
import { largest } from '../largest.ts'
import { type Evidence, type Finding, unknown, unlessBroken } from './finding.ts'

/**
 * What a workload's writes have in common: each has an identity of its own as `key` (two that want the same share it),
 * and in the end the operations of the kind `read-all` list every identity that is there, as often as it is there.
 */
interface WriteBook {
  readonly writes: ReadonlyMap<string, readonly Operation[]>
  /** How often each identity was found. */
  readonly found: ReadonlyMap<string, number>
  readonly reads: readonly Operation[]
}

export const readAllKind = 'read-all'

/** @returns a sentence when nothing can be said */
function keepBook(operations: readonly Operation[], writeKinds: readonly string[]): WriteBook | string {
  const reads = operations.filter(({ kind }) => kind === readAllKind)
  if (reads.length === 0) return 'What is there in the end was never read.'
  const failed = reads.find(({ outcome }) => outcome !== 'ok')
  if (failed)
    return `What is there in the end could not be read (${failed.key}): ${failed.why ?? 'no reason is known'}`
  const writes = new Map<string, Operation[]>()
  for (const operation of operations)
    if (writeKinds.includes(operation.kind))
      writes.set(operation.key, [...(writes.get(operation.key) ?? []), operation])
  if (writes.size === 0) return 'Nothing was written.'
  const lastWriteMs = largest([...writes.values()].flat().map(({ startMs }) => startMs))
  if (reads.some(({ startMs }) => startMs < lastWriteMs)) return 'There were writes after the last reading.'
  const found = new Map<string, number>()
  for (const { answer } of reads)
    for (const key of answer as readonly string[]) found.set(key, (found.get(key) ?? 0) + 1)
  return { writes, found, reads }
}

const count = (operations: readonly Operation[], outcome: Operation['outcome']) =>
  operations.filter((operation) => operation.outcome === outcome).length

/** Every write that was acknowledged is there in the end. */
export function checkNothingLost(operations: readonly Operation[], writeKinds: readonly string[]): Finding {
  const book = keepBook(operations, writeKinds)
  if (typeof book === 'string') return unknown(book)
  const evidence: Evidence[] = []
  let acknowledged = 0
  for (const [key, writes] of book.writes) {
    const wanted = count(writes, 'ok')
    acknowledged += wanted
    const there = book.found.get(key) ?? 0
    if (there < wanted)
      evidence.push({ says: `${key} was acknowledged and is not there.`, operations: writes })
  }
  return unlessBroken(evidence, `All ${acknowledged} acknowledged writes are there.`)
}

/** Acknowledged writes are there no more than once each, those of unknown outcome at most once. */
export function checkNothingTwice(operations: readonly Operation[], writeKinds: readonly string[]): Finding {
  const book = keepBook(operations, writeKinds)
  if (typeof book === 'string') return unknown(book)
  const evidence: Evidence[] = []
  let unknownCount = 0
  for (const [key, writes] of book.writes) {
    const allowed = count(writes, 'ok') + count(writes, 'unknown')
    unknownCount += count(writes, 'unknown')
    const there = book.found.get(key) ?? 0
    if (there > allowed && allowed > 0)
      evidence.push({ says: `${key} is there ${there} times instead of ${allowed}.`, operations: writes })
  }
  const says = `None of ${book.writes.size} writes is there twice; ${unknownCount} of them had an unknown outcome.`
  return unlessBroken(evidence, says)
}

/** What was refused, or never asked for, is not there. */
export function checkNothingUnasked(
  operations: readonly Operation[],
  writeKinds: readonly string[],
): Finding {
  const book = keepBook(operations, writeKinds)
  if (typeof book === 'string') return unknown(book)
  const evidence: Evidence[] = []
  for (const [key, there] of book.found) {
    const writes = book.writes.get(key)
    if (!writes)
      evidence.push({
        says: `${key} is there and nobody wrote it.`,
        operations: book.reads.filter(({ answer }) => (answer as readonly string[]).includes(key)),
      })
    else if (count(writes, 'ok') + count(writes, 'unknown') === 0)
      evidence.push({ says: `${key} was refused and is there ${there} times.`, operations: writes })
  }
  return unlessBroken(evidence, 'Nothing is there that was refused or never asked for.')
}
