import type { Operation } from '../history/operation.ts'
import { type Evidence, type Finding, unknown, unlessBroken } from './finding.ts'

/**
 * Whoever wrote reads at least their own last acknowledged write, and nothing that they have not sent yet. Each process
 * has a row of its own and writes ascending numbers into it (`write`); a `read` is answered with what is in there.
 */
export function checkReadYourWrites(operations: readonly Operation[]): Finding {
  const evidence: Evidence[] = []
  let reads = 0
  for (const own of Map.groupBy(operations, ({ process }) => process).values()) {
    let lastAcknowledged: Operation | null = null
    let highestSent = 0
    for (const operation of own) {
      if (operation.kind === 'write') {
        highestSent = Math.max(highestSent, operation.value as number)
        if (operation.outcome === 'ok') lastAcknowledged = operation
      }
      if (operation.kind !== 'read' || operation.outcome !== 'ok') continue
      reads += 1
      const value = operation.answer as number
      if (lastAcknowledged && value < (lastAcknowledged.value as number))
        evidence.push({
          says: `${operation.process} had written ${JSON.stringify(lastAcknowledged.value)} and read ${value}.`,
          operations: [lastAcknowledged, operation],
        })
      if (value > highestSent)
        evidence.push({
          says: `${operation.process} read ${value} and had sent no more than ${highestSent}.`,
          operations: [operation],
        })
    }
  }
  if (reads === 0) return unknown('No read was answered.')
  return unlessBroken(evidence, `${reads} reads found what their own session had written before.`)
}
