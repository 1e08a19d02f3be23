import type { Sort } from '../table/column.ts'
import type { Figure, InsightRow } from './figures.ts'

/** The rows in another order; what is not known comes last either way. */
export function sortRows(
  rows: readonly InsightRow[],
  { column, descending }: Sort,
  nameOf: (row: InsightRow) => string,
): readonly InsightRow[] {
  const turn = descending ? -1 : 1
  return rows.toSorted((a, b) => {
    if (column === 'name') return turn * compareNames(a, b, nameOf)
    const [left, right] = [a[column as Figure], b[column as Figure]]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    return turn * (left - right)
  })
}

/** Hours and days in the order of time, which is their key. */
function compareNames(a: InsightRow, b: InsightRow, nameOf: (row: InsightRow) => string): number {
  return isTime(a) && isTime(b) ? Number(a.key) - Number(b.key) : nameOf(a).localeCompare(nameOf(b))
}

const isTime = ({ filter }: InsightRow) => filter.courierId === undefined && filter.district === undefined
