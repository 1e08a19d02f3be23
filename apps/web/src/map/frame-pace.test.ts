import { expect, it } from 'vitest'
import { frameIntervalMs, GlidePace } from './frame-pace.ts'

/** @returns how many display frames are drawn in the second after two seconds of getting used to it */
function drawnInOneSecond(zoom: number, drawingMs: number): number {
  const pace = new GlidePace()
  let drawn = 0
  let nowMs = 0
  while (nowMs < 3_000) {
    const due = pace.isDue(nowMs, zoom)
    if (due) {
      pace.drawn(nowMs)
      if (nowMs >= 2_000) drawn++
    }
    nowMs += due ? Math.max(1000 / 60, drawingMs) : 1000 / 60
  }
  return drawn
}

it('draws every display frame where bikes cross pixels fast and the card keeps up', () => {
  expect(drawnInOneSecond(18, 5)).toBeGreaterThan(55)
})

it('draws seldom where a second of riding is a pixel', () => {
  expect(frameIntervalMs(11)).toBe(500)
  expect(drawnInOneSecond(12, 5)).toBeLessThan(5)
})

it('leaves half of the time to a machine without a graphics card', () => {
  expect(drawnInOneSecond(18, 120) * 120).toBeLessThan(650)
})
