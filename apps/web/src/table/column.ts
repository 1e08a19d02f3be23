import type { ReactNode } from 'react'

/** What every row of a table has. */
export interface TableRow {
  readonly id: string
  /** Grows with every change: a row whose version grew while it is on screen is marked for a while. */
  readonly version: number
}

export interface Column<Row> {
  readonly id: string
  readonly header: string
  readonly widthPx: number
  readonly align?: 'end'
  readonly sortable?: boolean
  /** Text, icons and marks; nothing that takes the focus: the keyboard moves by row. */
  readonly cell: (row: Row) => ReactNode
}

export interface Sort {
  readonly column: string
  readonly descending: boolean
}

/** `code`, or `-code` for the highest first: as it stands in the address. */
export const renderSort = ({ column, descending }: Sort): string => `${descending ? '-' : ''}${column}`

/** Anything but a column that there is gives the fallback. */
export function parseSort(text: string | undefined, columns: readonly string[], fallback: Sort): Sort {
  const descending = text?.startsWith('-') ?? false
  const column = descending ? text!.slice(1) : text
  return column !== undefined && columns.includes(column) ? { column, descending } : fallback
}

/** A second click on the same header turns the order round. */
export const sortAfterClick = (sort: Sort, column: string): Sort =>
  sort.column === column ? { column, descending: !sort.descending } : { column, descending: false }
