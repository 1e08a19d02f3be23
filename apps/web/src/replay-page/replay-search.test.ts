import { hourMs } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { amsterdamMs } from '../i18n/amsterdam-day.ts'
import { parseReplaySearch, presetWindow, replayOf, textOfWindow, windowOf } from './replay-search.ts'

test('what makes no sense is dropped', () => {
  expect(
    parseReplaySearch({
      date: '2026-02-30',
      from: '09:00',
      to: '10:00',
      t: '-5',
      speed: '7',
      bikes: 'ams-0001,,AMS-0002,ams-0001',
      bike: 'ams-0001',
      of: 'x',
      map: 'here',
    }),
  ).toEqual({ bikes: 'AMS-0001,AMS-0002', bike: 'AMS-0001' })
  const whole = { date: '2026-02-28', from: '09:00', to: '25:00', t: '60', speed: '120' }
  expect(parseReplaySearch(whole)).toEqual({ t: '60', speed: '120' })
  expect(parseReplaySearch({ ...whole, to: '10:00' })).toEqual({ ...whole, to: '10:00' })
})

test('a window that ends before it begins ends the day after, and a whole day is as long as the clocks say', () => {
  const evening = windowOf({ date: '2026-11-23', from: '22:00', to: '02:00' })
  expect(evening.toMs - evening.fromMs).toBe(4 * hourMs)
  for (const [date, hours] of [
    ['2026-11-23', 24],
    ['2026-10-25', 25],
    ['2026-03-29', 23],
  ] as const) {
    const { fromMs, toMs } = windowOf({ date, from: '00:00', to: '00:00' })
    expect((toMs - fromMs) / hourMs).toBe(hours)
  }
})

test('the presets end now, or with the day before', () => {
  const nowMs = amsterdamMs('2026-11-23', '00:30') + 5_000
  expect(presetWindow('lastHour', nowMs)).toEqual({ date: '2026-11-22', from: '23:30', to: '00:31' })
  expect(presetWindow('today', nowMs)).toEqual({ date: '2026-11-23', from: '00:00', to: '00:31' })
  expect(presetWindow('yesterday', nowMs)).toEqual({ date: '2026-11-22', from: '00:00', to: '00:00' })
})

test('a window of up to a day holds the span that it was made for', () => {
  fc.assert(
    fc.property(
      // Not in the hour that comes twice: the address cannot tell one from the other.
      fc.integer({ min: amsterdamMs('2026-11-01'), max: amsterdamMs('2027-03-20') }),
      fc.integer({ min: 1, max: 23 * hourMs }),
      (fromMs, lengthMs) => {
        const window = windowOf(textOfWindow({ fromMs, toMs: fromMs + lengthMs }))
        expect(window.fromMs).toBeLessThanOrEqual(fromMs)
        expect(window.toMs).toBeGreaterThanOrEqual(fromMs + lengthMs)
        expect(window.toMs - window.fromMs).toBeLessThan(lengthMs + 120_000)
      },
    ),
  )
})

test('a replay of something begins with it, whatever it lasted', () => {
  const fromMs = amsterdamMs('2026-11-23', '14:00') + 30_500
  const { t, ...window } = replayOf(fromMs, fromMs + hourMs, { bike: 'AMS-0001' })
  expect(window).toEqual({ date: '2026-11-23', from: '13:50', to: '15:11', bike: 'AMS-0001' })
  expect(Number(t)).toBe(631)
  const long = windowOf(replayOf(fromMs - 100 * hourMs, fromMs, {}) as Parameters<typeof windowOf>[0])
  expect(long.toMs).toBeGreaterThan(fromMs)
  expect(long.toMs - long.fromMs).toBeLessThan(21 * hourMs)
})
