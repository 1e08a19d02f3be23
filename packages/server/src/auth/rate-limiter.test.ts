import { describe, expect, test } from 'vitest'
import { addressKey, createRateLimiter } from './rate-limiter.ts'

describe('a rate limiter', () => {
  test('grants a burst, then one try each time the bucket refills', () => {
    const limiter = createRateLimiter({ burst: 3, refillMs: 1000 })
    expect([0, 0, 0, 1000]).toEqual([1, 2, 3, 4].map(() => limiter.take('a', 5_000)))
    expect(limiter.take('a', 5_400)).toBe(600)
    expect(limiter.take('a', 6_000)).toBe(0)
    expect(limiter.take('a', 6_000)).toBe(1000)
  })

  test('counts keys apart and forgets one that is forgiven', () => {
    const limiter = createRateLimiter({ burst: 1, refillMs: 1000 })
    expect([limiter.take('a', 0), limiter.take('b', 0), limiter.take('a', 0)]).toEqual([0, 0, 1000])
    limiter.forgive('a')
    expect(limiter.take('a', 0)).toBe(0)
  })

  test('gives one try back, and never more than a full bucket', () => {
    const limiter = createRateLimiter({ burst: 2, refillMs: 1000 })
    limiter.take('a', 0)
    for (let i = 0; i < 5; i++) limiter.giveBack('a')
    expect([0, 0, 1000]).toEqual([1, 2, 3].map(() => limiter.take('a', 0)))
  })

  test('takes nothing away when the clock is set back', () => {
    const limiter = createRateLimiter({ burst: 2, refillMs: 1000 })
    limiter.take('a', 10_000)
    expect(limiter.take('a', 0)).toBe(0)
    expect(limiter.take('a', 1_000)).toBe(0)
  })

  test('remembers no more keys than it may', () => {
    const limiter = createRateLimiter({ burst: 1, refillMs: 1000, maxKeys: 2 })
    for (const key of ['a', 'b', 'a', 'c']) limiter.take(key, 0)
    // `b` was quiet longest.
    expect([limiter.take('a', 0), limiter.take('b', 0)]).toEqual([1000, 0])
  })
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0000:0000:ffff::1', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key)
})
