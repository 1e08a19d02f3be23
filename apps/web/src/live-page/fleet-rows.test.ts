import { PositionColumns } from '@fleet/api'
import type { Bike, BikeId, Courier, CourierId } from '@fleet/domain'
import { expect, it } from 'vitest'
import { MarkerColumns } from '../live/marker-columns.ts'
import { emptyRegistry, type Registry } from '../live/registry.ts'
import { createFleetRows } from './fleet-rows.ts'

const entity = { version: 1, createdAtMs: 0, updatedAtMs: 0, demo: false }
const bike = (no: number, status: Bike['status']): Bike => ({
  id: `bike-${no}` as BikeId,
  no,
  code: `AMS-000${no}`,
  kind: 'city',
  status,
  note: '',
  ...entity,
})
const courier: Courier = {
  id: 'c' as CourierId,
  no: 1,
  name: 'José Yıldız',
  phone: '+31 6 1234 5678',
  shift: 'on',
  bikeId: 'bike-2' as BikeId,
  ...entity,
}
const bikes = [bike(3, 'available'), bike(2, 'in_use'), bike(1, 'missing')]
const registry: Registry = {
  ...emptyRegistry,
  bikes: new Map(bikes.map((one) => [one.id, one])),
  couriers: new Map([[courier.id, courier]]),
}
const markers = new MarkerColumns()
for (const { no, code, status, kind } of bikes) markers.setBike(no, code, status, kind)
const fix = { lat: 52, lon: 5, speedMps: 0, headingDeg: 0, accuracyM: 5, charging: false, odometerM: 0 }
markers.apply(
  new PositionColumns().take(
    [
      { bikeNo: 1, timeMs: 100_000, batteryPct: 90, ...fix },
      { bikeNo: 2, timeMs: 900_000, batteryPct: 10, ...fix },
    ],
    0,
  ),
  0,
  false,
)
const all = { search: '', statuses: [], sort: 'code' } as const

it('sorts by code, by last seen and by battery; a silent bike comes last', () => {
  expect(createFleetRows(registry, markers, all).order).toEqual([1, 2, 3])
  expect(createFleetRows(registry, markers, { ...all, sort: 'seen' }).order).toEqual([2, 1, 3])
  expect(createFleetRows(registry, markers, { ...all, sort: 'battery' }).order).toEqual([2, 1, 3])
})

it('finds a bike by its courier, without accents and in any word order, and by the digits of a phone', () => {
  expect(createFleetRows(registry, markers, { ...all, search: 'yildiz jose' }).order).toEqual([2])
  expect(createFleetRows(registry, markers, { ...all, search: '612345678' }).order).toEqual([2])
  expect(createFleetRows(registry, markers, { ...all, search: 'ams0003' }).order).toEqual([3])
})

it('counts what the search finds whatever the filter says', () => {
  const rows = createFleetRows(registry, markers, { ...all, statuses: ['missing'] })
  expect(rows.order).toEqual([1])
  expect(rows.counts).toMatchObject({ available: 1, in_use: 1, missing: 1 })
})
