import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  amsterdamDate,
  amsterdamDay,
  amsterdamMs,
  amsterdamTime,
  dateAfter,
  isDate,
} from './amsterdam-day.ts'

const utc = (text: string) => Date.parse(text)

test('winter is one hour ahead of UTC, summer two', () => {
  expect(amsterdamMs('2026-01-15', '12:00')).toBe(utc('2026-01-15T11:00:00Z'))
  expect(amsterdamMs('2026-07-15', '12:00')).toBe(utc('2026-07-15T10:00:00Z'))
})

test('the days on which clocks change have 23 and 25 hours', () => {
  const hours = (date: string) => {
    const { fromMs, toMs } = amsterdamDay(date)
    return (toMs - fromMs) / 3_600_000
  }
  expect(hours('2026-03-29')).toBe(23)
  expect(hours('2026-10-25')).toBe(25)
  expect(hours('2026-10-26')).toBe(24)
})

test('a time that comes twice is the first, one that is skipped is after the gap', () => {
  expect(amsterdamMs('2026-10-25', '02:30')).toBe(utc('2026-10-25T00:30:00Z'))
  expect(amsterdamTime(amsterdamMs('2026-03-29', '02:30'))).toBe('03:30')
})

test('what Amsterdam shows leads back to the same minute, but for the hour that comes twice', () => {
  const from = utc('2024-01-01T00:00:00Z')
  const to = utc('2030-01-01T00:00:00Z')
  fc.assert(
    fc.property(fc.integer({ min: from / 60_000, max: to / 60_000 }), (minutes) => {
      const ms = minutes * 60_000
      const back = amsterdamMs(amsterdamDate(ms), amsterdamTime(ms))
      expect([ms, ms - 3_600_000]).toContain(back)
    }),
  )
})

test('what is no date or time is refused', () => {
  expect(isDate('2026-02-30')).toBe(false)
  expect(amsterdamMs('2026-02-30')).toBeNaN()
  expect(amsterdamMs('2026-02-03', '24:00')).toBeNaN()
  expect(dateAfter('2026-02-28', 1)).toBe('2026-03-01')
})
