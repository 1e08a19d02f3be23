import { expect, test } from 'vitest'
import { moveRange, parseInsightsSearch } from './insights-search.ts'

test('keeps what makes sense and drops what does not', () => {
  expect(parseInsightsSearch({ days: '28', by: 'courier', chart: 'rideM', sort: '-delivered' })).toEqual({
    days: '28',
    by: 'courier',
    chart: 'rideM',
    sort: '-delivered',
  })
  expect(parseInsightsSearch({ days: '7', by: 'time', chart: 'delivered' })).toEqual({})
  expect(parseInsightsSearch({ days: '9', by: 'colour', chart: 3 })).toEqual({})
})

test('a range has both ends, in order, and no more days than are counted at once', () => {
  const range = { from: '2026-10-01', to: '2026-10-31' }
  expect(parseInsightsSearch({ ...range, days: '1' })).toEqual(range)
  expect(parseInsightsSearch({ from: '2026-10-01' })).toEqual({})
  expect(parseInsightsSearch({ from: '2026-10-02', to: '2026-10-01' })).toEqual({})
  expect(parseInsightsSearch({ from: '2026-02-30', to: '2026-03-01' })).toEqual({})
  expect(parseInsightsSearch({ from: '2024-01-01', to: '2026-01-01' })).toEqual({})
})

test('an end that is moved takes the other one along where it must', () => {
  const range = { from: '2026-10-01', to: '2026-10-31' }
  expect(moveRange(range, 'to', '2026-11-02')).toEqual({ from: '2026-10-01', to: '2026-11-02' })
  expect(moveRange(range, 'to', '2026-09-02')).toEqual({ from: '2026-09-02', to: '2026-09-02' })
  expect(moveRange(range, 'from', '2026-11-02')).toEqual({ from: '2026-11-02', to: '2026-11-02' })
  expect(moveRange(range, 'from', '2020-01-01')).toEqual({ from: '2020-01-01', to: '2021-02-03' })
  expect(moveRange(range, 'from', '2026-02-30')).toEqual(range)
})
