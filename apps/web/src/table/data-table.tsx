import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type DragEvent,
  type KeyboardEvent,
  memo,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import type { Column, Sort, TableRow } from './column.ts'
import { useColumnWidths, widthOf } from './column-widths.ts'
import { DataRow } from './data-row.tsx'
import { DataTableHeader, headerHeightPx } from './data-table-header.tsx'
import { type Selection, selectAll, selectRange, toggleRow } from './selection.ts'
import styles from './data-table.module.css'

export const rowHeightPx = 36

/** Rows that are drawn beyond each edge of the view. */
const overscan = 6
/** How many rows before the end more are asked for: two screens. */
const nearEndRows = 80

export interface DataTableHandle {
  focus(): void
}

export interface DataTableProps<Row extends TableRow> {
  /** Names the element, and the widths that are remembered for it. */
  readonly id: string
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  /** The newest state of a row, where that may be newer than what `rows` holds. Keep the function the same. */
  readonly newest?: (row: Row) => Row
  readonly sort: Sort
  readonly onSort: (column: string) => void
  /** Left out: rows are opened, not selected. */
  readonly selection?: Selection
  readonly onSelect?: (selection: Selection) => void
  /** The row whose details are open. */
  readonly openId: string | null
  readonly onOpen: (row: Row, byKeyboard: boolean) => void
  /** The row that is marked because the pointer is on what it stands for, elsewhere on the page. */
  readonly hoveredId?: string | null
  /** The pointer, or the keyboard, is on this row; null: on none. */
  readonly onHover?: ((id: string | null) => void) | undefined
  readonly onNearEnd?: () => void
  /** What is dragged when a drag starts on this row; null: it cannot be dragged. */
  readonly dragOf?: ((row: Row) => { readonly type: string; readonly data: string } | null) | undefined
  /** Shown in place of rows when there are none. */
  readonly empty: ReactNode
  readonly ref?: Ref<DataTableHandle>
}

/**
 * A grid of which only the visible rows exist. The focus stays on the grid and `aria-activedescendant` names the row,
 * so a row that scrolls away takes no focus with it. Arrows, Page Up and Down, Home and End move; with Shift they
 * select; Space selects one, Ctrl-A all; Enter opens.
 */
function Table<Row extends TableRow>(props: DataTableProps<Row>) {
  const { t } = useTranslation()
  const { id, columns, rows, selection, onSelect, openId, onNearEnd } = props
  const grid = useRef<HTMLDivElement>(null)
  const { widths, setWidth } = useColumnWidths(id)
  const [activeId, setActiveId] = useState<string | null>(null)
  /** Where a range that is selected with Shift began. */
  const anchorId = useRef<string | null>(null)
  useImperativeHandle(props.ref, () => ({ focus: () => grid.current?.focus({ preventScroll: true }) }), [])

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => grid.current,
    estimateSize: () => rowHeightPx,
    overscan,
    // The header sticks to the top and takes this much of the view.
    scrollPaddingEnd: headerHeightPx,
  })
  const visible = virtualizer.getVirtualItems()
  // A row that scrolls out of view gives its element to the one that comes in: changing texts is cheaper than making rows.
  const places = Math.ceil((virtualizer.scrollRect?.height ?? 0) / rowHeightPx) + 1 + 2 * overscan
  const lastVisible = visible.at(-1)?.index ?? 0
  useEffect(() => {
    if (lastVisible >= rows.length - nearEndRows) onNearEnd?.()
  }, [lastVisible, rows.length, onNearEnd])

  const indexOf = (rowId: string | null) => (rowId === null ? -1 : rows.findIndex((row) => row.id === rowId))
  const currentId = activeId ?? openId
  // oxlint-disable-next-line react/exhaustive-deps -- `indexOf` stands for the rows
  const activeIndex = useMemo(() => indexOf(currentId), [rows, currentId])
  useEffect(() => {
    const index = indexOf(openId)
    if (index >= 0) virtualizer.scrollToIndex(index, { align: 'auto' })
    // oxlint-disable-next-line react/exhaustive-deps -- only when another row is opened, not when rows move
  }, [openId])

  const moveTo = (to: number, selecting: boolean) => {
    if (rows.length === 0) return
    const index = Math.max(0, Math.min(rows.length - 1, to))
    setActiveId(rows[index]!.id)
    props.onHover?.(rows[index]!.id)
    virtualizer.scrollToIndex(index, { align: 'auto' })
    if (!selecting) anchorId.current = rows[index]!.id
    else if (onSelect !== undefined) {
      anchorId.current ??= rows[Math.max(0, activeIndex)]!.id
      onSelect(selectRange(rows, Math.max(0, indexOf(anchorId.current)), index))
    }
  }

  const onKeyDown = (event: KeyboardEvent) => {
    // A header's button has keys of its own.
    if (event.target !== event.currentTarget || event.altKey) return
    const withMod = event.ctrlKey || event.metaKey
    const page = Math.max(1, Math.floor((grid.current!.clientHeight - headerHeightPx) / rowHeightPx) - 1)
    const to: Record<string, number> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: Math.max(0, activeIndex - 1),
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
      Home: 0,
      End: rows.length - 1,
    }
    const active = rows[activeIndex]
    const goal = to[event.key]
    if (goal !== undefined) moveTo(goal, event.shiftKey && onSelect !== undefined)
    else if (withMod && event.key.toLowerCase() === 'a' && onSelect !== undefined) onSelect(selectAll(rows))
    else if (withMod) return
    else if (event.key === 'Enter' && active !== undefined) props.onOpen(active, true)
    else if (event.key === ' ' && active !== undefined) {
      if (onSelect === undefined || selection === undefined) props.onOpen(active, true)
      else {
        anchorId.current = active.id
        onSelect(toggleRow(selection, active.id))
      }
    } else if (event.key === 'Escape' && selection !== undefined && selection.size > 0) onSelect?.(new Set())
    else return
    event.preventDefault()
  }

  const onRowClick = useLatest((row: Row, event: MouseEvent, onCheckbox: boolean) => {
    grid.current?.focus({ preventScroll: true })
    setActiveId(row.id)
    if (selection === undefined || onSelect === undefined) return props.onOpen(row, false)
    if (event.shiftKey)
      onSelect(selectRange(rows, indexOf(anchorId.current ?? row.id), indexOf(row.id), selection))
    else {
      anchorId.current = row.id
      if (onCheckbox || event.ctrlKey || event.metaKey) onSelect(toggleRow(selection, row.id))
      else props.onOpen(row, false)
    }
  })
  const onRowDrag = useLatest((row: Row, event: DragEvent) => {
    const dragged = props.dragOf?.(row) ?? null
    if (dragged === null) return event.preventDefault()
    event.dataTransfer.setData(dragged.type, dragged.data)
    event.dataTransfer.effectAllowed = 'move'
  })

  const onSort = useLatest(props.onSort)
  const onSelectAll = useLatest((all: boolean) => onSelect?.(all ? selectAll(rows) : new Set()))

  const selectable = selection !== undefined
  const template = [
    ...(selectable ? ['36px'] : []),
    // The last one takes what is left, so that no row ends in the middle of a wide screen.
    ...columns.map((column, i) =>
      i === columns.length - 1 ? `minmax(${widthOf(column, widths)}px, 1fr)` : `${widthOf(column, widths)}px`,
    ),
  ].join(' ')
  const minWidth = columns.reduce((sum, column) => sum + widthOf(column, widths), selectable ? 36 : 0)

  return (
    <div className={styles.table}>
      <div
        ref={grid}
        id={id}
        className={styles.grid}
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + (selectable ? 1 : 0)}
        aria-multiselectable={selectable}
        aria-activedescendant={activeIndex < 0 ? undefined : `${id}-${rows[activeIndex]!.id}`}
        style={{ '--columns': template, '--min-width': `${minWidth}px` } as CSSProperties}
        onKeyDown={onKeyDown}
        onPointerLeave={() => props.onHover?.(null)}
        onBlur={() => props.onHover?.(null)}
      >
        <DataTableHeader
          columns={columns}
          sort={props.sort}
          onSort={onSort}
          widths={widths}
          onWidth={setWidth}
          selectable={selectable}
          allSelected={selectable && rows.length > 0 && selection.size === rows.length}
          onSelectAll={onSelectAll}
        />
        <div role="rowgroup" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
          {visible.map(({ index, start }) => {
            const row = rows[index]!
            return (
              <DataRow
                key={index % places}
                domId={`${id}-${row.id}`}
                row={props.newest === undefined ? row : props.newest(row)}
                columns={columns}
                index={index}
                top={start}
                active={index === activeIndex}
                open={row.id === openId}
                hovered={row.id === props.hoveredId}
                selected={selectable ? selection.has(row.id) : null}
                draggable={props.dragOf !== undefined}
                changedLabel={t('table.changed')}
                onClick={onRowClick}
                onHover={props.onHover}
                onDragStart={onRowDrag}
              />
            )
          })}
        </div>
      </div>
      {rows.length === 0 && <div className={styles.empty}>{props.empty}</div>}
    </div>
  )
}

/** Generics do not survive `memo`. */
export const DataTable = memo(Table) as typeof Table

/** The same function for as long as the component lives, that calls the newest one: rows need not render again. */
function useLatest<A extends unknown[]>(act: (...args: A) => void): (...args: A) => void {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  return useCallback((...args: A) => latest.current(...args), [])
}
