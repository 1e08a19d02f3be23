import { dateAfter, isDate } from '../i18n/amsterdam-day.ts'
import { definedOnly, textParameter } from '../list-page/search-parameters.ts'

/** Days up to today that a period may have; the one that the address leaves out is 7. */
export const periodDays = ['1', '7', '28'] as const
export type PeriodDays = (typeof periodDays)[number]

export const tableGroups = ['time', 'courier', 'district'] as const
export type TableGroup = (typeof tableGroups)[number]

export const chartMeasures = ['delivered', 'onTimeShare', 'rideM', 'utilisation'] as const
export type ChartMeasure = (typeof chartMeasures)[number]

/** As many days as the server counts at once. */
export const mostDays = 400

/** What the address says of the Insights page. */
export interface InsightsSearch {
  /** Left out: 7, unless there are `from` and `to`. */
  readonly days?: Exclude<PeriodDays, '7'>
  /** First and last day of a period, like `2026-11-23`. */
  readonly from?: string
  readonly to?: string
  /** What the table has a row for; left out: each hour or day. */
  readonly by?: Exclude<TableGroup, 'time'>
  /** What the chart shows; left out: what was delivered. */
  readonly chart?: Exclude<ChartMeasure, 'delivered'>
  readonly sort?: string
}

/** Anything that makes no sense is dropped: an address typed by hand must never break the page. */
export function parseInsightsSearch(search: Record<string, unknown>): InsightsSearch {
  const range = parseRange(textParameter(search, 'from'), textParameter(search, 'to'))
  const days = oneOf(periodDays, textParameter(search, 'days'))
  const by = oneOf(tableGroups, textParameter(search, 'by'))
  const chart = oneOf(chartMeasures, textParameter(search, 'chart'))
  return definedOnly({
    days: range !== null || days === '7' ? undefined : days,
    from: range?.from,
    to: range?.to,
    by: by === 'time' ? undefined : by,
    chart: chart === 'delivered' ? undefined : chart,
    sort: textParameter(search, 'sort'),
  })
}

/** The days of a period of the search, that is no range. */
export const daysOf = ({ days }: Pick<InsightsSearch, 'days'>): PeriodDays => days ?? '7'

/** The period with another first or last day; the other end moves along where it must. */
export function moveRange(range: { from: string; to: string }, end: 'from' | 'to', date: string) {
  if (!isDate(date)) return range
  const moved = { ...range, [end]: date }
  if (moved.from > moved.to) return { from: date, to: date }
  if (moved.to <= dateAfter(moved.from, mostDays - 1)) return moved
  return end === 'from'
    ? { from: date, to: dateAfter(date, mostDays - 1) }
    : { from: dateAfter(date, 1 - mostDays), to: date }
}

function parseRange(from: string | undefined, to: string | undefined) {
  if (from === undefined || to === undefined || !isDate(from) || !isDate(to)) return null
  return from <= to && to <= dateAfter(from, mostDays - 1) ? { from, to } : null
}

const oneOf = <const T extends string>(all: readonly T[], text: string | undefined): T | undefined =>
  all.find((value) => value === text)
