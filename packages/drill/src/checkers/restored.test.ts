import { expect, test } from 'vitest'
import { type Sketch, written } from '../../testing/histories.ts'
import { checkRestored, readRestoredKind, restorePointKind } from './restored.ts'

const insert = (key: string, more: Partial<Sketch> = {}) => ({ kind: 'insert', key, ...more })
const point: Sketch = { kind: restorePointKind, key: 'point' }
const copy = (...answer: string[]): Sketch => ({ kind: readRestoredKind, key: 'point', answer })
const check = (...sketches: readonly Sketch[]) => checkRestored(written(...sketches), 'insert')

test('a copy with what was acknowledged before and nothing of after is as it must be', () => {
  expect(check(insert('1'), point, insert('2'), copy('1')).verdict).toBe('ok')
})

test.each([
  {
    what: 'lacks what was acknowledged before',
    held: [],
    says: '1 was acknowledged before and is not in the copy.',
  },
  { what: 'has what was begun after', held: ['1', '2'], says: '2 was begun after and is in the copy.' },
  { what: 'has something twice', held: ['1', '1'], says: '1 is in the copy 2 times.' },
])('a copy that $what is found', ({ held, says }) => {
  expect(check(insert('1'), point, insert('2'), copy(...held))).toMatchObject({
    verdict: 'violated',
    evidence: [{ says }],
  })
})

test('what was under way at the moment, or of unknown outcome, may be there or not', () => {
  const underWay = insert('2', { startMs: 15, endMs: 45 })
  const nobodySaid = insert('3', { startMs: 2, outcome: 'unknown', endMs: 12 })
  for (const held of [['1'], ['1', '2'], ['1', '2', '3']])
    expect(check(insert('1'), point, underWay, nobodySaid, copy(...held)).verdict).toBe('ok')
})

test('a backup that cannot be restored is a broken promise', () => {
  expect(check(insert('1'), point, { ...copy(), outcome: 'fail', why: 'checksum' }).verdict).toBe('violated')
})

test.each([
  { what: 'no copy', sketches: [insert('1'), point] },
  { what: 'no moment', sketches: [insert('1'), copy('1')] },
  { what: 'nothing before it', sketches: [point, insert('1'), copy()] },
  {
    what: 'no answer of the copy',
    sketches: [insert('1'), point, { ...copy(), outcome: 'unknown' as const, endMs: null }],
  },
])('with $what nothing is known', ({ sketches }) => {
  expect(check(...sketches).verdict).toBe('unknown')
})
