import { hourMs } from '@fleet/domain'
import type { CallOutput } from '@fleet/api'
import type { Format } from '../i18n/format.ts'

export type Insights = CallOutput<'insights'>
export type InsightRow = Insights['rows'][number]
/** What is counted of one row, or of all. */
export type Counted = Omit<InsightRow, 'key'>

/** In the order of the cards and of the columns. */
export const figures = [
  'delivered',
  'perHour',
  'onTimeShare',
  'rideM',
  'workedMs',
  'utilisation',
  'failed',
  'cancelled',
  'issues',
] as const
export type Figure = (typeof figures)[number]

/** Whether more is good news; null where it is no news. */
export const moreIsGood: Readonly<Record<Figure, boolean | null>> = {
  delivered: true,
  perHour: true,
  onTimeShare: true,
  rideM: null,
  workedMs: null,
  utilisation: null,
  failed: false,
  cancelled: false,
  issues: false,
}

/** A figure as people read it; a dash for what cannot be known. */
export function renderFigure(format: Format, figure: Figure, value: number | null): string {
  if (value === null) return '–'
  if (figure === 'perHour') return format.number(value, value < 10 ? 1 : 0)
  if (isShare(figure)) return format.percent(value * 100)
  if (figure === 'rideM') return format.distanceKm(value)
  return figure === 'workedMs' ? format.hours(value / hourMs) : format.number(value)
}

/** Shares change by points, everything else by percents of what it was. */
export const isShare = (figure: Figure): boolean => figure === 'onTimeShare' || figure === 'utilisation'

/** By how much a figure differs from the period before; null where there is nothing to compare with. */
export function changeOf(figure: Figure, now: number | null, before: number | null): number | null {
  if (now === null || before === null) return null
  // As they are shown: 48 % is no point more than 48 %.
  if (isShare(figure)) return Math.round(now * 100) - Math.round(before * 100)
  return before === 0 ? null : Math.round(((now - before) / before) * 100)
}
