import type { CourierId } from '@fleet/domain'
import { expect, test } from 'vitest'
import { linkOf } from './figure-links.ts'

const fromMs = Date.parse('2026-11-23T00:00:00+01:00')
const toMs = Date.parse('2026-11-24T00:00:00+01:00')
const filter = { endedFromMs: fromMs, endedToMs: toMs }
const span = `${fromMs}-${toMs}`

test('figures of deliveries lead to the deliveries that they count', () => {
  expect(linkOf('delivered', { filter }, null)).toEqual({
    to: '/deliveries',
    search: { day: 'all', ended: span, status: 'delivered' },
  })
  expect(linkOf('onTimeShare', { filter }, null)?.search).toMatchObject({
    status: 'delivered',
    late: 'false',
  })
  expect(linkOf('failed', { filter: { ...filter, district: '' } }, null)?.search).toMatchObject({
    status: 'failed',
    district: 'outside',
  })
  const courierId = 'c' as CourierId
  expect(linkOf('cancelled', { filter: { ...filter, courierId } }, 7)?.search).toMatchObject({ courier: '7' })
})

test('issues lead to the issues, time at work to couriers', () => {
  expect(linkOf('issues', { filter }, 7)).toEqual({ to: '/issues', search: { reported: span, courier: '7' } })
  expect(linkOf('workedMs', { filter }, 7)).toEqual({ to: '/couriers', search: { c: '7' } })
  expect(linkOf('utilisation', { filter }, null)).toEqual({
    to: '/insights',
    search: { from: '2026-11-23', to: '2026-11-23', by: 'courier' },
  })
})

test('a courier who is no longer there has no list', () => {
  expect(linkOf('delivered', { filter }, undefined)).toBeNull()
})
