import type { Operation } from '../history/operation.ts'
import { type Evidence, type Finding, unknown, unlessBroken } from './finding.ts'

/** Something that came to its end, by the command that ended it. */
export interface Ending {
  readonly id: string
  readonly command: Operation
}

/**
 * Whoever looks back sees every ending that was acknowledged before: each look is answered with `ids` of what ended since
 * `value.fromMs`, epoch milliseconds, unless that was more than a list holds (`isWhole`).
 */
export function checkLooksBack(looks: readonly Operation[], endings: readonly Ending[]): Finding {
  const evidence: Evidence[] = []
  let seen = 0
  for (const look of looks) {
    if (look.outcome !== 'ok') continue
    const { fromMs } = look.value as { readonly fromMs: number }
    const { ids, isWhole } = look.answer as { readonly ids: readonly string[]; readonly isWhole: boolean }
    if (!isWhole) continue
    const listed = new Set(ids)
    for (const { id, command } of endings) {
      const isBefore = command.outcome === 'ok' && command.endMs !== null && command.endMs < look.startMs
      if (!isBefore || command.startedAtMs < fromMs) continue
      seen += 1
      if (!listed.has(id))
        evidence.push({
          says: `${look.process} ${look.id} lacks ${id}, which had ended before.`,
          operations: [command, look],
        })
    }
  }
  if (seen === 0) return unknown('Nobody looked back on anything that had ended.')
  return unlessBroken(evidence, `${looks.length} looks back lacked none of what had ended before them.`)
}
