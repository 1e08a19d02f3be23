import { type DragEvent, memo, type MouseEvent, useEffect, useRef, useState } from 'react'
import { CheckMark } from './check-mark.tsx'
import type { Column, TableRow } from './column.ts'
import styles from './data-table.module.css'

/** Long enough for eyes that were elsewhere. */
export const changedMarkMs = 4_000

interface DataRowProps<Row extends TableRow> {
  readonly domId: string
  readonly row: Row
  readonly columns: readonly Column<Row>[]
  readonly index: number
  readonly top: number
  readonly active: boolean
  readonly open: boolean
  readonly hovered: boolean
  /** Null: rows of this table cannot be selected. */
  readonly selected: boolean | null
  readonly draggable: boolean
  readonly changedLabel: string
  readonly onHover: ((id: string) => void) | undefined
  readonly onClick: (row: Row, event: MouseEvent, onCheckbox: boolean) => void
  readonly onDragStart: (row: Row, event: DragEvent) => void
}

function Row<R extends TableRow>(props: DataRowProps<R>) {
  const { row, columns, selected, active } = props
  const changed = useChangedMark(row)
  const firstColumn = selected === null ? 1 : 2
  return (
    <div
      id={props.domId}
      role="row"
      className={styles.row}
      aria-rowindex={props.index + 2}
      aria-selected={selected ?? props.open}
      data-active={active}
      data-open={props.open}
      data-changed={changed}
      data-hovered={props.hovered}
      draggable={props.draggable}
      style={{ transform: `translateY(${props.top}px)` }}
      // A range is selected with Shift: of rows, not of letters.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={(event) => props.onClick(row, event, false)}
      onPointerEnter={() => props.onHover?.(row.id)}
      onDragStart={(event) => props.onDragStart(row, event)}
    >
      {selected !== null && (
        <div
          role="gridcell"
          aria-colindex={1}
          className={styles.checkCell}
          onClick={(event) => {
            event.stopPropagation()
            props.onClick(row, event, true)
          }}
        >
          <CheckMark checked={selected} />
        </div>
      )}
      {columns.map((column, i) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={firstColumn + i}
          className={styles.cell}
          data-align={column.align}
        >
          {column.cell(row)}
          {changed && i === 0 && <span className="heard-only"> {props.changedLabel}</span>}
        </div>
      ))}
    </div>
  )
}

/** Generics do not survive `memo`. */
export const DataRow = memo(Row) as typeof Row

/** True for a while after the version grew; not when the row first appears, here or in the place of another. */
export function useChangedMark({ id, version }: TableRow): boolean {
  const seen = useRef({ id, version })
  const [changedId, setChangedId] = useState<string | null>(null)
  useEffect(() => {
    const before = seen.current
    seen.current = { id, version }
    if (before.id !== id) setChangedId(null)
    if (before.id !== id || version <= before.version) return undefined
    setChangedId(id)
    const timer = setTimeout(() => setChangedId(null), changedMarkMs)
    return () => clearTimeout(timer)
  }, [id, version])
  return changedId === id
}
