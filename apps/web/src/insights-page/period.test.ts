import { expect, test } from 'vitest'
import { createPeriod } from './period.ts'

const at = (text: string) => Date.parse(text)
const shown = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => [
  new Date(fromMs).toISOString(),
  new Date(toMs).toISOString(),
]

test('a period goes up to the last full minutes, and so does the one before', () => {
  const period = createPeriod({}, at('2026-11-23T10:22:42+01:00'))!
  expect(period).toMatchObject({ from: '2026-11-17', to: '2026-11-23', days: 7, by: 'day' })
  expect(shown(period)).toEqual(['2026-11-16T23:00:00.000Z', '2026-11-23T09:20:00.000Z'])
  expect(shown(period.before)).toEqual(['2026-11-09T23:00:00.000Z', '2026-11-16T09:20:00.000Z'])
})

test('a day is counted by the hour and compared with the one before', () => {
  const period = createPeriod({ days: '1' }, at('2026-11-23T10:20:00+01:00'))!
  expect(period.by).toBe('hour')
  expect(shown(period.before)).toEqual(['2026-11-21T23:00:00.000Z', '2026-11-22T09:20:00.000Z'])
})

test('a range that is over is counted whole', () => {
  const period = createPeriod({ from: '2026-11-01', to: '2026-11-02' }, at('2026-11-23T10:20:00+01:00'))!
  expect(shown(period)).toEqual(['2026-10-31T23:00:00.000Z', '2026-11-02T23:00:00.000Z'])
  expect(shown(period.before)).toEqual(['2026-10-29T23:00:00.000Z', '2026-10-31T23:00:00.000Z'])
})

test('days on which the clocks change are whole days', () => {
  const autumn = createPeriod({ from: '2026-10-25', to: '2026-10-25' }, at('2026-11-01T10:00:00+01:00'))!
  expect((autumn.toMs - autumn.fromMs) / 3_600_000).toBe(25)
  expect((autumn.before.toMs - autumn.before.fromMs) / 3_600_000).toBe(24)
  // Noon is noon, thirteen hours after midnight.
  const running = createPeriod({ days: '1' }, at('2026-10-25T12:00:00+01:00'))!
  expect((running.toMs - running.fromMs) / 3_600_000).toBe(13)
  expect((running.before.toMs - running.before.fromMs) / 3_600_000).toBe(12)
})

test('what has not begun is no period; what has begun at midnight has some length', () => {
  const midnight = at('2026-11-23T00:00:10+01:00')
  expect(createPeriod({ from: '2026-11-24', to: '2026-11-25' }, midnight)).toBeNull()
  const period = createPeriod({ days: '1' }, midnight)!
  expect(period.toMs - period.fromMs).toBe(60_000)
  expect(period.before.toMs - period.before.fromMs).toBe(60_000)
  const partly = createPeriod({ from: '2026-11-20', to: '2026-12-24' }, midnight)!
  expect(shown(partly)).toEqual(['2026-11-19T23:00:00.000Z', '2026-11-22T23:00:00.000Z'])
})
