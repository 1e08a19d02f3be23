import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Sketch, written } from '../../testing/histories.ts'
import type { Outcome } from '../history/operation.ts'
import { checkNothingLost, checkNothingTwice, checkNothingUnasked, readAllKind } from './written-once.ts'

const kinds = ['insert']
const insert = (key: string, outcome: Outcome = 'ok') => ({ kind: 'insert', key, outcome })
const found = (...answer: string[]) => ({ kind: readAllKind, answer })

/** The verdicts of the three checkers. */
const verdicts = (...sketches: readonly Sketch[]) => {
  const history = written(...sketches)
  return [checkNothingLost, checkNothingTwice, checkNothingUnasked].map(
    (check) => check(history, kinds).verdict,
  )
}

test('what was acknowledged and is there once is as it must be', () => {
  expect(verdicts(insert('1'), insert('2'), found('1', '2'))).toEqual(['ok', 'ok', 'ok'])
})

test('an acknowledged write that is not there is lost', () => {
  const { verdict, evidence } = checkNothingLost(written(insert('1'), insert('2'), found('2')), kinds)
  expect(verdict).toBe('violated')
  expect(evidence).toMatchObject([
    { says: '1 was acknowledged and is not there.', operations: [{ key: '1' }] },
  ])
})

test('an acknowledged write that is there twice was applied twice', () => {
  expect(verdicts(insert('1'), found('1', '1'))).toEqual(['ok', 'violated', 'ok'])
})

test.each([
  { there: [], verdict: 'ok' },
  { there: ['1'], verdict: 'ok' },
  { there: ['1', '1'], verdict: 'violated' },
])('an unknown write that is there $there.length times: $verdict', ({ there, verdict }) => {
  expect(verdicts(insert('1', 'unknown'), found(...there))).toEqual(['ok', verdict, 'ok'])
})

test('a refused write that is there was not refused', () => {
  expect(verdicts(insert('1', 'fail'), insert('2'), found('1', '2'))).toEqual(['ok', 'ok', 'violated'])
})

test('a write that nobody asked for is found', () => {
  expect(verdicts(insert('1'), found('1', 'ghost'))).toEqual(['ok', 'ok', 'violated'])
})

test('of two that want the same, one acknowledged and one refused, one is there', () => {
  const both = [insert('1'), insert('1', 'fail')]
  expect(verdicts(...both, found('1'))).toEqual(['ok', 'ok', 'ok'])
  expect(verdicts(...both, found('1', '1'))).toEqual(['ok', 'violated', 'ok'])
})

describe('nothing is known', () => {
  const unknowns = ['unknown', 'unknown', 'unknown']
  test('of an empty history', () => expect(verdicts()).toEqual(unknowns))
  test('without a reading at the end', () => expect(verdicts(insert('1'))).toEqual(unknowns))
  test('without a write', () => expect(verdicts(found())).toEqual(unknowns))
  test('when the reading failed', () =>
    expect(verdicts(insert('1'), { ...found('1'), outcome: 'fail' })).toEqual(unknowns))
  test('when one of two readings failed', () =>
    expect(verdicts(insert('1'), found('1'), { ...found(), outcome: 'unknown' })).toEqual(unknowns))
  test('when somebody wrote after the reading', () =>
    expect(verdicts(insert('1'), found('1'), insert('2'))).toEqual(unknowns))
})

const outcomes = fc.array(fc.constantFrom<Outcome>('ok', 'fail', 'unknown'), { minLength: 1, maxLength: 40 })

/** Writes with these outcomes, and what a system that keeps its word has of them in the end. */
const honest = fc.record({ outcomes, coins: fc.infiniteStream(fc.boolean()) }).map(({ outcomes, coins }) => {
  const writes = outcomes.map((outcome, index) => insert(`row ${index}`, outcome))
  const there = writes.filter(
    ({ outcome }) => outcome === 'ok' || (outcome === 'unknown' && coins.next().value),
  )
  return { writes, there: there.map(({ key }) => key) }
})

test('property: a system that keeps its word passes', () => {
  fc.assert(
    fc.property(honest, ({ writes, there }) => {
      expect(verdicts(...writes, found(...there))).toEqual(['ok', 'ok', 'ok'])
    }),
  )
})

test('property: whatever is taken away, doubled or added is found', () => {
  fc.assert(
    fc.property(honest, fc.nat(), ({ writes, there }, pick) => {
      const { key, outcome } = writes[pick % writes.length]!
      const without = there.filter((each) => each !== key)
      if (outcome === 'ok') expect(verdicts(...writes, found(...without))[0]).toBe('violated')
      if (outcome !== 'fail') expect(verdicts(...writes, found(...without, key, key))[1]).toBe('violated')
      if (outcome === 'fail') expect(verdicts(...writes, found(...there, key))[2]).toBe('violated')
    }),
  )
})
