import { ClusterError } from '@fleet/cluster/error'
import { readJsonLines } from './json-lines.ts'
import type { Operation } from './operation.ts'
import type { HistoryLine } from './recorder.ts'

export interface History {
  /** In the order in which they began. */
  readonly operations: readonly Operation[]
  readonly startedAtMs: number
  /** Why something may be missing in it; null when the recorder was closed in good order. */
  readonly incomplete: string | null
}

/**
 * Reads a history back, also one whose recorder was killed.
 *
 * @throws ClusterError drill_failed when the file is no history
 */
export function readHistory(file: string): History {
  const { lines, torn } = readJsonLines(file)
  const [head, ...rest] = lines as readonly HistoryLine[]
  if (head?.type !== 'history' || head.version !== 1)
    throw new ClusterError('drill_failed', `${file} does not begin as a history of version 1.`, {
      fix: 'Name a folder that `fleet drill run` of this version has made.',
    })
  const operations = new Map<number, Operation>()
  let closedWith: number | null = null
  for (const line of rest)
    if (line.type === 'begin') {
      const { type: _, atMs, wallMs, ...intent } = line
      operations.set(line.id, {
        ...intent,
        outcome: 'unknown',
        answer: null,
        why: 'No answer had come when the recording ended.',
        startMs: atMs,
        endMs: null,
        startedAtMs: wallMs,
      })
    } else if (line.type === 'end') {
      const begun = operations.get(line.id)
      if (!begun)
        throw new ClusterError('drill_failed', `${file}: operation ${line.id} ends and never began.`)
      const { outcome, answer, why, atMs } = line
      operations.set(line.id, { ...begun, outcome, answer, why, endMs: atMs })
    } else if (line.type === 'closed') closedWith = line.operations
  return {
    operations: [...operations.values()],
    startedAtMs: head.startedAtMs,
    incomplete: whyIncomplete(torn, closedWith, operations.size),
  }
}

function whyIncomplete(torn: boolean, closedWith: number | null, count: number): string | null {
  if (torn) return 'The recorder died in the middle of a line.'
  if (closedWith === null) return 'The recorder ended before the drill did.'
  return closedWith === count ? null : `The recorder wrote ${closedWith} operations, and ${count} are here.`
}
