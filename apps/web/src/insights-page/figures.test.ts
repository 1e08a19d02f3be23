import { expect, test } from 'vitest'
import { chartColumns } from './chart-columns.ts'
import { changeOf, type InsightRow } from './figures.ts'
import { hourName } from './hour-name.ts'
import { renderCausesCsv, renderFiguresCsv } from './insights-csv.ts'
import { sortRows } from './sort-rows.ts'

const row = (key: string, more: Partial<InsightRow> = {}): InsightRow => ({
  key,
  delivered: 2,
  onTime: 1,
  onTimeShare: 0.5,
  failed: 0,
  cancelled: 1,
  rideM: 1234.5678,
  workedMs: 5_400_000,
  busyMs: 2_700_000,
  utilisation: 0.5,
  perHour: 1.3333333,
  issues: 3,
  filter: { endedFromMs: 0, endedToMs: 1 },
  ...more,
})

test('a share changes by points, everything else by percents of what it was', () => {
  expect(changeOf('delivered', 12, 10)).toBe(20)
  expect(changeOf('onTimeShare', 0.9, 0.95)).toBe(-5)
  expect(changeOf('onTimeShare', 0.484, 0.476)).toBe(0)
  expect(changeOf('delivered', 12, 0)).toBeNull()
  expect(changeOf('utilisation', null, 0.4)).toBeNull()
})

test('rows are sorted by a figure or by name, and what is not known is last', () => {
  const district = (name: string, onTimeShare: number | null) =>
    row(name, { onTimeShare, filter: { endedFromMs: 0, endedToMs: 1, district: name } })
  const rows = [district('Noord', null), district('Centrum', 0.5), district('Oost', 0.9)]
  const keys = (column: string, descending: boolean) =>
    sortRows(rows, { column, descending }, ({ key }) => key).map(({ key }) => key)
  expect(keys('onTimeShare', true)).toEqual(['Oost', 'Centrum', 'Noord'])
  expect(keys('onTimeShare', false)).toEqual(['Centrum', 'Oost', 'Noord'])
  expect(keys('name', false)).toEqual(['Centrum', 'Noord', 'Oost'])
  // A day that begins earlier, whatever it is called.
  const days = [row('999999999999'), row('1000000000000')]
  expect(sortRows(days, { column: 'name', descending: true }, () => 'Mon').map(({ key }) => key)).toEqual([
    '1000000000000',
    '999999999999',
  ])
})

test('the chart compares by place, also where one period has more hours than the other', () => {
  expect(chartColumns([row('a'), row('b')], [row('c', { delivered: 7 })], 'delivered')).toEqual([
    [0, 1],
    [2, 2],
    [7, null],
  ])
})

test('a file has plain units, and tells the hour that comes twice', () => {
  const [twice, again] = [Date.parse('2026-10-25T02:00:00+02:00'), Date.parse('2026-10-25T02:00:00+01:00')]
  const csv = renderFiguresCsv([row(String(twice)), row(String(again), { perHour: null })], 'hour', () => '')
  expect(csv.split('\r\n')).toEqual([
    'hour,delivered,on_time,on_time_share,per_hour,distance_km,worked_h,busy_h,utilisation,failed,cancelled,issues',
    '2026-10-25T02:00+02:00,2,1,0.5,1.333,1.235,1.5,0.75,0.5,0,1,3',
    '2026-10-25T02:00+01:00,2,1,0.5,,1.235,1.5,0.75,0.5,0,1,3',
  ])
  expect(renderFiguresCsv([row('x')], 'courier', () => '=1+1')).toContain('\r\n"\'=1+1",2')
  expect(renderCausesCsv([{ kind: 'late', count: 4, filter: { kind: 'late', fromMs: 0, toMs: 1 } }])).toBe(
    'kind,issues\r\nlate,4',
  )
})

test('the hour that comes twice is told apart, and no other', () => {
  const at = (text: string) => hourName(Date.parse(text))
  expect(at('2026-10-25T01:00:00+02:00')).toBe('01:00')
  expect(at('2026-10-25T02:00:00+02:00')).toBe('02:00 (+02:00)')
  expect(at('2026-10-25T02:00:00+01:00')).toBe('02:00 (+01:00)')
  expect(at('2026-10-25T03:00:00+01:00')).toBe('03:00')
  expect(at('2026-03-29T03:00:00+02:00')).toBe('03:00')
})
