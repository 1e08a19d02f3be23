import fc from 'fast-check'
import { expect, test } from 'vitest'
import { percentile, spreadOf } from './statistics.ts'

test('the median of five is the third, whatever their order', () => {
  expect(spreadOf([9, 1, 5, 3, 7])).toEqual({ min: 1, median: 5, max: 9 })
})

test('of an even count the median is the lower middle, so that it is a value that was measured', () => {
  expect(percentile([1, 2, 3, 4], 50)).toBe(2)
})

test('p99 of a hundred leaves one above', () => {
  const values = Array.from({ length: 100 }, (_, index) => index)
  expect(values.filter((value) => value > percentile(values, 99))).toHaveLength(1)
})

test('a percentile is one of the values and grows with the share', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.nat(100), fc.nat(100), (values, a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a]
      expect(values).toContain(percentile(values, low))
      expect(percentile(values, low)).toBeLessThanOrEqual(percentile(values, high))
    }),
  )
})

test('nothing measured is an error, not a zero', () => {
  expect(() => spreadOf([])).toThrow(RangeError)
})
