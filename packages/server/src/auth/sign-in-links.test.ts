import { randomBytes } from 'node:crypto'
import type { UserId } from '@fleet/domain'
import { expect, test } from 'vitest'
import { createSignInLinks, linkLifetimeMs } from './sign-in-links.ts'

const anna = 'anna' as UserId

function setUp() {
  const clock = { nowMs: 0 }
  return { clock, links: createSignInLinks(() => clock.nowMs, randomBytes) }
}

test('a link signs in once', () => {
  const { links } = setUp()
  const token = links.issue(anna)
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect([links.redeem(token), links.redeem(token)]).toEqual([anna, null])
})

test('a link is good until its time is up', () => {
  const { clock, links } = setUp()
  const [first, second] = [links.issue(anna), links.issue(anna)]
  clock.nowMs = linkLifetimeMs - 1
  expect(links.redeem(first)).toBe(anna)
  clock.nowMs = linkLifetimeMs
  expect(links.redeem(second)).toBeNull()
})

test('what was never issued signs nobody in', () => {
  expect(setUp().links.redeem('x'.repeat(43))).toBeNull()
})
