import type { Operation } from '../history/operation.ts'
import { type Evidence, type Finding, unknown, unlessBroken } from './finding.ts'

/** The moment to which a copy is restored: between the start and the end of this operation. */
export const restorePointKind = 'restore-point'
/** What a restored copy holds, each identity as often as it is there; its `key` is that of the restore point. */
export const readRestoredKind = 'read-restored'

/**
 * A copy restored to a moment has every write that was acknowledged before it, none that was begun after it, and none
 * twice.
 */
export function checkRestored(operations: readonly Operation[], writeKind: string): Finding {
  const reading = operations.find(({ kind }) => kind === readRestoredKind)
  const point = operations.find(({ kind, key }) => kind === restorePointKind && key === reading?.key)
  if (!reading || point?.outcome !== 'ok') return unknown('No copy was restored.')
  if (reading.outcome === 'unknown') return unknown(`What became of the copy is not known: ${reading.why}`)
  if (reading.outcome === 'fail')
    return unlessBroken([{ says: `No copy came of the backup: ${reading.why}`, operations: [reading] }], '')
  const found = new Map<string, number>()
  for (const key of reading.answer as readonly string[]) found.set(key, (found.get(key) ?? 0) + 1)
  const evidence: Evidence[] = []
  let before = 0
  for (const write of operations.filter(({ kind }) => kind === writeKind)) {
    const { key, outcome, startMs, endMs } = write
    const isBefore = outcome === 'ok' && endMs !== null && endMs < point.startMs
    const there = found.get(key) ?? 0
    if (isBefore) before += 1
    if (isBefore && there === 0)
      evidence.push({
        says: `${key} was acknowledged before and is not in the copy.`,
        operations: [write, point],
      })
    if (there > 0 && startMs > (point.endMs ?? Infinity))
      evidence.push({ says: `${key} was begun after and is in the copy.`, operations: [point, write] })
    if (there > 1)
      evidence.push({ says: `${key} is in the copy ${there} times.`, operations: [write, reading] })
  }
  if (before === 0)
    return unknown('Nothing was acknowledged before the moment to which the copy was restored.')
  return unlessBroken(
    evidence,
    `All ${before} writes acknowledged before are in the copy, and none of those after.`,
  )
}
