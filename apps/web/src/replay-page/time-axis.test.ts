import fc from 'fast-check'
import { expect, test } from 'vitest'
import { amsterdamMs, amsterdamTime } from '../i18n/amsterdam-day.ts'
import { axisTimes, shareOf } from './time-axis.ts'

test('the axis has round times that do not touch each other', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: amsterdamMs('2026-01-01'), max: amsterdamMs('2027-01-01') }),
      fc.integer({ min: 60_000, max: 25 * 3_600_000 }),
      fc.integer({ min: 300, max: 2_500 }),
      (fromMs, lengthMs, widthPx) => {
        const window = { fromMs, toMs: fromMs + lengthMs }
        const times = axisTimes(window, widthPx, 60)
        const places = times.map((ms) => shareOf(window, ms) * widthPx)
        for (const [i, x] of places.entries()) {
          expect(x).toBeGreaterThanOrEqual(0)
          expect(x).toBeLessThanOrEqual(widthPx)
          // Where the clocks are set back an hour comes twice, where they are set forward one is left out.
          if (i > 0 && lengthMs < 20 * 3_600_000) expect(x - places[i - 1]!).toBeGreaterThan(29)
        }
      },
    ),
  )
})

test('a day has every third hour of the clocks, also when they change', () => {
  for (const date of ['2026-11-23', '2026-10-25', '2026-03-29']) {
    const window = {
      fromMs: amsterdamMs(date),
      toMs: amsterdamMs(date) + 24 * 3_600_000,
    }
    const times = axisTimes(window, 900, 80).map(amsterdamTime)
    expect(times.slice(0, 4)).toEqual(['00:00', '03:00', '06:00', '09:00'])
  }
})
