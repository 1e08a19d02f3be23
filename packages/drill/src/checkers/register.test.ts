import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Sketch, written } from '../../testing/histories.ts'
import type { Operation } from '../history/operation.ts'
import { checkLinearizable } from './linearizable.ts'
import { checkRegisters } from './register.ts'

const write = (value: number, more: Partial<Operation> = {}) => ({ kind: 'write', value, ...more })
const read = (answer: number | null, more: Partial<Operation> = {}) => ({ kind: 'read', answer, ...more })
const swap = (from: number, value: number, more: Partial<Operation> = {}) => ({
  kind: 'swap',
  value,
  answer: { from },
  ...more,
})
const between = (startMs: number, endMs: number) => ({ startMs, endMs })
const verdict = (...sketches: readonly Sketch[]) => checkRegisters(written(...sketches)).verdict

test('one after another, each seeing the one before', () => {
  expect(verdict(write(0), swap(0, 1), read(1), swap(1, 2), read(2))).toBe('ok')
})

test('two updates that found the same value: one of them is lost', () => {
  const { verdict, evidence } = checkRegisters(written(write(0), swap(0, 1), swap(0, 2)))
  expect(verdict).toBe('violated')
  expect(evidence[0]?.operations.map(({ id }) => id)).toContain(3)
})

test('a read of what was there before an update that was acknowledged earlier is stale', () => {
  expect(verdict(write(0), swap(0, 1), read(0))).toBe('violated')
})

test('a read at the time of an update may see either', () => {
  for (const seen of [0, 1])
    expect(verdict(write(0), swap(0, 1, between(20, 60)), read(seen, between(30, 50)))).toBe('ok')
})

test('the value does not come back: new, then old again, is no order', () => {
  const during = swap(0, 1, between(20, 100))
  expect(verdict(write(0), during, read(0, between(30, 40)), read(1, between(50, 60)))).toBe('ok')
  expect(verdict(write(0), during, read(1, between(30, 40)), read(0, between(50, 60)))).toBe('violated')
})

test('a read of a value that was never written', () => {
  expect(verdict(write(0), read(7))).toBe('violated')
})

describe('an update of unknown outcome', () => {
  const open = swap(0, 1, { outcome: 'unknown', endMs: null })
  test('may never have happened', () => expect(verdict(write(0), open, read(0), swap(0, 2))).toBe('ok'))
  test('may have happened', () => expect(verdict(write(0), open, read(1), swap(1, 2))).toBe('ok'))
  test('may happen later', () => expect(verdict(write(0), open, read(0), read(1))).toBe('ok'))
  test('does not happen backwards', () => expect(verdict(write(0), open, read(1), read(0))).toBe('violated'))
  test('does not happen twice', () =>
    expect(verdict(write(0), open, read(1), swap(1, 2), read(1))).toBe('violated'))
  test('counts although nobody knows what it found', () =>
    expect(verdict(write(0), { ...open, answer: null }, read(1))).toBe('ok'))
})

test('a refused update that was seen', () => {
  expect(verdict(write(0), swap(0, 1, { outcome: 'fail' }), read(1))).toBe('violated')
})

test('rows are looked at one by one', () => {
  const other = { key: 'other' }
  expect(verdict(write(0), write(5, other), swap(0, 1), read(5, other))).toBe('ok')
  expect(verdict(write(0), write(5, other), swap(0, 1), read(1, other))).toBe('violated')
})

test('nothing is known of an empty history, or when values are not unique', () => {
  expect(verdict()).toBe('unknown')
  expect(verdict(write(0), write(0))).toBe('unknown')
})

test('a search that would take too long says so', () => {
  const atOnce = Array.from({ length: 40 }, (_, index) => write(index, between(0, 1_000)))
  const distinct = { initial: '', step: (state: string, { id }: Operation) => `${state},${id}` }
  expect(checkLinearizable(written(...atOnce), distinct).verdict).toBe('unknown')
})

/** What clients see of a row that is linearizable: each takes effect at one moment between its start and its end. */
const honestRow = fc
  .array(
    fc.record({
      kind: fc.constantFrom('swap', 'read'),
      atMs: fc.integer({ min: 100, max: 1_000 }),
      before: fc.integer({ min: 0, max: 40 }),
      after: fc.integer({ min: 0, max: 40 }),
      outcome: fc.constantFrom('ok', 'ok', 'ok', 'unknown', 'fail'),
      happens: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .map((plan) => {
    let state = 0
    const steps = plan
      .toSorted((a, b) => a.atMs - b.atMs)
      .map(({ kind, atMs, before, after, outcome, happens }, index) => {
        const times = { startMs: atMs - before, endMs: atMs + after }
        if (kind === 'read') return read(state, times)
        const value = index + 1
        const answer = { from: state }
        if (outcome === 'ok' || (outcome === 'unknown' && happens)) state = value
        return { kind, value, answer, outcome, ...times }
      })
    return written(write(0, between(0, 1)), ...steps.toSorted((a, b) => a.startMs! - b.startMs!))
  })

test('property: what a linearizable row answers is linearizable', () => {
  fc.assert(
    fc.property(honestRow, (history) => {
      expect(checkRegisters(history)).toMatchObject({ verdict: 'ok' })
    }),
  )
})

test('property: an acknowledged update that is forgotten afterwards is found', () => {
  fc.assert(
    fc.property(honestRow, (history) => {
      const last = history.findLast(({ kind, outcome }) => kind === 'swap' && outcome === 'ok')
      if (!last) return
      const endMs = Math.max(...history.map((each) => each.endMs ?? each.startMs))
      const forgotten = { ...last, kind: 'read', id: 999, answer: (last.answer as { from: number }).from }
      const later = { ...forgotten, startMs: endMs + 10, endMs: endMs + 20, outcome: 'ok' as const }
      // A later update of unknown outcome cannot bring the old value back: every value is written once.
      expect(checkRegisters([...history, later]).verdict).toBe('violated')
    }),
  )
})
