import { stripVTControlCharacters } from 'node:util'

/**
 * Rows in columns as wide as their content, two spaces apart; colours have no width. The last column is not
 * padded.
 *
 * @param header shown above the rows; no rows gives no table
 */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === cells.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)),
      )
      .join('  ')
      .trimEnd()
  return [header, ...rows].map(line).join('\n')
}

const widthOf = (cell: string): number => stripVTControlCharacters(cell).length
