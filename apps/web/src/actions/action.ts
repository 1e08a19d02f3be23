import type { CallInput, CallOutput, Problem, RouteName } from '@fleet/api'
import type { EntityByKind } from '@fleet/domain'
import type { PendingChange } from '../live/pending-changes.ts'
import type { LiveKind } from '../live/registry.ts'

/** A row as the server answered it. */
export type AnsweredRow = { readonly [K in LiveKind]: readonly [kind: K, row: EntityByKind[K]] }[LiveKind]

/** One thing that a person does, as data: one request, one line in the undo history. */
export interface Action<N extends RouteName = RouteName> {
  readonly route: N
  readonly input: CallInput<N>
  /** Of its own where it follows from what is done, so that it is done once also after a reload; else a new one. */
  readonly key?: string
  /** What was done, as a sentence for the toast: "D-000123 assigned to Eva Jansen". */
  readonly done: string
  /** What the screen shows until the server has answered, and takes back if it refuses. */
  readonly expected?: readonly PendingChange[]
  /** The rows in the answer, so that they are on screen before the live channel brings them. */
  readonly answered?: (answer: CallOutput<N>) => readonly AnsweredRow[]
  /** What it was done to, as people call it; named when two people changed it at once. */
  readonly subject?: string
  /** False for what the server cannot take back, such as a password. */
  readonly undoable?: boolean
  /**
   * Only the open page keeps it until it is sent: it holds a password, which this device's disk never sees, or its answer
   * is of use to this page alone. Who closes the page before is asked first.
   */
  readonly pageOnly?: boolean
  /** No toast when it worked: for a form that says so itself. */
  readonly quiet?: boolean
}

export type ActionOutcome<N extends RouteName> =
  | { readonly ok: true; readonly value: CallOutput<N>; readonly key: string }
  /** Refused; the person was told already, unless `problem` names fields of a form. */
  | { readonly ok: false; readonly problem: Problem | null }

/** Somebody else changed the row after this person had last seen it. */
export interface Conflict {
  readonly subject: string
  /** What this person wanted. */
  readonly done: string
  readonly changedFields: readonly string[]
  /** The row as it is now. */
  readonly current: unknown
  readonly choose: (choice: 'theirs' | 'mine') => void
}
