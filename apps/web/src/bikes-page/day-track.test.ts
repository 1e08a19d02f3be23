import type { Position } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDayTrack, sketch } from './day-track.ts'

const position = (timeMs: number, lat: number, lon: number, flag: Position['flag'] = null): Position =>
  ({ timeMs, lat, lon, flag }) as Position

test('every fix is inside the drawing, north is up', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.double({ min: 52.2, max: 52.5, noNaN: true }),
          fc.double({ min: 4.7, max: 5.1, noNaN: true }),
        ),
        {
          minLength: 1,
          maxLength: 30,
        },
      ),
      (places) => {
        const track = createDayTrack(places.map(([lat, lon], i) => position(i * 5_000, lat, lon)))!
        const drawn = [...track.path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)]
        expect(drawn).toHaveLength(places.length)
        for (const [, x, y] of drawn) {
          expect(Number(x)).toBeGreaterThanOrEqual(sketch.edgePx - 0.1)
          expect(Number(x)).toBeLessThanOrEqual(sketch.widthPx - sketch.edgePx + 0.1)
          expect(Number(y)).toBeGreaterThanOrEqual(sketch.edgePx - 0.1)
          expect(Number(y)).toBeLessThanOrEqual(sketch.heightPx - sketch.edgePx + 0.1)
        }
      },
    ),
  )
  const track = createDayTrack([position(0, 52.37, 4.9), position(5_000, 52.38, 4.9)])!
  expect(track.last.y).toBeLessThan(sketch.heightPx / 2)
})

test('a long silence and an implausible fix draw no line and count no way', () => {
  const track = createDayTrack([
    position(0, 52.37, 4.9),
    position(5_000, 53.9, 4.9, 'jump'),
    position(10_000, 52.371, 4.9),
    position(3_600_000, 52.4, 4.9),
  ])!
  expect(track.path.match(/M/g)).toHaveLength(2)
  expect(track.distanceM).toBeCloseTo(111, 0)
  expect(createDayTrack([position(0, 52, 4, 'jump')])).toBeNull()
})
