import type { InsightGroup } from '@fleet/domain'
import { Skeleton, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import type { Sort } from '../table/column.ts'
import { FigureLink } from './figure-link.tsx'
import { type Figure, figures, type InsightRow, renderFigure } from './figures.ts'
import { sortRows } from './sort-rows.ts'
import type { RowNames } from './use-row-names.ts'
import styles from './figures-table.module.css'

interface FiguresTableProps {
  /** Undefined while they are being counted. */
  readonly rows: readonly InsightRow[] | undefined
  readonly group: InsightGroup
  readonly names: RowNames
  readonly sort: Sort
  readonly onSort: (column: string) => void
}

/** The same figures for each hour, day, courier or district. A table of its own: each cell leads to its rows. */
export function FiguresTable({ rows, group, names, sort, onSort }: FiguresTableProps) {
  const { t } = useTranslation()
  const sorted = useMemo(
    () => (rows === undefined ? undefined : sortRows(rows, sort, names.nameOf)),
    [rows, sort, names],
  )
  // An hour says itself how many there were.
  const columns = figures.filter((figure) => figure !== 'perHour' || group !== 'hour')
  const header = (column: string, label: string) => {
    const isSorted = sort.column === column
    const Arrow = sort.descending ? IconChevronDown : IconChevronUp
    return (
      <th
        key={column}
        scope="col"
        aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      >
        <UnstyledButton className={styles.sort} onClick={() => onSort(column)}>
          {label}
          {isSorted && <Arrow size={13} stroke={2} aria-hidden />}
        </UnstyledButton>
      </th>
    )
  }
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={t(`insights.table.${group}`)}>
      <table className={styles.table}>
        <thead>
          <tr>
            {header('name', t(`insights.name.${group}`))}
            {columns.map((figure) =>
              header(
                figure,
                figure === 'perHour' && group === 'courier'
                  ? t('insights.perHourWorked')
                  : t(`insights.figure.${figure}`),
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {sorted?.map((row) => (
            <tr key={row.key}>
              <th scope="row">{names.nameOf(row)}</th>
              {columns.map((figure) => (
                <td key={figure}>
                  <Cell figure={figure} row={row} names={names} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {sorted === undefined && (
        <div role="status" aria-label={t('records.loading')}>
          {Array.from({ length: 7 }, (_, i) => (
            <Skeleton key={i} height={12} my={10} mx={8} width="auto" />
          ))}
        </div>
      )}
      {sorted?.length === 0 && <p className={styles.empty}>{t('insights.nothingEnded')}</p>}
      {group === 'district' && sorted !== undefined && sorted.length > 0 && (
        <p className={styles.empty}>{t('insights.districtNote')}</p>
      )}
    </div>
  )
}

interface CellProps {
  readonly figure: Figure
  readonly row: InsightRow
  readonly names: RowNames
}

function Cell({ figure, row, names }: CellProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const value = renderFigure(format, figure, row[figure])
  if (row[figure] === null || row[figure] === 0) return value
  return (
    <FigureLink
      link={names.linkOf(figure, row)}
      label={t('insights.rowsOf', {
        name: names.nameOf(row),
        figure: t(`insights.figure.${figure}`),
        value,
      })}
    >
      {value}
    </FigureLink>
  )
}
