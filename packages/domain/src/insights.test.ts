import { hourMs } from './duration.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daySpan, hourSpan } from './amsterdam-time.ts'
import { workedShifts, type CourierState } from './courier-shifts.ts'
import { workedSpans, type CarriedParcel } from './courier-spans.ts'
import { shifts } from './courier.ts'
import { countInsights, insightGroups, type EndedDelivery, type InsightInput } from './insights.ts'

const startMs = Date.UTC(2026, 2, 2, 9)
const anna = 'anna' as CourierState['courierId']
const bram = 'bram' as CourierState['courierId']
const state = (courierId: CourierState['courierId'], hour: number, shift: CourierState['shift']) => ({
  courierId,
  atMs: startMs + hour * hourMs,
  shift,
  bikeId: null,
})
const ended = (hour: number, more: Partial<EndedDelivery> = {}): EndedDelivery => ({
  status: 'delivered',
  courierId: anna,
  endedAtMs: startMs + hour * hourMs,
  dueMs: startMs + hour * hourMs,
  district: 'Centrum',
  rideM: 1000,
  ...more,
})
/** In a bag from one hour to another. */
const parcel = (from: number, to: number | null, more: Partial<CarriedParcel> = {}): CarriedParcel => ({
  courierId: anna,
  fromMs: startMs + from * hourMs,
  toMs: to === null ? null : startMs + to * hourMs,
  district: 'Centrum',
  ...more,
})
const spanOf = (by: 'hour' | 'day', timeMs: number) => (by === 'hour' ? hourSpan(timeMs) : daySpan(timeMs))
const input = (more: Partial<InsightInput>): InsightInput => ({
  deliveries: [],
  carried: [],
  states: new Map(),
  issues: [],
  fromMs: startMs,
  toMs: startMs + 4 * hourMs,
  nowMs: startMs + 4 * hourMs,
  by: 'hour',
  spanOf,
  ...more,
})

test('figures are counted for each hour, also for those in which nothing happened', () => {
  const deliveries = [
    ended(0.5),
    ended(0.75, { dueMs: startMs }),
    ended(2, { status: 'failed' }),
    ended(2.5, { status: 'cancelled', courierId: null }),
  ]
  const states = new Map([[anna, [state(anna, -5, 'on'), state(anna, 1.5, 'off')]]])
  const { total, rows } = countInsights(input({ deliveries, states }))
  expect(
    rows.map(({ delivered, onTime, failed, cancelled }) => [delivered, onTime, failed, cancelled]),
  ).toEqual([
    [2, 1, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 1, 1],
    [0, 0, 0, 0],
  ])
  expect(rows.map(({ workedMs }) => workedMs! / hourMs)).toEqual([1, 0.5, 0, 0])
  expect(total).toMatchObject({
    delivered: 2,
    onTimeShare: 0.5,
    rideM: 2000,
    perHour: 0.5,
    workedMs: 1.5 * hourMs,
  })
})

test('two parcels in one bag are not twice the work', () => {
  const carried = [parcel(0.5, 1), parcel(0.75, 1.25), parcel(0.75, 1.25, { courierId: bram })]
  const states = new Map([
    [anna, [state(anna, 0, 'on')]],
    [bram, [state(bram, 0, 'on')]],
  ])
  const { rows } = countInsights(input({ carried, states, by: 'courier' }))
  expect(rows.map(({ key, busyMs, utilisation }) => [key, busyMs / hourMs, utilisation])).toEqual([
    ['anna', 0.75, 0.1875],
    ['bram', 0.5, 0.125],
  ])
})

test('a parcel keeps its courier busy in every hour in which it was in the bag', () => {
  const carried = [
    parcel(-1, 0.25),
    parcel(0.75, 2.5),
    parcel(3.5, null),
    parcel(3.75, 9, { courierId: bram }),
  ]
  const { total, rows } = countInsights(input({ carried, nowMs: startMs + 3.875 * hourMs }))
  expect(rows.map(({ busyMs }) => busyMs / hourMs)).toEqual([0.5, 1, 0.5, 0.5])
  expect(total.busyMs / hourMs).toBe(2.5)
})

test('what was never said to be delivered keeps nobody busy for longer than a day', () => {
  const { total } = countInsights(
    input({ carried: [parcel(-24, null), parcel(-30, null, { courierId: bram })], by: 'courier' }),
  )
  expect(total.busyMs).toBe(0)
})

test('the time that is still to come is not worked, and not counted among the hours', () => {
  const states = new Map([[anna, [state(anna, -1, 'on')]]])
  const nowMs = startMs + hourMs
  const { total, rows } = countInsights(input({ states, deliveries: [ended(0.5), ended(0.75)], nowMs }))
  expect(total).toMatchObject({ workedMs: hourMs, perHour: 2 })
  expect(rows.map(({ workedMs }) => workedMs! / hourMs)).toEqual([1, 0, 0, 0])
  expect(countInsights(input({ nowMs: startMs - hourMs })).total.perHour).toBeNull()
})

test('couriers are compared by the hours that they worked', () => {
  const states = new Map([
    [anna, [state(anna, 0, 'on'), state(anna, 0.5, 'off')]],
    [bram, [state(bram, 0, 'on')]],
  ])
  const deliveries = [ended(0.25), ended(0.25, { courierId: bram }), ended(1, { courierId: bram })]
  const { rows } = countInsights(input({ states, deliveries, by: 'courier' }))
  expect(rows.map(({ key, perHour }) => [key, perHour])).toEqual([
    ['bram', 0.5],
    ['anna', 2],
  ])
})

test('the groups together are the total, whatever they are grouped by', () => {
  const within = fc.integer({ min: startMs, max: startMs + 4 * hourMs - 1 })
  const courierId = fc.constantFrom(anna, bram)
  const district = fc.constantFrom('Centrum', 'Noord', '')
  const deliveries = fc.array(
    fc.record({
      status: fc.constantFrom('delivered', 'failed', 'cancelled'),
      courierId,
      endedAtMs: within,
      dueMs: within,
      district,
      rideM: fc.nat(10_000),
    }),
  )
  const around = fc.integer({ min: startMs - 2 * hourMs, max: startMs + 6 * hourMs })
  const carried = fc.array(fc.record({ courierId, fromMs: around, toMs: fc.option(around), district }))
  const issues = fc.array(fc.record({ kind: fc.constant('late'), courierId, reportedAtMs: within }))
  fc.assert(
    fc.property(
      fc.record({ deliveries, carried, issues, by: fc.constantFrom(...insightGroups) }),
      ({ by, ...rest }) => {
        const { total, rows } = countInsights(input({ ...rest, by }))
        const summed = ['delivered', 'onTime', 'failed', 'cancelled', 'rideM'] as const
        for (const figure of by === 'district' ? summed : ([...summed, 'busyMs', 'issues'] as const))
          expect(rows.reduce((sum, row) => sum + row[figure]!, 0)).toBeCloseTo(total[figure]!, 6)
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
        expect(total.busyMs).toBeLessThanOrEqual(2 * 4 * hourMs)
      },
    ),
  )
})

test('a day in Amsterdam has 23, 24 or 25 hours and begins at midnight there', () => {
  const hours = (timeMs: number) => {
    const { fromMs, toMs } = daySpan(timeMs)
    return [new Date(fromMs).toISOString(), (toMs - fromMs) / hourMs]
  }
  expect(hours(Date.UTC(2026, 0, 15, 12))).toEqual(['2026-01-14T23:00:00.000Z', 24])
  expect(hours(Date.UTC(2026, 2, 29, 12))).toEqual(['2026-03-28T23:00:00.000Z', 23])
  expect(hours(Date.UTC(2026, 9, 25, 12))).toEqual(['2026-10-24T22:00:00.000Z', 25])
})

test('every time lies in its hour and day, and days follow each other', () => {
  const time = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) })
  fc.assert(
    fc.property(time, (timeMs) => {
      for (const span of [hourSpan(timeMs), daySpan(timeMs)]) {
        expect(span.fromMs).toBeLessThanOrEqual(timeMs)
        expect(timeMs).toBeLessThan(span.toMs)
      }
      const day = daySpan(timeMs)
      expect(daySpan(day.fromMs)).toEqual(day)
      expect(daySpan(day.toMs - 1)).toEqual(day)
      expect(daySpan(day.toMs).fromMs).toBe(day.toMs)
    }),
  )
})

test('what was worked and what was paused is all the time of the shifts', () => {
  const steps = fc.array(fc.tuple(fc.nat(10), fc.constantFrom(...shifts)), { maxLength: 20 })
  fc.assert(
    fc.property(steps, (steps) => {
      let hour = 0
      const states = steps.map(([hours, shift]) => state(anna, (hour += hours), shift))
      const nowMs = startMs + (hour + 1) * hourMs
      const worked = workedShifts(states, nowMs)
      for (const { fromMs, toMs, workedMs, breakMs } of worked)
        expect(workedMs + breakMs).toBe((toMs ?? nowMs) - fromMs)
      const total = worked.reduce((sum, { workedMs }) => sum + workedMs, 0)
      const spans = workedSpans(new Map([[anna, states]]), { fromMs: startMs, toMs: nowMs })
      expect(spans.reduce((sum, span) => sum + span.toMs - span.fromMs, 0)).toBe(total)
    }),
  )
})
