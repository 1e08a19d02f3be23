import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Sketch, written } from '../../testing/histories.ts'
import { checkTransitions, type TimelineStep } from './transitions.ts'

const table = {
  open: { start: 'busy', stop: null, drop: 'gone' },
  busy: { start: null, stop: 'open', drop: null },
  gone: { start: null, stop: null, drop: null },
}
const timeline = (...steps: readonly (readonly [string, string])[]) => ({
  kind: 'timeline',
  answer: [{ event: 'create', status: 'open' }, ...steps.map(([event, status]) => ({ event, status }))],
})
const verdict = (...sketches: readonly Sketch[]) =>
  checkTransitions(written(...sketches), table, 'open').verdict

test('steps that the table allows', () => {
  expect(verdict(timeline(['start', 'busy'], ['stop', 'open'], ['drop', 'gone']))).toBe('ok')
})

test('a step twice', () => {
  expect(verdict(timeline(['start', 'busy'], ['start', 'busy']))).toBe('violated')
})

test('a step out of a final state', () => {
  expect(verdict(timeline(['drop', 'gone'], ['start', 'busy']))).toBe('violated')
})

test('a step that led elsewhere', () => {
  expect(verdict(timeline(['start', 'gone']))).toBe('violated')
})

test('a step that the table does not know', () => {
  expect(verdict(timeline(['explode', 'gone']))).toBe('violated')
})

test('a row that was never created', () => {
  expect(verdict({ kind: 'timeline', answer: [{ event: 'start', status: 'busy' }] })).toBe('violated')
  expect(verdict({ kind: 'timeline', answer: [] })).toBe('violated')
})

test('nothing is known when no timeline could be read', () => {
  expect(verdict()).toBe('unknown')
  expect(verdict({ ...timeline(), outcome: 'fail' })).toBe('unknown')
})

const events = ['start', 'stop', 'drop'] as const
test('property: a walk through the table passes; one that takes a closed way does not', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 20 }), (wanted) => {
      const steps: TimelineStep[] = [{ event: 'create', status: 'open' }]
      let status: keyof typeof table = 'open'
      for (const event of wanted) {
        const next = table[status][event] as keyof typeof table | null
        if (next === null) {
          const wrong = [...steps, { event, status }]
          expect(verdict({ kind: 'timeline', answer: wrong as never })).toBe('violated')
          continue
        }
        steps.push({ event, status: next })
        status = next
      }
      expect(verdict({ kind: 'timeline', answer: steps as never })).toBe('ok')
    }),
  )
})
