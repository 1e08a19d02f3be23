import { dayMs, minuteMs } from '@fleet/domain'
import { amsterdamDate, amsterdamDay, amsterdamMs, amsterdamTime, dateAfter } from '../i18n/amsterdam-day.ts'
import type { Span } from '../list-page/search-parameters.ts'
import { daysOf, type InsightsSearch } from './insights-search.ts'

/** Days are counted again less often: there is much to count. */
const stepMs = { hour: minuteMs, day: 5 * minuteMs }

export interface InsightPeriod extends Span {
  /** First and last day, as the calendar in Amsterdam says. */
  readonly from: string
  readonly to: string
  readonly days: number
  /** Hours for a day or two, days for more. */
  readonly by: 'hour' | 'day'
  /** As many days right before; as far as the period itself has come, so that the two compare. */
  readonly before: Span
}

/** The period that the address means, up to the last full minutes; null when it has not begun. */
export function createPeriod(
  search: Pick<InsightsSearch, 'days' | 'from' | 'to'>,
  nowMs: number,
): InsightPeriod | null {
  const today = amsterdamDate(nowMs)
  const from = search.from ?? dateAfter(today, 1 - Number(daysOf(search)))
  const to = search.to ?? today
  if (from > today) return null
  const days = Math.round((Date.parse(to) - Date.parse(from)) / dayMs) + 1
  const by = days <= 2 ? 'hour' : 'day'
  const untilMs = Math.floor(nowMs / stepMs[by]) * stepMs[by]
  const counted = countedSpan(from, to, today, untilMs)
  const back = (date: string) => dateAfter(date, -days)
  return {
    ...counted,
    from,
    to,
    days,
    by,
    before: countedSpan(back(from), back(to), back(today), amsterdamMs(back(today), amsterdamTime(untilMs))),
  }
}

function countedSpan(from: string, to: string, today: string, nowMs: number): Span {
  const { fromMs } = amsterdamDay(from)
  // At midnight nothing has passed, and a span has some length.
  return { fromMs, toMs: to < today ? amsterdamDay(to).toMs : Math.max(nowMs, fromMs + minuteMs) }
}
