import type { ShownRow } from './action-journal.ts'

/** Something that was done at this screen and that the server can take back. */
export interface DoneAction {
  /** The Idempotency-Key under which it was done: undoing names it. */
  readonly key: string
  /** What was done, as a sentence. */
  readonly done: string
  /** What it makes of rows, and what undoing it does: both show at once. */
  readonly shows: readonly ShownRow[]
  readonly reverse: readonly ShownRow[]
}

/** What Ctrl-Z and Ctrl-Shift-Z lead to, oldest first. A value. */
export interface UndoHistory {
  readonly undoable: readonly DoneAction[]
  readonly redoable: readonly DoneAction[]
}

export const emptyHistory: UndoHistory = { undoable: [], redoable: [] }

/** Nobody remembers what they did fifty steps ago. */
const longest = 50

/** Something new was done: what had been undone before cannot come back on top of it. */
export function recordDone(history: UndoHistory, action: DoneAction): UndoHistory {
  return { undoable: [...history.undoable, action].slice(-longest), redoable: [] }
}

/**
 * The action under `key` was undone by the request under `undoKey`. Undoing that request is what redo does.
 * A key that is not (any more) to be undone changes nothing.
 */
export function recordUndone(history: UndoHistory, key: string, undoKey: string): UndoHistory {
  const action = history.undoable.find((done) => done.key === key)
  if (action === undefined) return history
  return {
    undoable: history.undoable.filter((done) => done !== action),
    redoable: [...history.redoable, turned(action, undoKey)],
  }
}

/** The request under `key` did the opposite. */
export const turned = ({ done, shows, reverse }: DoneAction, key: string): DoneAction => ({
  key,
  done,
  shows: reverse,
  reverse: shows,
})

/** What the request under `key` had undone was done again by the request under `redoKey`. */
export function recordRedone(history: UndoHistory, key: string, redoKey: string): UndoHistory {
  const action = history.redoable.find((done) => done.key === key)
  if (action === undefined) return history
  return {
    undoable: [...history.undoable, turned(action, redoKey)],
    redoable: history.redoable.filter((done) => done !== action),
  }
}

/** The server refused: the row was changed by somebody else since, so trying again leads nowhere. */
export function forget(history: UndoHistory, key: string): UndoHistory {
  const others = (actions: readonly DoneAction[]) => actions.filter((done) => done.key !== key)
  return { undoable: others(history.undoable), redoable: others(history.redoable) }
}
