import { PositionColumns } from '@fleet/api'
import {
  type Bike,
  type BikeId,
  type Courier,
  type CourierId,
  type Issue,
  type IssueId,
  type LatestFix,
  type ServiceEntry,
  type ServiceEntryId,
  dayMs,
} from '@fleet/domain'
import { expect, test } from 'vitest'
import { MarkerColumns } from '../live/marker-columns.ts'
import { emptyRegistry, type Registry } from '../live/registry.ts'
import { bikesInOrder, type BikeQuery, createBikeRows } from './bike-rows.ts'

const entity = { version: 1, createdAtMs: 0, updatedAtMs: 0, demo: false }
const bike = (no: number, more: Partial<Bike> = {}): Bike => ({
  id: `bike-${no}` as BikeId,
  no,
  code: `AMS-${String(no).padStart(4, '0')}`,
  kind: 'city',
  status: 'available',
  note: '',
  ...entity,
  ...more,
})
const fix = (bikeNo: number, batteryPct: number | null): LatestFix => ({
  bikeNo,
  courierNo: null,
  deviceNo: 1,
  timeMs: 1_000,
  receivedAtMs: 1_000,
  lat: 52.37,
  lon: 4.9,
  speedMps: 0,
  headingDeg: null,
  accuracyM: 5,
  altitudeM: null,
  batteryPct,
  charging: false,
  odometerM: 1_000 * bikeNo,
})
const all: BikeQuery = { search: '', statuses: [], kinds: [], dues: [], sort: bikesInOrder }

const bikes = [
  bike(1),
  bike(2, { kind: 'e-cargo', status: 'in_use' }),
  bike(3, { status: 'missing' }),
  bike(4),
]
const courier: Courier = {
  id: 'eva' as CourierId,
  no: 1,
  name: 'Eva Jansen',
  phone: '',
  shift: 'on',
  bikeId: bikes[1]!.id,
  ...entity,
}
const issue = (id: string, status: Issue['status']): Issue => ({
  id: id as IssueId,
  kind: 'bike_problem',
  reporter: 'courier',
  status,
  description: '',
  bikeId: bikes[2]!.id,
  courierId: null,
  deliveryId: null,
  photoId: null,
  comments: [],
  ...entity,
})
const registry: Registry = {
  ...emptyRegistry,
  bikes: new Map(bikes.map((row) => [row.id, row])),
  couriers: new Map([[courier.id, courier]]),
  issues: new Map(
    [issue('a', 'open'), issue('b', 'in_progress'), issue('c', 'resolved')].map((row) => [row.id, row]),
  ),
}
const markers = new MarkerColumns()
for (const { no, code, status, kind } of bikes) markers.setBike(no, code, status, kind)
markers.apply(new PositionColumns().take([fix(1, 80), fix(2, 60), fix(3, 15)], 1_000), 1_000, false)

const service = (bikeNo: number, more: Partial<ServiceEntry>): ServiceEntry => ({
  id: `service-${bikeNo}` as ServiceEntryId,
  bikeId: `bike-${bikeNo}` as BikeId,
  kind: 'brakes',
  atMs: 0,
  costCents: 0,
  odometerKm: null,
  note: '',
  dueMs: null,
  dueKm: null,
  ...entity,
  ...more,
})
const dueService = Map.groupBy(
  [service(1, { dueMs: 1_000 }), service(2, { dueKm: 50 }), service(4, { dueMs: 100 * dayMs })],
  ({ bikeId }): string => bikeId,
)
const rowsOf = (query: Partial<BikeQuery>, nowMs = 2_000) =>
  createBikeRows(registry, markers, dueService, { ...all, ...query }, nowMs)
const codes = (query: Partial<BikeQuery>) => rowsOf(query).rows.map((row) => row.bike.no)

test('a row has what the newest fix says, the rider and the issues that are not resolved', () => {
  const { rows } = rowsOf({}, 31_000)
  expect(rows[1]).toMatchObject({ batteryPct: 60, rangeM: 25_000, rider: courier, ageMs: 30_000 })
  expect(rows[2]).toMatchObject({ batteryPct: 15, rangeM: null, openIssueCount: 2 })
  expect(rows[3]).toMatchObject({ batteryPct: null, ageMs: null, odometerM: null })
})

test('a filter of statuses leaves the counts of the others', () => {
  const { rows, counts } = rowsOf({ statuses: ['missing'] })
  expect(rows).toHaveLength(1)
  expect(counts).toEqual({ available: 2, in_use: 1, charging: 0, maintenance: 0, missing: 1 })
  expect(codes({ kinds: ['e-cargo'] })).toEqual([2])
  expect(codes({ search: 'jansen' })).toEqual([2])
})

test('what was never said is last, whichever way the order goes', () => {
  expect(codes({ sort: { column: 'battery', descending: false } })).toEqual([3, 2, 1, 4])
  expect(codes({ sort: { column: 'battery', descending: true } })).toEqual([1, 2, 3, 4])
  expect(codes({ sort: { column: 'code', descending: true } })).toEqual([4, 3, 2, 1])
  expect(codes({ sort: { column: 'issues', descending: true } })[0]).toBe(3)
})

test('bikes are found and sorted by how soon service is due, by date or by what they have ridden', () => {
  expect(codes({ dues: ['overdue'] })).toEqual([1])
  expect(codes({ dues: ['soon'] })).toEqual([2])
  expect(codes({ dues: ['overdue', 'soon'], statuses: ['in_use'] })).toEqual([2])
  expect(codes({ sort: { column: 'service', descending: false } })).toEqual([1, 2, 4, 3])
})
