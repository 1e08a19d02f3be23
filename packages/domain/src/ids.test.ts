import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createId, type BikeId } from './ids.ts'

const times = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const randoms = fc.uint8Array({ minLength: 10, maxLength: 16 })

test('an id is a UUID of version 7 and variant 10', () => {
  fc.assert(
    fc.property(times, randoms, (nowMs, random) => {
      expect(createId<BikeId>(nowMs, random)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      )
    }),
  )
})

test('the example of RFC 9562 appendix A.6', () => {
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f])
  expect(createId<BikeId>(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
})

test('later ids sort after earlier ones', () => {
  fc.assert(
    fc.property(times, times, randoms, randoms, (a, b, one, two) => {
      fc.pre(a < b)
      expect(createId<BikeId>(a, one) < createId<BikeId>(b, two)).toBe(true)
    }),
  )
})
