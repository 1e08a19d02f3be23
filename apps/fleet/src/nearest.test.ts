import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

test('the nearest name is found through a slip of the fingers', () => {
  expect(nearest('FLEET_SEDE', ['FLEET_SEED', 'FLEET_HOST'])).toBe('FLEET_SEED')
  expect(nearest('dispacther', ['admin', 'dispatcher'])).toBe('dispatcher')
  expect(nearest('int', ['interval', 'id'])).toBe('interval')
})

test('nothing is suggested when nothing is near', () => {
  expect(nearest('xyzzy', ['serve', 'device'])).toBeNull()
})

test('edit distance is a distance: zero only to itself, the same both ways, at most the longer word', () => {
  const word = fc.string({ maxLength: 8 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      const d = editDistance(a, b)
      expect(d === 0).toBe(a === b)
      expect(d).toBe(editDistance(b, a))
      expect(d).toBeLessThanOrEqual(Math.max(a.length, b.length))
    }),
  )
})
