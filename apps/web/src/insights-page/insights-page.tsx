import { Button, SegmentedControl } from '@mantine/core'
import { IconChartBar, IconDownload } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { PageFrame } from '../app/page-frame.tsx'
import { useConnection, useRegistry, useServerNow } from '../live/live-hooks.ts'
import { LoadFailed, Nothing } from '../list-page/list-states.tsx'
import { SavedViewsMenu } from '../list-page/saved-views.tsx'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'
import { parseSort, renderSort, sortAfterClick } from '../table/column.ts'
import { FigureCards } from './figure-cards.tsx'
import { FiguresTable } from './figures-table.tsx'
import { figures, type InsightRow } from './figures.ts'
import { chartMeasures, type InsightsSearch, periodDays, tableGroups } from './insights-search.ts'
import { InsightsPrint } from './insights-print.tsx'
import { sortRows } from './sort-rows.ts'
import { IssueCauses } from './issue-causes.tsx'
import { PeriodPicker } from './period-picker.tsx'
import { createPeriod } from './period.ts'
import { useInsights } from './use-insights.ts'
import { useRowNames } from './use-row-names.ts'
import styles from './insights-page.module.css'

const InsightsChart = lazy(() => import('./insights-chart.tsx'))

type InsightsPatch = { readonly [K in keyof InsightsSearch]?: InsightsSearch[K] | undefined }

/** Looking back: what was done in a period, against the one before, each figure with its rows. */
export function InsightsPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/shell/insights' })
  const navigate = useNavigate({ from: '/insights' })
  const nowMs = useServerNow(60_000)
  const { couriers } = useRegistry(250)
  const { hasData } = useConnection()
  const patch = useCallback(
    (change: InsightsPatch) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as InsightsSearch, replace: true }),
    [navigate],
  )

  const period = useMemo(() => createPeriod(search, nowMs), [search, nowMs])
  const time = period?.by ?? 'day'
  const measure = search.chart ?? 'delivered'
  const group = search.by ?? 'time'
  const now = useInsights(period, time)
  const before = useInsights(period?.before ?? null, time)
  const rowsBy = group === 'time' ? time : group
  const table = useInsights(period, rowsBy)
  const names = useRowNames(rowsBy, hasData ? couriers : null)
  const timeNames = useRowNames(time, null)
  const sort = parseSort(
    search.sort,
    ['name', ...figures],
    group === 'time' ? { column: 'name', descending: false } : { column: 'delivered', descending: true },
  )

  const total = now.data?.total
  const nothingEnded = total !== undefined && total.delivered + total.failed + total.cancelled === 0
  const rows = table.data?.rows
  const exportTable = useCallback(async () => {
    if (period === null || rows === undefined) return
    const { exportFigures } = await import('./insights-csv.ts')
    exportFigures(rows, rowsBy, period, names.nameOf)
  }, [period, rows, rowsBy, names])
  usePaletteEntries(useInsightEntries(exportTable, patch))
  const openRow = (row: InsightRow) => {
    const link = timeNames.linkOf('delivered', row)
    if (link !== null) void navigate(link)
  }
  // Figures that are there already stay when they cannot be counted again.
  const missing = [now, before, table].filter(({ isError, data }) => isError && data === undefined)

  return (
    <PageFrame title={t('nav.insights')} className={styles.page}>
      {period !== null && (
        <InsightsPrint
          period={period}
          now={now.data}
          before={before.data}
          rows={rows === undefined ? undefined : sortRows(rows, sort, names.nameOf)}
          group={rowsBy}
          names={names}
        />
      )}
      <div className={styles.toolbar}>
        <h1>{t('nav.insights')}</h1>
        <PeriodPicker search={search} nowMs={nowMs} onChange={patch} />
        {period !== null && (
          <span className={styles.compared}>{t('insights.compared', { count: period.days })}</span>
        )}
        <div className={styles.end}>
          <SavedViewsMenu />
        </div>
      </div>
      {period === null ? (
        <Nothing icon={IconChartBar} title={t('insights.notBegun')} hint={t('insights.notBegunHint')} />
      ) : missing.length > 0 ? (
        <LoadFailed
          title={t('insights.failed')}
          onRetry={() => missing.forEach((query) => void query.refetch())}
        />
      ) : (
        <div className={styles.scroll} aria-busy={now.isPlaceholderData || table.isPlaceholderData}>
          <FigureCards now={now.data?.total} before={before.data?.total} />
          <div className={styles.pair}>
            <section className={styles.panel} aria-labelledby="insights-chart">
              <div className={styles.panelHead}>
                <h2 id="insights-chart">{t('insights.overTime')}</h2>
                <SegmentedControl
                  size="xs"
                  aria-label={t('insights.chart')}
                  value={measure}
                  onChange={(chart) => patch({ chart: chart === 'delivered' ? undefined : chart })}
                  data={chartMeasures.map((value) => ({ value, label: t(`insights.figure.${value}`) }))}
                />
              </div>
              <div className={styles.chart}>
                {nothingEnded ? (
                  <Nothing
                    icon={IconChartBar}
                    title={t('insights.nothingEnded')}
                    hint={t('insights.nothingEndedHint')}
                  />
                ) : (
                  now.data !== undefined && (
                    <Suspense fallback={null}>
                      <InsightsChart
                        rows={now.data.rows}
                        before={before.data?.rows ?? []}
                        measure={measure}
                        names={timeNames}
                        onOpen={openRow}
                      />
                    </Suspense>
                  )
                )}
              </div>
            </section>
            <IssueCauses now={now.data} before={before.data} period={period} />
          </div>
          <section className={styles.panel} aria-labelledby="insights-table">
            <div className={styles.panelHead}>
              <h2 id="insights-table">{t(`insights.table.${rowsBy}`)}</h2>
              <SegmentedControl
                size="xs"
                aria-label={t('insights.rows')}
                value={group}
                onChange={(by) => patch({ by: by === 'time' ? undefined : by, sort: undefined })}
                data={tableGroups.map((value) => ({
                  value,
                  label: t(`insights.by.${value === 'time' ? time : value}`),
                }))}
              />
              <Button
                className={styles.export}
                size="xs"
                variant="default"
                leftSection={<IconDownload size={15} aria-hidden />}
                disabled={rows === undefined}
                aria-label={t('insights.exportTable')}
                onClick={() => void exportTable()}
              >
                {t('insights.export')}
              </Button>
            </div>
            <FiguresTable
              rows={rows}
              group={rowsBy}
              names={names}
              sort={sort}
              onSort={(column) => patch({ sort: renderSort(sortAfterClick(sort, column)) })}
            />
          </section>
          {rows !== undefined && <p className={styles.note}>{t('insights.note')}</p>}
        </div>
      )}
    </PageFrame>
  )
}

/** For the palette: the periods, and the table as a file. */
function useInsightEntries(
  exportTable: () => Promise<void>,
  patch: (change: InsightsPatch) => void,
): readonly PaletteEntry[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      ...periodDays.map((days): PaletteEntry => ({
        id: `insights-${days}`,
        group: 'app',
        title: t(`insights.days.${days}`),
        detail: t('insights.period'),
        run: () => patch({ days: days === '7' ? undefined : days, from: undefined, to: undefined }),
      })),
      {
        id: 'insights-export',
        group: 'app',
        icon: IconDownload,
        title: t('insights.exportTable'),
        run: () => void exportTable(),
      },
    ],
    [exportTable, patch, t],
  )
}
