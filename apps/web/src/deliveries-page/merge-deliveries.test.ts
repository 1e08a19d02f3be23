import { type Delivery, deliveryStatuses } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyRegistry, type Registry } from '../live/registry.ts'
import {
  createDeliveryOrder,
  createDeliveryQuery,
  type DeliveryQuery,
  matchesFacets,
  serverSort,
} from './delivery-query.ts'
import { mergeDeliveries, newestOf } from './merge-deliveries.ts'

const stop = { address: 'A 1', contact: '', note: '', window: { fromMs: 0, toMs: 10 } }
const delivery = (no: number, status: Delivery['status'], version: number) =>
  ({
    id: `id-${String(no).padStart(3, '0')}`,
    code: `D-${no}`,
    status,
    version,
    courierId: null,
    createdAtMs: no,
    pickup: stop,
    dropoff: stop,
    failureReason: null,
    complaint: null,
  }) as unknown as Delivery
const query: DeliveryQuery = {
  ...createDeliveryQuery({ day: 'all' }, () => undefined),
  statuses: ['assigned'],
}
const order = createDeliveryOrder(serverSort, () => '')
const loaded = (rows: readonly Delivery[], complete: boolean) => ({
  rows,
  ids: new Set(rows.map(({ id }) => id)),
  complete,
})
const live = (rows: readonly Delivery[]): Registry => ({
  ...emptyRegistry,
  deliveries: new Map(rows.map((row) => [row.id, row])),
})

const status = fc.constantFrom(...deliveryStatuses)
/** Every row as the server's page had it, and what the live channel says of it since; null: nothing. */
const world = fc.uniqueArray(
  fc.record({ no: fc.integer({ min: 1, max: 60 }), page: status, live: fc.option(status) }),
  { selector: ({ no }) => no, maxLength: 30 },
)

test('the list is what a server asked now would answer, in its order', () => {
  fc.assert(
    fc.property(world, fc.boolean(), (world, inPlace) => {
      const page = world
        .filter(({ page }) => page === 'assigned')
        .map(({ no, page }) => delivery(no, page, 1))
        .sort(order.compare)
      const registry = live(world.flatMap(({ no, live }) => (live === null ? [] : [delivery(no, live, 2)])))
      const merged = mergeDeliveries(loaded(page, true), page, registry, query, order, inPlace)
      const expected = world
        .filter(({ page, live }) => (live ?? page) === 'assigned')
        .map(({ no }) => `D-${no}`)
        .sort((a, b) => Number(b.slice(2)) - Number(a.slice(2)))
      expect(merged.map(({ code }) => code)).toEqual(expected)
      for (const row of merged) expect(matchesFacets(newestOf(registry, row), query)).toBe(true)
    }),
  )
})

test('a wider list that was read answers a filter as the server would', () => {
  fc.assert(
    fc.property(world, (world) => {
      const wide = world.map(({ no, page }) => delivery(no, page, 1)).sort(order.compare)
      const listed = wide.filter((row) => matchesFacets(row, query))
      const registry = live(world.flatMap(({ no, live }) => (live === null ? [] : [delivery(no, live, 2)])))
      const merged = mergeDeliveries(loaded(wide, true), listed, registry, query, order, false)
      const expected = world
        .filter(({ page, live }) => (live ?? page) === 'assigned')
        .map(({ no }) => `D-${no}`)
        .sort((a, b) => Number(b.slice(2)) - Number(a.slice(2)))
      expect(merged.map(({ code }) => code)).toEqual(expected)
    }),
  )
})

test('what is older than the last page waits for its page', () => {
  const page = [delivery(9, 'assigned', 1), delivery(8, 'assigned', 1)]
  const registry = live([delivery(10, 'assigned', 1), delivery(3, 'assigned', 1)])
  const codes = (complete: boolean) =>
    mergeDeliveries(loaded(page, complete), page, registry, query, order, true).map(({ code }) => code)
  expect(codes(false)).toEqual(['D-10', 'D-9', 'D-8'])
  expect(codes(true)).toEqual(['D-10', 'D-9', 'D-8', 'D-3'])
})

test('a change that concerns no row of the list copies nothing', () => {
  const page = loaded([delivery(9, 'assigned', 1)], true)
  const registry = live([delivery(9, 'assigned', 2), delivery(12, 'failed', 1)])
  expect(mergeDeliveries(page, page.rows, registry, query, order, true)).toBe(page.rows)
})

test('the newer version wins, and what was removed is gone', () => {
  const old = delivery(1, 'assigned', 1)
  expect(newestOf(live([delivery(1, 'assigned', 2)]), old).version).toBe(2)
  expect(newestOf(live([delivery(1, 'assigned', 2)]), { ...old, version: 3 }).version).toBe(3)
  const registry = { ...emptyRegistry, removed: new Map([[old.id, 2]]) }
  expect(mergeDeliveries(loaded([old], true), [old], registry, query, order, true)).toEqual([])
})

test('an order is total, and turned round it is the other way', () => {
  const columns = fc.constantFrom('code', 'status', 'priority', 'window', 'pickup', 'dropoff', 'size')
  const rows = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 99 }), status), { selector: ([no]) => no })
  fc.assert(
    fc.property(columns, rows, (column, rows) => {
      const deliveries = rows.map(([no, status]) => delivery(no, status, 1))
      const up = createDeliveryOrder({ column, descending: false }, () => '')
      const down = createDeliveryOrder({ column, descending: true }, () => '')
      expect(up.sort(deliveries.toReversed())).toEqual(up.sort(deliveries))
      const keyed = (sorted: readonly Delivery[]) =>
        sorted.map((row) => (column === 'status' ? row.status : 0))
      expect(keyed(down.sort(deliveries))).toEqual(keyed(up.sort(deliveries)).toReversed())
    }),
  )
})
