import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bearingDeg, destination, distanceM, isInside } from './geo.ts'

const dam = { lat: 52.373, lon: 4.8925 }
const centraal = { lat: 52.3791, lon: 4.9003 }
// Away from the poles and the date line, where a bike goes.
const places = fc.record({
  lat: fc.double({ min: -80, max: 80, noNaN: true }),
  lon: fc.double({ min: -179, max: 179, noNaN: true }),
})
const bearings = fc.double({ min: 0, max: 359.999, noNaN: true })

test('Dam square to the station is 860 m to the north-east', () => {
  expect(distanceM(dam, centraal)).toBeCloseTo(860, -1)
  expect(bearingDeg(dam, centraal)).toBeCloseTo(38, 0)
})

test('a degree of latitude is 111.2 km on the mean sphere', () => {
  expect(distanceM({ lat: 52, lon: 5 }, { lat: 53, lon: 5 })).toBeCloseTo(111_195, -1)
})

test('distance is symmetric, and zero to the same place', () => {
  fc.assert(
    fc.property(places, places, (a, b) => {
      expect(distanceM(a, b)).toBeCloseTo(distanceM(b, a), 3)
      expect(distanceM(a, a)).toBe(0)
    }),
  )
})

test('the destination is as far away, and in the direction, as was asked for', () => {
  fc.assert(
    fc.property(
      places,
      bearings,
      fc.double({ min: 10, max: 20_000, noNaN: true }),
      (start, bearing, distance) => {
        const end = destination(start, bearing, distance)
        expect(distanceM(start, end)).toBeCloseTo(distance, 2)
        const turn = Math.abs(bearingDeg(start, end) - bearing)
        expect(Math.min(turn, 360 - turn)).toBeLessThan(0.01)
      },
    ),
  )
})

test('a bearing is at least 0 and below 360', () => {
  fc.assert(
    fc.property(places, places, (a, b) => {
      const bearing = bearingDeg(a, b)
      expect(bearing >= 0 && bearing < 360).toBe(true)
    }),
  )
})

test('a longitude stays on the map across the date line', () => {
  const { lon } = destination({ lat: 0, lon: 179.99 }, 90, 5_000)
  expect(lon).toBeGreaterThanOrEqual(-180)
  expect(lon).toBeLessThan(-179.9)
})

test('a point is inside a ring, also a dented one, whichever way round it is drawn', () => {
  // A U: the notch in the middle of the north side is outside.
  const ring = [
    [0, 0],
    [0, 3],
    [3, 3],
    [3, 2],
    [1, 2],
    [1, 1],
    [3, 1],
    [3, 0],
  ].map(([lat, lon]) => ({
    lat: lat!,
    lon: lon!,
  }))
  for (const each of [ring, ring.toReversed()]) {
    expect(isInside({ lat: 0.5, lon: 1.5 }, each)).toBe(true)
    expect(isInside({ lat: 2, lon: 0.5 }, each)).toBe(true)
    expect(isInside({ lat: 2, lon: 1.5 }, each)).toBe(false)
    expect(isInside({ lat: 4, lon: 1.5 }, each)).toBe(false)
  }
  expect(isInside(dam, [])).toBe(false)
})
