import { createRecording } from '@fleet/api/recording'
import { type Bike, dayMs } from '@fleet/domain'
import { expect, test } from 'vitest'
import { bikeInName, partsOf } from './ride-file.ts'

const bikes = ['AMS-0007', 'AMS-0070', 'AMS-000'].map((code) => ({ code }) as Bike)

test.each([
  ['AMS-0007.gpx', 'AMS-0007'],
  ['2026-11-23 ams_0070 evening.gpx', 'AMS-0070'],
  ['track.gpx', undefined],
  ['AMS-00071.gpx', undefined],
])('%s is of bike %s', (name, code) => {
  expect(bikeInName(name, bikes)?.code).toBe(code)
})

const rideOf = (times: readonly number[]) => {
  const recording = createRecording(
    times.map((atMs) => ({
      atMs,
      lat: 52.37,
      lon: 4.89,
      speedMps: 2_000,
      headingDeg: null,
      accuracyM: null,
      altitudeM: 9,
    })),
    true,
  )
  return { recording, startMs: times[0]!, endMs: times.at(-1)!, lengthM: 0 }
}

test('a ride is sent in parts of at most 5,000 fixes and seven days, and nothing of it is lost', () => {
  const long = Array.from({ length: 12_001 }, (_, i) => i * 1_000)
  const parts = partsOf(rideOf(long))
  expect(parts.map(({ length }) => length)).toEqual([5_000, 5_000, 2_001])
  expect(parts.flat().map(({ timeMs }) => timeMs)).toEqual(long)
  expect(partsOf(rideOf([0, 6 * dayMs, 8 * dayMs, 9 * dayMs])).map(({ length }) => length)).toEqual([2, 2])
})

test('a speed that no bike has is unknown', () => {
  expect(partsOf(rideOf([0]))[0]![0]).toMatchObject({ speedMps: null, altitudeM: 9 })
})
