import uPlot from 'uplot'
import type { Format } from '../i18n/format.ts'
import { type InsightRow, isShare, renderFigure } from './figures.ts'
import type { ChartMeasure } from './insights-search.ts'

export interface ChartLook {
  /** A colour of the page by its name: `--accent`. */
  readonly color: (name: string) => string
  readonly fontFamily: string
}

interface ChartSubject {
  readonly rows: readonly InsightRow[]
  readonly measure: ChartMeasure
  readonly nameOf: (row: InsightRow) => string
  readonly format: Format
}

export const chartHeightPx = 228

/** An axis without any height cannot be divided. */
const leastTop = 0.01
/** More than these would be a line of dots. */
const mostDots = 40

/** Bars for the period, a dashed line for the one before. */
export function chartOptions(
  { rows, measure, nameOf, format }: ChartSubject,
  { color, fontFamily }: ChartLook,
): Omit<uPlot.Options, 'width'> {
  const axis: uPlot.Axis = {
    stroke: color('--text-3'),
    font: `11px ${fontFamily}`,
    ticks: { show: false },
  }
  return {
    height: chartHeightPx,
    padding: [10, 28, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: [-0.6, rows.length - 0.4] },
      y: { range: (_plot, _min, max) => [0, isShare(measure) ? 1 : Math.max(max, leastTop) * 1.05] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 88,
        incrs: [1, 2, 3, 4, 6, 7, 8, 12, 14, 24, 28, 56, 112],
        values: (_plot, places) =>
          places.map((place) => (rows[place] === undefined ? '' : nameOf(rows[place]))),
      },
      {
        ...axis,
        grid: { stroke: color('--line'), width: 1 },
        size: 58,
        values: (_plot, values) => values.map((value) => renderFigure(format, measure, value)),
      },
    ],
    series: [
      {},
      {
        // Let through what lies behind, so that the line is seen across it.
        fill: `${color('--accent')}b8`,
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars!({ size: [0.72, 46] }),
      },
      {
        stroke: color('--text'),
        width: 1.5,
        dash: [5, 4],
        points: { show: rows.length <= mostDots, size: 5, fill: color('--surface') },
      },
    ],
  }
}
