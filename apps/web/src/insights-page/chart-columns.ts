import type { InsightRow } from './figures.ts'
import type { ChartMeasure } from './insights-search.ts'

/**
 * What the chart draws: the places of the rows, their figures, and those of the period before. By place, not by time:
 * a day of 25 hours has 25 bars, and the first day of one period is compared with the first of the other.
 */
export function chartColumns(
  rows: readonly InsightRow[],
  before: readonly InsightRow[],
  measure: ChartMeasure,
): [number[], (number | null)[], (number | null)[]] {
  return [
    rows.map((_row, index) => index),
    rows.map((row) => row[measure]),
    rows.map((_row, index) => before[index]?.[measure] ?? null),
  ]
}
