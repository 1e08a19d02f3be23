import type { CallInput, Problem, RouteName } from '@fleet/api'
import type { EntityByKind, UserId } from '@fleet/domain'
import type { LiveKind } from '../live/registry.ts'

/** One request, with the Idempotency-Key under which it is sent however often. */
export type OutboxRequest = {
  readonly [N in RouteName]: { readonly route: N; readonly input: CallInput<N>; readonly key: string }
}[RouteName]

/** How a row looks until the server has answered. Data, so that it outlives the page. */
export type ShownChange = {
  readonly [K in LiveKind]: {
    readonly kind: K
    readonly id: string
    readonly patch: Partial<EntityByKind[K]>
  }
}[LiveKind]

/** One thing that a person did, and all that it takes: photos first, what they prove last. */
export interface Intent {
  /** What was done, as a sentence: "D-000123 picked up". */
  readonly done: string
  readonly requests: readonly [...OutboxRequest[], OutboxRequest]
  readonly shows: readonly ShownChange[]
}

/** An intent on this device's disk. It is there until the server did it, or a person has read why not. */
export interface OutboxEntry extends Intent {
  /** Entries are sent in this order. */
  readonly no: number
  /** Who did it: it is sent in their name or not at all. */
  readonly userId: UserId
  /** When, this device's clock, epoch ms. */
  readonly atMs: number
  /**
   * When it was first sent, this device's clock, epoch ms: since then it may have arrived, and cannot just be forgotten.
   * Null: it never was.
   */
  readonly triedAtMs: number | null
  /** Why the server would not; null while it waits. */
  readonly problem: Problem | null
}

/** An entry as it lies on the disk: an older version of the app wrote whether it had been sent, and not when. */
export type StoredEntry = OutboxEntry | (Omit<OutboxEntry, 'triedAtMs'> & { readonly tried: boolean })

export function readEntry(stored: StoredEntry): OutboxEntry {
  if ('triedAtMs' in stored) return stored
  const { tried, ...entry } = stored
  // Not sent before it was done: the server has known its key for so long at most.
  return { ...entry, triedAtMs: tried ? entry.atMs : null }
}

/** The key of what was meant: undoing names it. */
export const keyOf = ({ requests }: Pick<Intent, 'requests'>): string => requests.at(-1)!.key
