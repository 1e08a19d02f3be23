import { type CourierId, type Delivery, deliveryStatuses } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PagedRows } from '../live/paged-rows.ts'
import { createDeliveryQuery, type DeliveryQuery, isNarrower, matchesFacets } from './delivery-query.ts'
import { KeptDeliveries } from './kept-deliveries.ts'

const status = fc.constantFrom(...deliveryStatuses)
const courier = fc.constantFrom(null, 'a' as CourierId, 'b' as CourierId)
const span = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))
  .map(([a, b]) => ({ fromMs: Math.min(a, b), toMs: Math.max(a, b) }))
const points = {
  Centrum: { lat: 52.3712, lon: 4.898 },
  Noord: { lat: 52.394, lon: 4.918 },
  '': { lat: 0, lon: 0 },
}
const district = fc.constantFrom('Centrum', 'Noord', '' as const)
const delivery = fc.record({ status, courierId: courier, window: span, atMs: fc.nat(20), district }).map(
  ({ status, courierId, window, atMs, district }) =>
    ({
      status,
      courierId,
      dropoff: { window, point: points[district] },
      timeline: [{ atMs, status }],
    }) as unknown as Delivery,
)
const query: fc.Arbitrary<DeliveryQuery> = fc.record({
  search: fc.constantFrom('', 'x'),
  statuses: fc.uniqueArray(status, { maxLength: 3 }),
  courierId: fc.oneof(courier, fc.constant('none' as const)),
  window: fc.option(span, { freq: 1 }),
  ended: fc.option(span, { freq: 1 }),
  late: fc.option(fc.boolean(), { freq: 1 }),
  district: fc.option(district, { freq: 1 }),
})

const facets = ['statuses', 'courierId', 'window', 'ended', 'late', 'district'] as const

test('what a narrower query finds, the wider one finds too', () => {
  let met = 0
  fc.assert(
    fc.property(query, fc.constantFrom(...facets), query, delivery, (other, facet, wide, row) => {
      // One filter is another one: two queries of chance are hardly ever narrower and wider.
      const narrow = { ...wide, [facet]: other[facet] }
      if (!isNarrower(narrow, wide) || !matchesFacets(row, narrow)) return
      met++
      expect(matchesFacets(row, wide)).toBe(true)
    }),
    { numRuns: 3_000 },
  )
  expect(met).toBeGreaterThan(50)
})

test('what has not ended is neither late nor in time, and ended at no moment', () => {
  const all = createDeliveryQuery({ day: 'all' }, () => undefined)
  const row = (status: Delivery['status'], atMs: number) =>
    ({
      status,
      timeline: [{ atMs, status }],
      dropoff: { window: { fromMs: 0, toMs: 10 } },
    }) as unknown as Delivery
  for (const late of [true, false]) expect(matchesFacets(row('assigned', 5), { ...all, late })).toBe(false)
  expect(matchesFacets(row('delivered', 10), { ...all, late: false })).toBe(true)
  expect(matchesFacets(row('delivered', 11), { ...all, late: true })).toBe(true)
  const ended = { fromMs: 5, toMs: 10 }
  expect([4, 5, 9, 10].map((atMs) => matchesFacets(row('failed', atMs), { ...all, ended }))).toEqual([
    false,
    true,
    true,
    false,
  ])
})

test('a list that was read to its end answers what narrows it, until the live channel had a gap', () => {
  const paged = new PagedRows<Delivery>(() => Promise.reject(new Error('All has been read')))
  const all = createDeliveryQuery({ day: 'all' }, () => undefined)
  const failed: DeliveryQuery = { ...all, statuses: ['failed'] }
  const kept = new KeptDeliveries()
  expect(kept.find(all, 1)).toBeNull()
  kept.keep({ query: failed, paged }, 1)
  expect(kept.find(all, 1)).toBeNull()
  const widest = { query: all, paged }
  kept.keep(widest, 1)
  expect(kept.find(failed, 1)).toBe(widest)
  expect(kept.find({ ...all, search: 'x' }, 1)).toBeNull()
  // A narrower list does not take the place of a wider one.
  kept.keep({ query: failed, paged }, 1)
  expect(kept.find(all, 1)).toBe(widest)
  expect(kept.find(all, 2)).toBeNull()
})
