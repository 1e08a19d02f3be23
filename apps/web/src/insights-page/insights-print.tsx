import type { InsightGroup } from '@fleet/domain'
import { useTranslation } from 'react-i18next'
import { amsterdamDay } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import { PrintSheet, PrintTable } from '../print/print-sheet.tsx'
import { figures, type Insights, type InsightRow, renderFigure } from './figures.ts'
import type { InsightPeriod } from './period.ts'
import type { RowNames } from './use-row-names.ts'

interface InsightsPrintProps {
  readonly period: InsightPeriod
  readonly now: Insights | undefined
  readonly before: Insights | undefined
  /** Of the table, in its order. */
  readonly rows: readonly InsightRow[] | undefined
  readonly group: InsightGroup
  readonly names: RowNames
}

/** The figures on paper: the whole period against the one before, its issues, and the table. */
export function InsightsPrint({ period, now, before, rows, group, names }: InsightsPrintProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const day = (date: string) => format.date(amsterdamDay(date).fromMs)
  const facts = [
    period.from === period.to ? day(period.from) : `${day(period.from)} – ${day(period.to)}`,
    t('insights.compared', { count: period.days }),
  ]
  return (
    <PrintSheet title={t('nav.insights')} facts={facts}>
      {() => (
        <>
          {now !== undefined && (
            <section>
              <h2>{t('insights.total')}</h2>
              <PrintTable
                rows={figures}
                keyOf={(figure) => figure}
                columns={[
                  { label: t('print.figure'), cell: (figure) => t(`insights.figure.${figure}`) },
                  {
                    label: t('insights.thisPeriod'),
                    align: 'end',
                    cell: (figure) => renderFigure(format, figure, now.total[figure]),
                  },
                  {
                    label: t('insights.before'),
                    align: 'end',
                    cell: (figure) => renderFigure(format, figure, before?.total[figure] ?? null),
                  },
                ]}
              />
            </section>
          )}
          {now !== undefined && now.issues.length > 0 && (
            <section>
              <h2>{t('nav.issues')}</h2>
              <PrintTable
                rows={now.issues}
                keyOf={({ kind }) => kind}
                columns={[
                  { label: t('issue.kind'), cell: ({ kind }) => t(`issueKind.${kind}`) },
                  {
                    label: t('insights.figure.issues'),
                    align: 'end',
                    cell: ({ count }) => format.number(count),
                  },
                ]}
              />
            </section>
          )}
          {rows !== undefined && (
            <section>
              <h2>{t(`insights.table.${group}`)}</h2>
              <PrintTable
                rows={rows}
                keyOf={({ key }) => key}
                columns={[
                  { label: t(`insights.name.${group}`), cell: (row) => names.nameOf(row) },
                  ...figures
                    .filter((figure) => figure !== 'perHour' || group !== 'hour')
                    .map((figure) => ({
                      label: t(`insights.figure.${figure}`),
                      align: 'end' as const,
                      cell: (row: InsightRow) => renderFigure(format, figure, row[figure]),
                    })),
                ]}
              />
              <p>{t('insights.note')}</p>
            </section>
          )}
        </>
      )}
    </PrintSheet>
  )
}
