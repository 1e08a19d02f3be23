import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearestWord } from './nearest-word.ts'

test('the nearest name is found through a slip of the fingers', () => {
  expect(nearestWord('FLEET_SEDE', ['FLEET_SEED', 'FLEET_HOST'])).toBe('FLEET_SEED')
  expect(nearestWord('dispacther', ['admin', 'dispatcher'])).toBe('dispatcher')
  expect(nearestWord('int', ['interval', 'id'])).toBe('interval')
})

test('a name spelled in another habit is the same name', () => {
  expect(nearestWord('timeZone', ['time_zone', 'time_out'])).toBe('time_zone')
})

test('nothing is suggested when nothing is near', () => {
  expect(nearestWord('xyzzy', ['serve', 'device'])).toBeNull()
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
