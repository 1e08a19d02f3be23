import fc from 'fast-check'
import { expect, test } from 'vitest'
import { destination } from './geo.ts'
import { flagFix, plausibility } from './position.ts'

const nowMs = 1_800_000_000_000
const dam = { lat: 52.373, lon: 4.8925 }
const fix = (more: { lat?: number; lon?: number; timeMs?: number; accuracyM?: number | null } = {}) => ({
  ...dam,
  timeMs: nowMs,
  accuracyM: 5,
  ...more,
})

test('the first fix of a tracker is plausible', () => {
  expect(flagFix(fix(), null, nowMs)).toBeNull()
  expect(flagFix(fix({ accuracyM: null }), null, nowMs)).toBeNull()
})

test('a clock that is minutes ahead is tolerated, one that is further ahead is not', () => {
  expect(flagFix(fix({ timeMs: nowMs + plausibility.maxAheadMs }), null, nowMs)).toBeNull()
  expect(flagFix(fix({ timeMs: nowMs + plausibility.maxAheadMs + 1 }), null, nowMs)).toBe('future')
})

test('a fix with an error above 100 m does not move the marker', () => {
  expect(flagFix(fix({ accuracyM: 100 }), null, nowMs)).toBeNull()
  expect(flagFix(fix({ accuracyM: 101 }), null, nowMs)).toBe('inaccurate')
})

test('riding at up to 100 km/h is plausible, faster is a jump', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 300, noNaN: true }),
      fc.integer({ min: 1, max: 3600 }),
      fc.double({ min: 0, max: 359, noNaN: true }),
      (speedKmh, seconds, bearing) => {
        fc.pre(Math.abs(speedKmh - 100) > 0.1)
        const previous = fix({ timeMs: nowMs - seconds * 1000, accuracyM: 0 })
        const moved = fix({ ...destination(dam, bearing, (speedKmh / 3.6) * seconds), accuracyM: 0 })
        expect(flagFix(moved, previous, nowMs)).toBe(speedKmh > 100 ? 'jump' : null)
      },
    ),
  )
})

test('noise within both error circles is no movement, however short the time', () => {
  const previous = fix({ timeMs: nowMs - 1, accuracyM: 40 })
  expect(flagFix(fix({ ...destination(dam, 90, 75), accuracyM: 40 }), previous, nowMs)).toBeNull()
  expect(flagFix(fix({ ...destination(dam, 90, 85), accuracyM: 40 }), previous, nowMs)).toBe('jump')
})

test('a fix that arrives late is not judged by one that was taken after it', () => {
  const later = fix({ timeMs: nowMs })
  expect(flagFix(fix({ ...destination(dam, 0, 5_000), timeMs: nowMs - 1000 }), later, nowMs)).toBeNull()
})
