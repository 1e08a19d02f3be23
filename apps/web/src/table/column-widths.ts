import { useCallback, useState } from 'react'
import type { Column } from './column.ts'

/** By the column's id; those that have their own width are not named. */
export type ColumnWidths = Readonly<Record<string, number>>

export const widthOf = <Row>({ id, widthPx }: Column<Row>, widths: ColumnWidths): number =>
  widths[id] ?? widthPx

export const minColumnPx = 48
const maxColumnPx = 800

/**
 * Widths that this person gave to columns, kept on this machine.
 *
 * @param tableId whose widths
 */
export function useColumnWidths(tableId: string) {
  const storageKey = `fleet-columns-${tableId}`
  const [widths, setWidths] = useState<ColumnWidths>(() => readWidths(storageKey))
  const setWidth = useCallback(
    (column: string, widthPx: number | null) =>
      setWidths((before) => {
        const { [column]: _, ...others } = before
        const next =
          widthPx === null
            ? others
            : { ...others, [column]: Math.round(Math.min(maxColumnPx, Math.max(minColumnPx, widthPx))) }
        try {
          localStorage.setItem(storageKey, JSON.stringify(next))
        } catch {
          // Storage may be forbidden; the widths then last until the page is closed.
        }
        return next
      }),
    [storageKey],
  )
  return { widths, setWidth }
}

function readWidths(storageKey: string): ColumnWidths {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}')
    if (typeof stored !== 'object' || stored === null) return {}
    return Object.fromEntries(
      Object.entries(stored).filter(
        (entry): entry is [string, number] =>
          typeof entry[1] === 'number' && entry[1] >= minColumnPx && entry[1] <= maxColumnPx,
      ),
    )
  } catch {
    return {}
  }
}
