import type { Courier, Delivery } from '@fleet/domain'
import { expect, test } from 'vitest'
import type { OutboxEntry } from '../outbox/outbox-entry.ts'
import { type Day, mergeDay, shownDay, withAnswer } from './day.ts'

const courier = { id: 'eva', shift: 'on', version: 3 } as Courier
const row = (id: string, version: number, status: Delivery['status'] = 'assigned') =>
  ({ id, version, status }) as Delivery
const dayOf = (...deliveries: Delivery[]): Day => ({ courier, deliveries, readAtMs: 1 })
const entry = (id: string, patch: Partial<Delivery>, problem: OutboxEntry['problem'] = null) =>
  ({ shows: [{ kind: 'delivery', id, patch }], problem }) as unknown as OutboxEntry

test('what is read replaces what was known, but for rows that are known to be newer', () => {
  const known = dayOf(row('a', 5, 'delivered'), row('b', 1), row('c', 1))
  const read = { ...dayOf(row('a', 4, 'picked_up'), row('b', 2, 'picked_up')), readAtMs: 2 }
  expect(mergeDay(known, read)).toEqual({
    courier,
    deliveries: [row('a', 5, 'delivered'), row('b', 2, 'picked_up')],
    readAtMs: 2,
  })
})

test('the day of another courier is not mixed in', () => {
  const other = { ...dayOf(row('b', 1)), courier: { ...courier, id: 'bram' as Courier['id'] } }
  expect(mergeDay(dayOf(row('a', 1)), other)).toEqual(other)
})

test('an answer puts its row into the day, an undo all of its rows', () => {
  const day = dayOf(row('a', 1), row('b', 1))
  expect(withAnswer(day, 'pickUpDelivery', row('a', 2, 'picked_up')).deliveries).toEqual([
    row('a', 2, 'picked_up'),
    row('b', 1),
  ])
  expect(withAnswer(day, 'stepShift', { ...courier, shift: 'break', version: 4 }).courier.shift).toBe('break')
  expect(withAnswer(day, 'stepShift', { ...courier, shift: 'off', version: 2 }).courier.shift).toBe('on')
  const changes = [
    { kind: 'delivery', entity: row('b', 2, 'unassigned') },
    { kind: 'issue', entity: null },
  ]
  expect(withAnswer(day, 'undo', { changes }).deliveries[1]).toEqual(row('b', 2, 'unassigned'))
})

test('what waits is shown as done, what was refused is not', () => {
  const day = dayOf(row('a', 1), row('b', 1))
  const problem = { code: 'not_found' } as OutboxEntry['problem']
  const shown = shownDay(day, [
    entry('a', { status: 'picked_up' }),
    entry('a', { status: 'delivered' }),
    entry('b', { status: 'picked_up' }, problem),
    entry('somebody else’s', { status: 'picked_up' }),
  ])
  expect(shown.deliveries).toEqual([row('a', 1, 'delivered'), row('b', 1)])
})
