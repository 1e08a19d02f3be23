import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import uPlot from 'uplot'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import 'uplot/dist/uPlot.min.css'
import { useFormat } from '../i18n/format.ts'
import { chartColumns } from './chart-columns.ts'
import { chartHeightPx, chartOptions } from './chart-options.ts'
import { type InsightRow, renderFigure } from './figures.ts'
import type { ChartMeasure } from './insights-search.ts'
import type { RowNames } from './use-row-names.ts'
import styles from './insights-chart.module.css'

interface InsightsChartProps {
  readonly rows: readonly InsightRow[]
  /** Of the period before, in the same order. */
  readonly before: readonly InsightRow[]
  readonly measure: ChartMeasure
  readonly names: Pick<RowNames, 'nameOf' | 'shortNameOf'>
  readonly onOpen: (row: InsightRow) => void
}

/**
 * One figure over the period, with the period before. It is a picture: the table below has the same figures for the
 * keyboard and for screen readers, and the same links.
 */
export default function InsightsChart({ rows, before, measure, names, onOpen }: InsightsChartProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const box = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<number | null>(null)
  const columns = useMemo(() => chartColumns(rows, before, measure), [rows, before, measure])
  const openAt = useRef<(at: number) => void>(undefined)
  useEffect(() => {
    openAt.current = (at) => {
      if (rows[at] !== undefined) onOpen(rows[at])
    }
  })

  useEffect(() => {
    const element = box.current!
    const style = getComputedStyle(element)
    const options = chartOptions(
      { rows, measure, nameOf: names.shortNameOf, format },
      { color: (name) => style.getPropertyValue(name).trim(), fontFamily: style.fontFamily },
    )
    const hooks = { setCursor: [(plot: uPlot) => setPlace(plot.cursor.idx ?? null)] }
    const plot = new uPlot({ ...options, hooks, width: element.clientWidth }, columns, element)
    plot.over.addEventListener('click', () => openAt.current?.(plot.cursor.idx ?? -1))
    const resized = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: chartHeightPx }),
    )
    resized.observe(element)
    return () => {
      resized.disconnect()
      plot.destroy()
    }
    // oxlint-disable-next-line react/exhaustive-deps -- another scheme has other colours
  }, [columns, rows, measure, names, format, scheme])

  const row = place === null ? undefined : rows[place]
  return (
    <figure className={styles.chart}>
      <div
        ref={box}
        className={styles.plot}
        role="img"
        aria-label={t('insights.chartOf', { figure: t(`insights.figure.${measure}`) })}
      />
      <figcaption aria-hidden>
        <span className={styles.now}>{t('insights.thisPeriod')}</span>
        <span className={styles.before}>{t('insights.before')}</span>
        <span className={styles.pointed}>
          {row !== undefined &&
            t('insights.pointed', {
              name: names.nameOf(row),
              value: renderFigure(format, measure, row[measure]),
              before: renderFigure(format, measure, before[place!]?.[measure] ?? null),
            })}
        </span>
      </figcaption>
    </figure>
  )
}
