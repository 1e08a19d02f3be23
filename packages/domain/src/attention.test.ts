import { minuteMs } from './duration.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attention, compareAttention, rankAttention, type AttentionInput } from './attention.ts'
import { type Bike, bikeKinds } from './bike.ts'
import { planRoute, riding } from './courier-route.ts'
import { type Courier, shifts } from './courier.ts'
import { type Delivery, deliveryStatuses, priorities } from './delivery.ts'
import { destination } from './geo.ts'
import { type Issue, issueKinds, issueStatuses } from './issue.ts'
import type { LatestFix } from './position.ts'

const nowMs = 1_780_000_000_000
const dam = { lat: 52.373, lon: 4.8925 }
const entity = { version: 1, createdAtMs: nowMs - 3_600_000, updatedAtMs: nowMs, demo: false }

const makeStop = (distance: number, toMs: number) => ({
  address: 'Damrak 1',
  point: destination(dam, 90, distance),
  window: { fromMs: nowMs - 3_600_000, toMs },
  contact: '',
  note: '',
})
const makeDelivery = (id: string, more: Partial<Delivery> = {}): Delivery => ({
  id: id as Delivery['id'],
  code: id,
  status: 'unassigned',
  courierId: null,
  pickup: makeStop(0, nowMs + 3_600_000),
  dropoff: makeStop(2000, nowMs + 3_600_000),
  size: 'small',
  priority: 'normal',
  failureReason: null,
  timeline: [],
  rating: null,
  complaint: null,
  pinRequired: false,
  pinFailures: 0,
  proof: null,
  ...entity,
  ...more,
})
const makeCourier = (id: string, more: Partial<Courier> = {}): Courier => ({
  id: id as Courier['id'],
  no: 1,
  name: id,
  phone: '',
  shift: 'on',
  bikeId: `bike of ${id}` as Bike['id'],
  ...entity,
  ...more,
})
const makeBike = (id: string, no: number, kind: Bike['kind'] = 'city'): Bike => ({
  id: id as Bike['id'],
  no,
  code: `AMS-${no}`,
  kind,
  status: 'in_use',
  note: '',
  ...entity,
})
const makeFix = (bikeNo: number, more: Partial<LatestFix> = {}): LatestFix => ({
  bikeNo,
  deviceNo: bikeNo,
  courierNo: null,
  timeMs: nowMs,
  receivedAtMs: nowMs,
  ...dam,
  speedMps: null,
  headingDeg: null,
  accuracyM: null,
  altitudeM: null,
  batteryPct: null,
  charging: null,
  odometerM: 0,
  ...more,
})
const makeIssue = (id: string, more: Partial<Issue> = {}): Issue => ({
  id: id as Issue['id'],
  kind: 'other',
  reporter: 'courier',
  status: 'open',
  description: '',
  bikeId: null,
  courierId: null,
  deliveryId: null,
  photoId: null,
  comments: [],
  ...entity,
  ...more,
})
const makeInput = (more: Partial<AttentionInput> = {}): AttentionInput => ({
  deliveries: [],
  couriers: [makeCourier('anna')],
  bikes: [makeBike('bike of anna', 1)],
  latest: [makeFix(1)],
  issues: [],
  nowMs,
  ...more,
})
const assigned = { status: 'assigned', courierId: 'anna' as Courier['id'] } as const

test('a quiet day needs nobody', () => {
  expect(rankAttention(makeInput())).toEqual([])
  expect(rankAttention(makeInput({ deliveries: [makeDelivery('a', assigned), makeDelivery('b')] }))).toEqual(
    [],
  )
})

test('a delivery that will not make its window says by how much, and who could take it', () => {
  const dueMs = nowMs + 5 * minuteMs
  const deliveries = [makeDelivery('a', { ...assigned, dropoff: makeStop(2000, dueMs) })]
  const couriers = [makeCourier('anna'), makeCourier('bram')]
  const bikes = [makeBike('bike of anna', 1), makeBike('bike of bram', 2)]
  const latest = [makeFix(1), makeFix(2)]
  const [item, ...others] = rankAttention(makeInput({ deliveries, couriers, bikes, latest }))
  expect(others).toEqual([])
  // 2,600 m by street at 15 km/h, after a stop at the pickup.
  const etaMs = nowMs + riding.stopMs + (2000 * riding.detour * 1000) / riding.speedMps
  expect(item).toMatchObject({
    kind: 'late',
    deliveryId: 'a',
    courierId: 'anna',
    action: { code: 'hand_over', courierId: 'bram' },
  })
  expect(item!.reason).toMatchObject({ code: 'late_soon', dueMs })
  expect(item!.reason).toHaveProperty('etaMs', expect.closeTo(etaMs, -2))
  expect(item!.severity).toBeCloseTo(50 + (etaMs - dueMs) / minuteMs, 2)
})

test('once its window is over a delivery is late, and whoever has it is called', () => {
  const dropoff = makeStop(100, nowMs - minuteMs)
  const deliveries = [makeDelivery('a', { ...assigned, status: 'picked_up', dropoff })]
  expect(rankAttention(makeInput({ deliveries }))).toMatchObject([
    { kind: 'late', reason: { code: 'is_late' }, action: { code: 'call_courier' } },
  ])
})

test('a delivery that nobody has shows up half an hour before it must start, with who is nearest', () => {
  const toStartMs = (distance: number, dueMs: number) =>
    dueMs - (distance * riding.detour * 1000) / riding.speedMps - riding.stopMs - attention.approachMs
  const dueMs = nowMs + 90 * minuteMs
  const deliveries = [makeDelivery('a', { dropoff: makeStop(1000, dueMs) })]
  const startByMs = toStartMs(1000, dueMs)
  const at = (nowMs: number) => rankAttention(makeInput({ deliveries, nowMs }))
  expect(at(startByMs - attention.unassignedMarginMs - minuteMs)).toEqual([])
  expect(at(startByMs - attention.unassignedMarginMs + minuteMs)).toMatchObject([
    { kind: 'unassigned', deliveryId: 'a', action: { code: 'assign', courierId: 'anna' } },
  ])
  expect(at(startByMs)[0]!.severity).toBeCloseTo(50, 1)
})

test('a courier with parcels who is silent, nowhere or off shift shows up; one without parcels does not', () => {
  const deliveries = [makeDelivery('a', assigned)]
  const kinds = (more: Partial<AttentionInput>) =>
    rankAttention(makeInput(more)).map(({ reason }) => reason.code)
  const silent = { latest: [makeFix(1, { receivedAtMs: nowMs - 6 * minuteMs })] }
  expect(kinds({ deliveries, ...silent })).toEqual(['silent'])
  expect(kinds(silent)).toEqual([])
  expect(kinds({ deliveries, latest: [] })).toEqual(['no_position'])
  expect(kinds({ deliveries, couriers: [makeCourier('anna', { shift: 'off', bikeId: null })] })).toEqual([
    'off_shift',
  ])
})

test('a battery that does not reach to the last stop shows up, on bikes with a motor', () => {
  const deliveries = [makeDelivery('a', { ...assigned, dropoff: makeStop(5000, nowMs + 24 * 3_600_000) })]
  const at = (batteryPct: number, kind: Bike['kind']) =>
    rankAttention(
      makeInput({
        deliveries,
        bikes: [makeBike('bike of anna', 1, kind)],
        latest: [makeFix(1, { batteryPct })],
      }),
    )
  expect(at(15, 'e-cargo')).toMatchObject([
    {
      kind: 'battery',
      courierId: 'anna',
      reason: { batteryPct: 15, rangeM: 2500 },
      action: { code: 'swap_bike' },
    },
  ])
  expect(at(30, 'e-cargo')).toEqual([])
  expect(at(15, 'city')).toEqual([])
})

test('an open issue counts while its delivery, courier or bike is on the way', () => {
  const deliveries = [makeDelivery('a', assigned), makeDelivery('done', { ...assigned, status: 'delivered' })]
  const issues = [
    makeIssue('on delivery', { deliveryId: 'a' as Delivery['id'], kind: 'damaged' }),
    makeIssue('on bike', { bikeId: 'bike of anna' as Bike['id'] }),
    makeIssue('over', { deliveryId: 'done' as Delivery['id'] }),
    makeIssue('resolved', { deliveryId: 'a' as Delivery['id'], status: 'resolved' }),
    makeIssue('elsewhere', { bikeId: 'another' as Bike['id'] }),
  ]
  expect(rankAttention(makeInput({ deliveries, issues })).map(({ issueId }) => issueId)).toEqual([
    'on delivery',
    'on bike',
  ])
})

test('parcels that wait at one counter are fetched in one stop', () => {
  const parcels = [1, 2, 3].map((n) =>
    makeDelivery(String(n), { ...assigned, dropoff: makeStop(1000, nowMs) }),
  )
  const apart = planRoute([parcels[0]!], dam, nowMs)
  const together = planRoute(parcels, dam, nowMs)
  expect(together.distanceM).toBeCloseTo(apart.distanceM, 3)
  expect([...together.arrivals.keys()]).toEqual(['1', '2', '3'])
  expect(together.stops).toEqual([
    { kind: 'pickup', deliveryIds: ['1', '2', '3'] },
    ...['1', '2', '3'].map((id) => ({ kind: 'dropoff', deliveryIds: [id] })),
  ])
})

const ids = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const time = fc.integer({ min: nowMs - 4 * 3_600_000, max: nowMs + 4 * 3_600_000 })
const stop = fc.record({
  address: fc.constant('x'),
  point: fc.record({
    lat: fc.double({ min: 52.3, max: 52.45, noNaN: true }),
    lon: fc.double({ min: 4.7, max: 5.05, noNaN: true }),
  }),
  window: fc.tuple(time, time).map(([a, b]) => ({ fromMs: Math.min(a, b), toMs: Math.max(a, b) })),
  contact: fc.constant(''),
  note: fc.constant(''),
})
const courierIds = ['anna', 'bram', 'chris'] as const
const boards: fc.Arbitrary<AttentionInput> = fc
  .record({
    deliveries: fc.uniqueArray(
      fc
        .record({
          id: fc.constantFrom(...ids),
          status: fc.constantFrom(...deliveryStatuses),
          courierId: fc.constantFrom(...courierIds),
          pickup: stop,
          dropoff: stop,
          priority: fc.constantFrom(...priorities),
        })
        .map(({ id, status, courierId, ...more }) =>
          makeDelivery(id, {
            ...more,
            status,
            courierId: status === 'unassigned' ? null : (courierId as Courier['id']),
          }),
        ),
      { selector: ({ id }) => id },
    ),
    couriers: fc.tuple(
      ...courierIds.map((id) => fc.constantFrom(...shifts).map((shift) => makeCourier(id, { shift }))),
    ),
    bikes: fc.tuple(
      ...courierIds.map((id, index) =>
        fc.constantFrom(...bikeKinds).map((kind) => makeBike(`bike of ${id}`, index, kind)),
      ),
    ),
    latest: fc.uniqueArray(
      fc
        .record({ bikeNo: fc.nat(2), receivedAtMs: time, batteryPct: fc.option(fc.nat(100)) })
        .map(({ bikeNo, ...more }) => makeFix(bikeNo, more)),
      { selector: ({ bikeNo }) => bikeNo },
    ),
    issues: fc.uniqueArray(
      fc
        .record({
          id: fc.constantFrom(...ids),
          kind: fc.constantFrom(...issueKinds),
          status: fc.constantFrom(...issueStatuses),
          deliveryId: fc.option(fc.constantFrom(...ids)),
          createdAtMs: time,
        })
        .map(({ id, ...more }) => makeIssue(id, more as Partial<Issue>)),
      { selector: ({ id }) => id },
    ),
  })
  .map((board) => makeInput(board))

test('the order is total, and does not depend on the order of the rows', () => {
  fc.assert(
    fc.property(boards, (board) => {
      const items = rankAttention(board)
      expect(new Set(items.map(({ key }) => key)).size).toBe(items.length)
      for (let i = 1; i < items.length; i++)
        expect(compareAttention(items[i - 1]!, items[i]!)).toBeLessThan(0)
      for (const { severity } of items) expect(severity).toSatisfy(Number.isFinite)
      const reversed = Object.fromEntries(
        Object.entries(board).map(([name, rows]) => [name, Array.isArray(rows) ? rows.toReversed() : rows]),
      ) as unknown as AttentionInput
      expect(rankAttention(reversed)).toEqual(items)
    }),
  )
})

test('what needs attention goes on to need it while time passes, and is never less pressing', () => {
  fc.assert(
    fc.property(boards, fc.integer({ min: 0, max: 6 * 3_600_000 }), (board, laterMs) => {
      const later = new Map(
        rankAttention({ ...board, nowMs: board.nowMs + laterMs }).map((item) => [item.key, item]),
      )
      for (const { key, severity } of rankAttention(board))
        expect(later.get(key)?.severity).toBeGreaterThanOrEqual(severity)
    }),
  )
})

test('a more urgent parcel is never less pressing than the same one of normal priority', () => {
  fc.assert(
    fc.property(boards, (board) => {
      const severities = priorities.map((priority) => {
        const deliveries = Array.from(board.deliveries, (delivery) => ({ ...delivery, priority }))
        return new Map(rankAttention({ ...board, deliveries }).map((item) => [item.key, item.severity]))
      })
      for (const [at, more] of severities.slice(1).entries())
        for (const [key, severity] of severities[at]!) expect(more.get(key)).toBeGreaterThanOrEqual(severity)
    }),
  )
})
