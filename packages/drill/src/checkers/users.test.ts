import { expect, test } from 'vitest'
import { written } from '../../testing/histories.ts'
import { checkNoErrors, checkSettled } from './users.ts'

test('requests that all ended are settled, one that is open is not', () => {
  expect(checkSettled(written({ kind: 'command' }, { kind: 'command', outcome: 'fail' })).verdict).toBe('ok')
  expect(checkSettled(written({ kind: 'command', outcome: 'unknown' })).verdict).toBe('violated')
})

const refused = {
  kind: 'command',
  outcome: 'fail' as const,
  value: { contended: true },
  why: 'impossible_step: A delivery that is picked up cannot be picked up.',
}
const taken = { kind: 'command', value: { contended: true } }

test('a refusal is an error on a screen', () => {
  expect(checkNoErrors(written({ kind: 'command' })).verdict).toBe('ok')
  expect(checkNoErrors(written({ kind: 'command', outcome: 'fail' })).verdict).toBe('violated')
  expect(checkNoErrors(written({ ...refused, value: { contended: false } }, taken)).verdict).toBe('violated')
})

test('who came second is rightly refused, as long as somebody came first', () => {
  expect(checkNoErrors(written(refused, taken)).verdict).toBe('ok')
  expect(checkNoErrors(written(refused, { ...taken, outcome: 'unknown' })).verdict).toBe('ok')
  expect(checkNoErrors(written(refused, refused)).evidence).toHaveLength(2)
  expect(checkNoErrors(written(refused, { ...taken, key: 'another row' })).verdict).toBe('violated')
})

test('who came second is told that it is not possible any more, and nothing else', () => {
  const denied = { ...refused, why: 'forbidden: impossible_step is no reason.' }
  expect(checkNoErrors(written(denied, taken)).verdict).toBe('violated')
})

test('nothing is known when nothing was asked', () => {
  expect(checkSettled([]).verdict).toBe('unknown')
  expect(checkNoErrors([]).verdict).toBe('unknown')
})
