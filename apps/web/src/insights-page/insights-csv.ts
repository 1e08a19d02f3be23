import { type InsightGroup, hourMs } from '@fleet/domain'
import Papa from 'papaparse'
import { downloadText } from '../list-page/download-text.ts'
import { amsterdamDate, amsterdamOffset, amsterdamTime } from '../i18n/amsterdam-day.ts'
import type { Insights, InsightRow } from './figures.ts'
import type { InsightPeriod } from './period.ts'

/** Figures in plain units, a line a row, empty where nothing is known. */
export function renderFiguresCsv(
  rows: readonly InsightRow[],
  group: InsightGroup,
  nameOf: (row: InsightRow) => string,
): string {
  return render(
    rows.map((row) => ({
      [group]: group === 'day' || group === 'hour' ? momentOf(Number(row.key), group) : nameOf(row),
      delivered: row.delivered,
      on_time: row.onTime,
      on_time_share: rounded(row.onTimeShare, 4),
      [group === 'courier' ? 'per_hour_worked' : 'per_hour']: rounded(row.perHour, 3),
      distance_km: rounded(row.rideM / 1000, 3),
      worked_h: rounded(row.workedMs === null ? null : row.workedMs / hourMs, 3),
      busy_h: rounded(row.busyMs / hourMs, 3),
      utilisation: rounded(row.utilisation, 4),
      failed: row.failed,
      cancelled: row.cancelled,
      issues: row.issues ?? '',
    })),
  )
}

export const renderCausesCsv = (issues: Insights['issues']): string =>
  render(issues.map(({ kind, count }) => ({ kind, issues: count })))

export function exportFigures(
  rows: readonly InsightRow[],
  group: InsightGroup,
  period: InsightPeriod,
  nameOf: (row: InsightRow) => string,
): void {
  download(`insights-by-${group}`, period, renderFiguresCsv(rows, group, nameOf))
}

export function exportCauses(issues: Insights['issues'], period: InsightPeriod): void {
  download('insights-issues', period, renderCausesCsv(issues))
}

function download(name: string, { from, to }: InsightPeriod, csv: string): void {
  // With a mark in front, or spreadsheets read accents wrongly.
  downloadText(`${name}-${from}-${to}.csv`, `\uFEFF${csv}`)
}

/** `2026-10-25`, or `2026-10-25T02:00+02:00`: that hour comes twice. */
const momentOf = (ms: number, group: 'hour' | 'day'): string =>
  group === 'day' ? amsterdamDate(ms) : `${amsterdamDate(ms)}T${amsterdamTime(ms)}${amsterdamOffset(ms)}`

const rounded = (value: number | null, digits: number): number | '' =>
  value === null ? '' : Number(value.toFixed(digits))

// A cell that begins like a formula would be run by a spreadsheet: it gets an apostrophe in front.
const render = (rows: readonly Record<string, string | number>[]): string =>
  Papa.unparse([...rows], { escapeFormulae: true, newline: '\r\n' })
