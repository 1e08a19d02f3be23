import { expect, test } from 'vitest'
import { type Sketch, written } from '../../testing/histories.ts'
import { checkLooksBack } from './looks-back.ts'

const deliver = { kind: 'command', key: 'd1 deliver', startMs: 0 }
/** Looks back upon all that ended. */
const look = (ids: readonly string[], more: Partial<Sketch> = {}) => ({
  kind: 'look-back',
  startMs: 100,
  value: { fromMs: 0 },
  answer: { ids, isWhole: true },
  ...more,
})
const verdict = (command: Sketch, ...looks: readonly Sketch[]) =>
  checkLooksBack(
    written(...looks),
    written(command).map((each) => ({ id: 'd1', command: each })),
  ).verdict

test('what had ended is seen', () => {
  expect(verdict(deliver, look(['d1', 'of another']))).toBe('ok')
})

test('what had ended is not seen', () => {
  expect(verdict(deliver, look([]))).toBe('violated')
  expect(verdict(deliver, look(['d1']), look(['of another'], { startMs: 200 }))).toBe('violated')
})

test('who looked before the answer, or not so far back, need not see it', () => {
  const found = look(['d1'], { startMs: 500 })
  expect(verdict(deliver, look([], { startMs: 5 }), found)).toBe('ok')
  expect(verdict(deliver, look([], { value: { fromMs: 1_000_001 } }), found)).toBe('ok')
})

test('nothing is known of looks that were not answered, held no more, or had nothing to see', () => {
  expect(verdict(deliver)).toBe('unknown')
  expect(verdict(deliver, look([], { outcome: 'fail', answer: null }))).toBe('unknown')
  expect(verdict(deliver, look([], { answer: { ids: [], isWhole: false } }))).toBe('unknown')
  expect(verdict({ ...deliver, outcome: 'unknown' }, look(['d1']))).toBe('unknown')
})
