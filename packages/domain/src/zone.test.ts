import fc from 'fast-check'
import { expect, test } from 'vitest'
import { destination, isInside, type Point } from './geo.ts'
import { borderDistanceM, circleAround } from './outline.ts'
import { minuteMs } from './duration.ts'
import { boxZone, type CrossingDoubt, crossingDoubt, crossZones, type Zone } from './zone.ts'

const coordinate = fc.record({
  lat: fc.double({ min: 52.3, max: 52.4, noNaN: true }),
  lon: fc.double({ min: 4.8, max: 5, noNaN: true }),
})
const makeZone = (id: string, polygon: Zone['polygon']): Zone => ({
  id: id as Zone['id'],
  name: id,
  kind: 'slow',
  polygon,
  version: 1,
  createdAtMs: 0,
  updatedAtMs: 0,
  demo: false,
})
const zones = fc
  .array(fc.array(coordinate, { minLength: 3, maxLength: 8 }), { maxLength: 5 })
  .map((polygons) => polygons.map((polygon, index) => makeZone(`zone ${index}`, polygon)))
const fix = fc.record({
  at: coordinate,
  accuracyM: fc.option(fc.integer({ min: 0, max: 100 })),
  afterS: fc.integer({ min: 1, max: 300 }),
})

/** Follows a bike. @returns looks at one fix and gives the names of what it crossed */
function follow(zones: readonly Zone[]) {
  const boxes = zones.map(boxZone)
  const known = { inside: new Set<string>(), doubtful: new Map<string, CrossingDoubt>() }
  let timeMs = 0
  const look = (at: Point, accuracyM: number | null, afterS: number): string[] => {
    timeMs += afterS * 1000
    const { entered, left } = crossZones({ ...at, timeMs, accuracyM }, known, boxes)
    for (const { id } of entered) {
      expect(known.inside.has(id)).toBe(false)
      known.inside.add(id)
    }
    for (const id of left) expect(known.inside.delete(id)).toBe(true)
    return [...entered.map(({ id }) => `enter ${id}`), ...left.map((id) => `leave ${id}`)]
  }
  return { look, inside: known.inside }
}

test('with fixes that do not err, every place tells at once which zones a bike is in', () => {
  fc.assert(
    fc.property(zones, fc.array(coordinate, { maxLength: 20 }), (zones, way) => {
      const { look, inside } = follow(zones)
      for (const at of way) {
        look(at, 0, 1)
        for (const { id, polygon } of zones)
          if (borderDistanceM(at, polygon) > 0) expect(inside.has(id)).toBe(isInside(at, polygon))
      }
    }),
  )
})

test('a fix that is clear of a border is believed at once, however little is known', () => {
  fc.assert(
    fc.property(zones, fc.array(fix, { maxLength: 20 }), (zones, fixes) => {
      const { look, inside } = follow(zones)
      for (const { at, accuracyM, afterS } of fixes) {
        look(at, accuracyM, afterS)
        const errorM = (accuracyM ?? crossingDoubt.unsaidAccuracyM) * crossingDoubt.leave
        for (const { id, polygon } of zones)
          if (borderDistanceM(at, polygon) > errorM) expect(inside.has(id)).toBe(isInside(at, polygon))
      }
    }),
  )
})

const middle: Point = { lat: 52.37, lon: 4.9 }
const park = makeZone('Park', circleAround(middle, 200, 90))
const fromMiddle = (distanceM: number) => destination(middle, 0, distanceM)

test('a bike that stands on a border crosses it no oftener than its doubt lasts, whatever its fixes say', () => {
  const noise = fc.array(fc.integer({ min: 191, max: 209 }), { minLength: 400, maxLength: 400 })
  fc.assert(
    fc.property(noise, (distances) => {
      const { look } = follow([park])
      const crossings = distances.flatMap((distanceM) => look(fromMiddle(distanceM), 10, 5))
      expect(crossings.length).toBeLessThanOrEqual((400 * 5_000) / crossingDoubt.doubtMs)
    }),
  )
})

test('a bike near a border that is over it for two minutes has crossed it', () => {
  const { look } = follow([park])
  const seen = Array.from({ length: 14 }, () => look(fromMiddle(195), 10, 10))
  expect(seen.flat()).toEqual(['enter Park'])
  expect(seen.findIndex((names) => names.length > 0)).toBe(12)
})

test('doubt begins anew when the bike was back meanwhile', () => {
  const { look } = follow([park])
  look(fromMiddle(195), 10, 10)
  expect(look(fromMiddle(195), 10, 60)).toEqual([])
  expect(look(fromMiddle(205), 10, 50)).toEqual([])
  expect(look(fromMiddle(195), 10, 60)).toEqual([])
  expect(look(fromMiddle(195), 10, 60)).toEqual([])
  expect(look(fromMiddle(195), 10, 59)).toEqual([])
  expect(look(fromMiddle(195), 10, 1)).toEqual(['enter Park'])
})

test('two fixes near a border are not enough to have crossed it, however far apart: nobody saw the bike in between', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 86_400 }), (apartS) => {
      const { look } = follow([park])
      look(fromMiddle(195), 10, 10)
      expect(look(fromMiddle(195), 10, apartS)).toEqual([])
    }),
  )
})

test('near a border time counts as far as the bike was seen, and one that stays there crosses it at last', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3_600 }), { minLength: 130, maxLength: 130 }), (gapsS) => {
      const { look } = follow([park])
      look(fromMiddle(195), 10, 10)
      const entered = gapsS.findIndex((gapS) => look(fromMiddle(195), 10, gapS).length > 0)
      const seenMs = (gaps: readonly number[]) =>
        gaps.reduce((sum, gapS) => sum + Math.min(gapS * 1000, minuteMs), 0)
      expect(seenMs(gapsS.slice(0, entered))).toBeLessThan(crossingDoubt.doubtMs)
      expect(seenMs(gapsS.slice(0, entered + 1))).toBeGreaterThanOrEqual(crossingDoubt.doubtMs)
    }),
  )
})

test('a bike that rides through tells each border once', () => {
  const { look } = follow([park])
  const way = Array.from({ length: 120 }, (_, second) => -300 + second * 5)
  expect(way.flatMap((distanceM) => look(fromMiddle(distanceM), 8, 1))).toEqual(['enter Park', 'leave Park'])
})
