import type { Bike, BikeId, Courier, CourierId } from '@fleet/domain'
import { expect, test } from 'vitest'
import { applyPending } from '../live/pending-changes.ts'
import { MarkerColumns } from '../live/marker-columns.ts'
import { emptyRegistry, type Registry } from '../live/registry.ts'
import { stepShiftAction, takeBikeAction } from './courier-actions.ts'
import { couriersInOrder, createCourierRows } from './courier-rows.ts'
import { parseCouriersSearch } from './couriers-search.ts'

const entity = { version: 1, createdAtMs: 0, updatedAtMs: 0, demo: false }
const bike: Bike = {
  id: 'bike' as BikeId,
  no: 1,
  code: 'AMS-0042',
  kind: 'city',
  status: 'in_use',
  note: '',
  ...entity,
}
const courier = (no: number, name: string, more: Partial<Courier> = {}): Courier => ({
  id: `courier-${no}` as CourierId,
  no,
  name,
  phone: '+31 6 1234 5678',
  shift: 'off',
  bikeId: null,
  ...entity,
  ...more,
})
const eva = courier(1, 'Eva Jansen', { shift: 'on', bikeId: bike.id })
const jose = courier(2, 'José Yıldız', { shift: 'break', phone: '' })
const anna = courier(3, 'Anna de Boer')
const registry: Registry = {
  ...emptyRegistry,
  bikes: new Map([[bike.id, bike]]),
  couriers: new Map([eva, jose, anna].map((row) => [row.id, row])),
}
const find = (query: Partial<Parameters<typeof createCourierRows>[2]>) =>
  createCourierRows(
    registry,
    new MarkerColumns(),
    { search: '', shifts: [], sort: couriersInOrder, ...query },
    0,
  )
const names = (query: Parameters<typeof find>[0]) => find(query).rows.map((row) => row.courier.name)

test('couriers are found by name without accents, by bike and by digits of their number', () => {
  expect(names({ search: 'jose yildiz' })).toEqual([jose.name])
  expect(names({ search: 'ams-0042' })).toEqual([eva.name])
  expect(names({ search: '0612' })).toEqual([])
  expect(names({ search: '61234' })).toEqual([anna.name, eva.name])
})

test('a filter of shifts leaves the counts of the others; who has no bike is last either way', () => {
  expect(find({ shifts: ['on'] })).toMatchObject({
    counts: { on: 1, break: 1, off: 1 },
    rows: [{ courier: eva }],
  })
  expect(names({ sort: { column: 'shift', descending: false } })).toEqual([eva.name, jose.name, anna.name])
  expect(names({ sort: { column: 'bike', descending: true } })[0]).toBe(eva.name)
  expect(names({ sort: { column: 'bike', descending: false } })[0]).toBe(eva.name)
})

test('whoever ends a shift leaves the bike, and a bike that is taken is in use', () => {
  const t = ((key: string) => key) as never
  const ended = applyPending(registry, stepShiftAction(t, eva, 'end').expected ?? [])
  expect(ended.couriers.get(eva.id)).toMatchObject({ shift: 'off', bikeId: null })
  expect(ended.bikes.get(bike.id)?.status).toBe('available')
  const paused = applyPending(registry, stepShiftAction(t, eva, 'pause').expected ?? [])
  expect(paused.couriers.get(eva.id)).toMatchObject({ shift: 'break', bikeId: bike.id })
  const taken = applyPending(ended, takeBikeAction(t, jose, { ...bike, status: 'available' }).expected ?? [])
  expect(taken.couriers.get(jose.id)?.bikeId).toBe(bike.id)
  expect(taken.bikes.get(bike.id)?.status).toBe('in_use')
})

test('an address keeps what makes sense and drops what does not', () => {
  expect(parseCouriersSearch({ c: '12', q: 'eva', shift: 'on,x', new: '1' })).toEqual({
    c: '12',
    q: 'eva',
    shift: 'on',
    new: '1',
  })
  expect(parseCouriersSearch({ c: 'eva', shift: 'on,off,break', new: '2' })).toEqual({})
})
