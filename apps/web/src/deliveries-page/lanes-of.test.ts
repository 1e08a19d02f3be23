import type { Courier, CourierId, Delivery } from '@fleet/domain'
import { expect, test } from 'vitest'
import { createLaneMaker } from './lanes-of.ts'

const courier = (no: number, name: string, shift: Courier['shift']) =>
  ({ id: `c${no}` as CourierId, no, name, shift }) as Courier
const delivery = (id: string, courierId: string | null) => ({ id, courierId }) as Delivery
const couriers = new Map(
  [
    courier(1, 'Daan', 'on'),
    courier(2, 'Anna', 'break'),
    courier(3, 'Off with work', 'off'),
    courier(4, 'Off', 'off'),
  ].map((one) => [one.id as string, one]),
)

test('nobody is first, then by name whoever works or has something to do', () => {
  const lanes = createLaneMaker()([delivery('a', 'c1'), delivery('b', null), delivery('c', 'c3')], couriers)
  expect(
    lanes.map(({ courier, deliveries }) => [courier?.name ?? null, deliveries.map(({ id }) => id)]),
  ).toEqual([
    [null, ['b']],
    ['Anna', []],
    ['Daan', ['a']],
    ['Off with work', ['c']],
  ])
})

test('only lanes that something came to or left are new', () => {
  const makeLanes = createLaneMaker()
  const [a, b, c] = [delivery('a', 'c1'), delivery('b', null), delivery('c', 'c2')]
  const listOf = (lanes: ReturnType<typeof makeLanes>, name: string | null) =>
    lanes.find(({ courier }) => (courier?.name ?? null) === name)!.deliveries
  const before = makeLanes([a, b, c], couriers)
  const after = makeLanes([a, { ...b, courierId: 'c2' as CourierId }, c], couriers)
  expect(listOf(after, 'Daan')).toBe(listOf(before, 'Daan'))
  expect(listOf(after, 'Anna')).toHaveLength(2)
  expect(listOf(after, null)).toEqual([])
})
