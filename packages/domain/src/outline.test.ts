import fc from 'fast-check'
import { expect, test } from 'vitest'
import { destination, distanceM, isInside, type Point } from './geo.ts'
import {
  areaM2,
  borderDistanceM,
  centreOf,
  checkOutline,
  circleAround,
  minZoneM2,
  perimeterM,
} from './outline.ts'

const dam: Point = { lat: 52.373, lon: 4.8925 }
/** Corners by metres east and north of the Dam. */
const at = (eastM: number, northM: number): Point => destination(destination(dam, 90, eastM), 0, northM)
const ring = (...corners: readonly (readonly [number, number])[]) =>
  corners.map(([eastM, northM]) => at(eastM, northM))
const square = ring([0, 0], [100, 0], [100, 100], [0, 100])

test('a square is measured in metres', () => {
  expect(areaM2(square)).toBeCloseTo(10_000, -2)
  expect(areaM2(square.toReversed())).toBeCloseTo(10_000, -2)
  expect(perimeterM(square)).toBeCloseTo(400, 0)
  expect(distanceM(centreOf(square), at(50, 50))).toBeLessThan(0.5)
  expect(borderDistanceM(at(50, 20), square)).toBeCloseTo(20, 1)
  expect(borderDistanceM(at(50, -30), square)).toBeCloseTo(30, 1)
  expect(borderDistanceM(at(-30, -40), square)).toBeCloseTo(50, 1)
})

test('what cannot be a border is named', () => {
  expect(checkOutline(square)).toBeNull()
  expect(checkOutline(square.slice(0, 2))).toEqual({ kind: 'too_few' })
  expect(checkOutline(ring([0, 0], [9, 0], [9, 9], [0, 9]))).toEqual({ kind: 'too_small' })
  const bowTie = ring([0, 0], [100, 100], [100, 0], [0, 100])
  expect(checkOutline(bowTie)).toEqual({ kind: 'crosses', edges: [0, 2] })
})

test('an edge without length, one that goes back over the last, and a corner on another edge are crossings', () => {
  expect(checkOutline([...square, square[3]!])).toMatchObject({ kind: 'crosses' })
  expect(checkOutline([...square, square[0]!])).toMatchObject({ kind: 'crosses' })
  // Degrees, so that the corners are on one line to the last bit.
  const corner = (lat: number, lon: number) => ({ lat, lon })
  const spike = [corner(52, 4), corner(52, 5), corner(53, 5), corner(53, 6), corner(53, 4)]
  expect(checkOutline(spike)).toMatchObject({ kind: 'crosses' })
  const touching = [corner(52, 4), corner(52, 5), corner(53, 5), corner(52, 4.5), corner(53, 4)]
  expect(checkOutline(touching)).toEqual({ kind: 'crosses', edges: [0, 2] })
  const straight = [corner(52, 4), corner(52, 4.5), corner(52, 5), corner(53, 5)]
  expect(checkOutline(straight)).toBeNull()
})

const circle = fc.record({
  radiusM: fc.double({ min: 10, max: 20_000, noNaN: true }),
  corners: fc.integer({ min: 6, max: 60 }),
  bearing: fc.integer({ min: 0, max: 359 }),
})

test('a circle of any size is a border, in either direction and from any corner on', () => {
  fc.assert(
    fc.property(circle, fc.boolean(), fc.nat(), ({ radiusM, corners }, turned, first) => {
      const around = circleAround(dam, radiusM, corners)
      const shifted = [...around.slice(first % corners), ...around.slice(0, first % corners)]
      const outline = turned ? shifted.toReversed() : shifted
      expect(checkOutline(outline)).toBeNull()
      const area = (corners / 2) * radiusM ** 2 * Math.sin((2 * Math.PI) / corners)
      expect(areaM2(outline) / area).toBeCloseTo(1, 1)
    }),
  )
})

test('two corners that change places make a crossing, and a dent makes none', () => {
  fc.assert(
    fc.property(circle, fc.nat(), ({ radiusM, corners }, place) => {
      const outline = circleAround(dam, radiusM, corners)
      const [i, j] = [place % corners, (place + 1) % corners]
      const swapped = outline.with(i, outline[j]!).with(j, outline[i]!)
      expect(checkOutline(swapped)).toMatchObject({ kind: 'crosses' })
      const dented = outline.with(i, destination(dam, (i * 360) / corners, radiusM * 0.7))
      if (areaM2(dented) > minZoneM2) expect(checkOutline(dented)).toBeNull()
    }),
  )
})

test('whoever goes as far from the border as it is away meets it, and no sooner', () => {
  fc.assert(
    fc.property(
      circle,
      fc.double({ min: 0, max: 2, noNaN: true }),
      ({ radiusM, corners, bearing }, share) => {
        const outline = circleAround(dam, Math.min(radiusM, 2_000), corners)
        const from = destination(dam, bearing, share * Math.min(radiusM, 2_000))
        const awayM = borderDistanceM(from, outline)
        const side = isInside(from, outline)
        for (let direction = 0; direction < 360; direction += 15)
          expect(isInside(destination(from, direction, awayM * 0.99 - 0.01), outline)).toBe(side)
      },
    ),
  )
})
