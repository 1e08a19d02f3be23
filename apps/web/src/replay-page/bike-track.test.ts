import { distanceM, silenceMs } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BikeTrack, createPlace, indexAt, joinTracks, locate } from './bike-track.ts'

type Fix = readonly [timeS: number, lat: number, lon: number]
const trackOf = (fixes: readonly Fix[]): BikeTrack => ({
  timesMs: Float64Array.from(fixes, ([timeS]) => timeS * 1000),
  lats: Float64Array.from(fixes, ([, lat]) => lat),
  lons: Float64Array.from(fixes, ([, , lon]) => lon),
})
const at = (track: BikeTrack, timeS: number) => {
  const place = createPlace()
  return locate(track, timeS * 1000, place) ? place : null
}

const fixes = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 5_000 }),
      fc.double({ min: 52.3, max: 52.4, noNaN: true }),
      fc.double({ min: 4.8, max: 5, noNaN: true }),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((list) => list.toSorted((a, b) => a[0] - b[0]))

test('the index is that of the last fix that is not later', () => {
  fc.assert(
    fc.property(fixes, fc.integer({ min: -10, max: 5_010 }), (list, timeS) => {
      expect(indexAt(trackOf(list).timesMs, timeS * 1000)).toBe(list.findLastIndex(([t]) => t <= timeS))
    }),
  )
})

test('at the moment of a fix a bike is there, and between two it is on the line that joins them', () => {
  fc.assert(
    fc.property(fixes, fc.double({ min: 0, max: 5_000, noNaN: true }), (list, timeS) => {
      const place = at(trackOf(list), timeS)
      const before = list.findLast(([t]) => t <= timeS)
      if (before === undefined) {
        expect(place).toBeNull()
        return
      }
      const after = list.find(([t]) => t > timeS)
      if (after === undefined || (after[0] - before[0]) * 1000 > silenceMs) {
        expect(place).toMatchObject({ lat: before[1], lon: before[2], knownMs: before[0] * 1000 })
        return
      }
      expect(place!.knownMs).toBe(timeS * 1000)
      const [a, b] = [before, after].map(([, lat, lon]) => ({ lat, lon })) as [
        { lat: number; lon: number },
        { lat: number; lon: number },
      ]
      const detourM = distanceM(a, place!) + distanceM(place!, b) - distanceM(a, b)
      expect(detourM).toBeLessThan(1)
    }),
  )
})

test('a bike moves without a jump, except out of a silence', () => {
  fc.assert(
    fc.property(fixes, fc.integer({ min: 0, max: 4_999_000 }), (list, timeMs) => {
      const track = trackOf(list)
      const [one, two] = [createPlace(), createPlace()]
      if (!locate(track, timeMs, one) || !locate(track, timeMs + 1, two)) return
      const times = [...track.timesMs]
      // Two fixes of one moment are a jump of the tracker's own.
      if (times.filter((ms) => ms > timeMs - 1 && ms <= timeMs + 1).length > 1) return
      const next = times[one.index + 1]
      if (next !== undefined && next - times[one.index]! > silenceMs) return
      const gapS = next === undefined ? 1 : (next - times[one.index]!) / 1000
      expect(distanceM(one, two)).toBeLessThanOrEqual(20_000 / gapS)
    }),
  )
})

test('a ride has a speed and a direction, a tracker that wanders has none', () => {
  // A ten-thousandth of a degree of latitude is 11 m.
  const ride = trackOf(Array.from({ length: 30 }, (_, s) => [s, 52.37 + s * 0.00005, 4.9]))
  expect(at(ride, 15.5)).toMatchObject({ isRiding: true })
  expect(at(ride, 15.5)!.speedMps).toBeCloseTo(5.56, 1)
  expect(at(ride, 15.5)!.headingDeg).toBeCloseTo(0, 5)
  const stand = trackOf(Array.from({ length: 30 }, (_, s) => [s, 52.37 + (s % 2) * 0.00003, 4.9]))
  expect(at(stand, 15.5)!.isRiding).toBe(false)
})

test('a track that was cut anywhere and joined again is the same track', () => {
  fc.assert(
    fc.property(fixes, fc.array(fc.integer({ min: 1, max: 4_999 }), { maxLength: 4 }), (list, cuts) => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), 5_001]
      const pieces = edges.slice(1).map((toS, no) => {
        const fromS = edges[no]!
        const before = list.findLast(([t]) => t < fromS)
        const within = list.filter(([t]) => t >= fromS && t < toS)
        return { fromMs: fromS * 1000, track: trackOf(before === undefined ? within : [before, ...within]) }
      })
      expect(joinTracks(pieces)).toEqual(trackOf(list))
    }),
  )
})
