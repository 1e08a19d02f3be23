import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Sketch, written } from '../../testing/histories.ts'
import type { Operation } from '../history/operation.ts'
import { checkReadYourWrites } from './read-your-writes.ts'

const write = (value: number, more: Partial<Operation> = {}) => ({ kind: 'write', value, ...more })
const read = (answer: number, more: Partial<Operation> = {}) => ({ kind: 'read', answer, ...more })
const verdict = (...sketches: readonly Sketch[]) => checkReadYourWrites(written(...sketches)).verdict

test('a session that reads its last write', () => {
  expect(verdict(write(1), read(1), write(2), read(2))).toBe('ok')
})

test('a session that reads what was there before its last write', () => {
  const { verdict, evidence } = checkReadYourWrites(written(write(1), write(2), read(1)))
  expect(verdict).toBe('violated')
  expect(evidence[0]?.operations.map(({ id }) => id)).toEqual([2, 3])
})

test('an unknown write may be seen or not', () => {
  const open = write(2, { outcome: 'unknown' })
  expect(verdict(write(1), open, read(1))).toBe('ok')
  expect(verdict(write(1), open, read(2))).toBe('ok')
})

test('a value from the future', () => {
  expect(verdict(write(1), read(2), write(2))).toBe('violated')
})

test('sessions do not owe each other anything', () => {
  expect(verdict(write(5, { process: 'a' }), write(1, { process: 'b' }), read(1, { process: 'b' }))).toBe(
    'ok',
  )
})

test('nothing is known without an answered read', () => {
  expect(verdict()).toBe('unknown')
  expect(verdict(write(1), read(0, { outcome: 'fail' }))).toBe('unknown')
})

test('property: reading the newest acknowledged write passes, anything older does not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('ok', 'unknown', 'fail'), { minLength: 1, maxLength: 20 }),
      (outcomes) => {
        const writes = outcomes.map((outcome, index) => write(index + 1, { outcome }))
        const newest = Number(writes.findLast(({ outcome }) => outcome === 'ok')?.value ?? 0)
        expect(verdict(...writes, read(newest))).toBe('ok')
        if (newest > 0) expect(verdict(...writes, read(newest - 1))).toBe('violated')
      },
    ),
  )
})
