import { UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type KeyboardEvent, memo, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Column, Sort } from './column.ts'
import { type ColumnWidths, widthOf } from './column-widths.ts'
import { CheckMark } from './check-mark.tsx'
import styles from './data-table.module.css'

export const headerHeightPx = 34
const keyStepPx = 16

interface DataTableHeaderProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly sort: Sort
  readonly onSort: (column: string) => void
  readonly widths: ColumnWidths
  /** Null gives the column its own width back. */
  readonly onWidth: (column: string, widthPx: number | null) => void
  readonly selectable: boolean
  readonly allSelected: boolean
  readonly onSelectAll: (all: boolean) => void
}

/** Headers that sort; their right edge is dragged, or Alt and arrows pressed, for the width; twice for the own width. */
function Header<Row>(props: DataTableHeaderProps<Row>) {
  const { t } = useTranslation()
  const { columns, sort, widths, onWidth } = props
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.headRow}>
        {props.selectable && (
          <div role="columnheader" aria-colindex={1} className={styles.checkCell}>
            <UnstyledButton
              className={styles.checkAll}
              aria-pressed={props.allSelected}
              aria-label={t('table.selectAll')}
              onClick={() => props.onSelectAll(!props.allSelected)}
            >
              <CheckMark checked={props.allSelected} />
            </UnstyledButton>
          </div>
        )}
        {columns.map((column, i) => (
          <div
            key={column.id}
            role="columnheader"
            aria-colindex={i + 1 + (props.selectable ? 1 : 0)}
            aria-sort={
              column.sortable !== true
                ? undefined
                : sort.column !== column.id
                  ? 'none'
                  : sort.descending
                    ? 'descending'
                    : 'ascending'
            }
            className={styles.headCell}
            data-align={column.align}
          >
            {column.sortable === true ? (
              <UnstyledButton
                className={styles.sortButton}
                title={t('table.widthHint')}
                onClick={() => props.onSort(column.id)}
                onKeyDown={(event: KeyboardEvent) => {
                  const step = { ArrowLeft: -keyStepPx, ArrowRight: keyStepPx }[event.key]
                  if (!event.altKey || step === undefined) return
                  event.preventDefault()
                  onWidth(column.id, widthOf(column, widths) + step)
                }}
              >
                <span>{column.header}</span>
                {sort.column === column.id &&
                  (sort.descending ? (
                    <IconArrowDown size={14} stroke={2} aria-hidden />
                  ) : (
                    <IconArrowUp size={14} stroke={2} aria-hidden />
                  ))}
              </UnstyledButton>
            ) : (
              <span>{column.header}</span>
            )}
            {i < columns.length - 1 && (
              <WidthHandle
                widthPx={widthOf(column, widths)}
                onWidth={(widthPx) => onWidth(column.id, widthPx)}
              />
            )}
          </div>
        ))}
      </div>
    </div>
  )
}

/** Generics do not survive `memo`. */
export const DataTableHeader = memo(Header) as typeof Header

function WidthHandle(props: { widthPx: number; onWidth: (widthPx: number | null) => void }) {
  const start = useRef<{ x: number; widthPx: number } | null>(null)
  return (
    <span
      className={styles.widthHandle}
      aria-hidden
      onDoubleClick={() => props.onWidth(null)}
      onPointerDown={(event: PointerEvent) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, widthPx: props.widthPx }
      }}
      onPointerMove={(event: PointerEvent) => {
        if (start.current !== null) props.onWidth(start.current.widthPx + event.clientX - start.current.x)
      }}
      onPointerUp={() => {
        start.current = null
      }}
    />
  )
}
