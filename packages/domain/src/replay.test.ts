import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CourierState } from './courier-shifts.ts'
import type { BikeId, CourierId } from './ids.ts'
import { countMoving, ridesOf } from './replay.ts'

const daan = 'daan' as CourierId
const [one, two] = ['one', 'two'] as unknown as [BikeId, BikeId]
const state = (atMs: number, bikeId: BikeId | null, shift: CourierState['shift'] = 'on'): CourierState => ({
  courierId: daan,
  atMs,
  shift,
  bikeId,
})

test('a ride lasts from taking a bike to having another or none', () => {
  const states = [
    state(0, null),
    state(10, one),
    state(20, one, 'break'),
    state(30, one),
    state(40, two),
    state(50, null),
    state(60, one),
  ]
  expect(ridesOf(new Map([[daan, states]]))).toEqual([
    { courierId: daan, bikeId: one, fromMs: 10, toMs: 40 },
    { courierId: daan, bikeId: two, fromMs: 40, toMs: 50 },
    { courierId: daan, bikeId: one, fromMs: 60, toMs: null },
  ])
})

test('at no moment does a courier ride two bikes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1000), fc.constantFrom(null, one, two)), { maxLength: 20 }),
      (changes) => {
        const states = changes.toSorted((a, b) => a[0] - b[0]).map(([atMs, bikeId]) => state(atMs, bikeId))
        for (let ms = 0; ms <= 1000; ms += 50) {
          const at = ridesOf(new Map([[daan, states]])).filter(
            ({ fromMs, toMs }) => fromMs <= ms && ms < (toMs ?? Infinity),
          )
          const held = states.findLast(({ atMs }) => atMs <= ms)?.bikeId ?? null
          expect(at.map(({ bikeId }) => bikeId)).toEqual(held === null ? [] : [held])
        }
      },
    ),
  )
})

/** Along a meridian; a thousandth of a degree is 111 m. */
const track = (places: readonly (readonly [timeS: number, thousandths: number])[]) => ({
  timesMs: places.map(([timeS]) => timeS * 1000),
  lats: places.map(([, at]) => 52 + at / 1000),
  lons: places.map(() => 4.9),
})
const span = { fromMs: 0, toMs: 600_000 }

test('a bike counts in the slots in which it moved, once in each', () => {
  const rode = track([
    [0, 0],
    [60, 1],
    [120, 1.05],
    [300, 1.1],
    [330, 2],
    [350, 3],
  ])
  expect(countMoving([rode], span, 10)).toEqual([1, 1, 0, 0, 0, 1, 0, 0, 0, 0])
  expect(countMoving([rode, rode], span, 10)[5]).toBe(2)
})

test('a silence tells nothing of when a bike moved, and what a tracker wanders is no move', () => {
  expect(
    countMoving(
      [
        track([
          [0, 0],
          [400, 50],
        ]),
      ],
      span,
      10,
    ),
  ).toEqual(Array.from({ length: 10 }, () => 0))
  expect(Math.max(...countMoving([track([0, 60, 120].map((s) => [s, (s % 50) / 250]))], span, 10))).toBe(0)
})
