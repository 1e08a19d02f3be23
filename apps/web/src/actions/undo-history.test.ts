import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type DoneAction,
  emptyHistory,
  forget,
  recordDone,
  recordRedone,
  recordUndone,
  type UndoHistory,
} from './undo-history.ts'

const action = (no: number): DoneAction => ({
  key: `k${no}`,
  done: `action ${no}`,
  shows: [],
  reverse: [],
})
const sentences = (actions: readonly DoneAction[]) => actions.map(({ done }) => done)

/** Plays steps as a person would: undo and redo take the last one there is. */
function play(steps: readonly ('do' | 'undo' | 'redo')[]) {
  let history: UndoHistory = emptyHistory
  let next = 0
  // What the fleet looks like: the actions that are in force, in order.
  let state: string[] = []
  const undone: string[][] = []
  for (const step of steps) {
    const key = `k${next++}`
    if (step === 'do') {
      history = recordDone(history, { key, done: key, shows: [], reverse: [] })
      state = state.concat(key)
      undone.length = 0
    } else if (step === 'undo' && history.undoable.length > 0) {
      history = recordUndone(history, history.undoable.at(-1)!.key, key)
      undone.push(state)
      state = state.slice(0, -1)
    } else if (step === 'redo' && history.redoable.length > 0) {
      history = recordRedone(history, history.redoable.at(-1)!.key, key)
      state = undone.pop()!
    }
  }
  return { history, state }
}

const steps = fc.array(fc.constantFrom('do', 'undo', 'redo'), { maxLength: 40 })

test('what is undoable is always exactly what is in force, in order', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const { history, state } = play(steps)
      expect(sentences(history.undoable)).toEqual(state)
    }),
  )
})

test('undo and then redo is where we were, under new keys', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 10 }), (steps, times) => {
      const before = play([...steps, 'do'])
      const after = play([
        ...steps,
        'do',
        ...Array.from({ length: times }, () => 'undo' as const),
        ...Array.from({ length: times }, () => 'redo' as const),
      ])
      expect(after.state).toEqual(before.state)
      expect(sentences(after.history.undoable)).toEqual(sentences(before.history.undoable))
    }),
  )
})

test('every key is there once, so that no request undoes two things', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const { history } = play(steps)
      const keys = [...history.undoable, ...history.redoable].map(({ key }) => key)
      expect(new Set(keys).size).toBe(keys.length)
    }),
  )
})

test('something new ends what could be redone', () => {
  const history = recordDone(recordUndone(recordDone(emptyHistory, action(1)), 'k1', 'u1'), action(2))
  expect(history).toEqual({ undoable: [action(2)], redoable: [] })
})

test('what the server refused is forgotten, and an unknown key changes nothing', () => {
  const history = recordDone(recordDone(emptyHistory, action(1)), action(2))
  expect(forget(history, 'k2').undoable).toEqual([action(1)])
  expect(recordUndone(history, 'other', 'u')).toBe(history)
  expect(recordRedone(history, 'other', 'u')).toBe(history)
})

test('fifty steps back are kept, the oldest go first', () => {
  let history = emptyHistory
  for (let no = 1; no <= 60; no++) history = recordDone(history, action(no))
  expect(history.undoable).toHaveLength(50)
  expect(history.undoable[0]).toEqual(action(11))
})
