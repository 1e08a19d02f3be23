/** Ids of the rows that are selected. A value. */
export type Selection = ReadonlySet<string>

export const nothingSelected: Selection = new Set()

interface WithId {
  readonly id: string
}

export function toggleRow(selection: Selection, id: string): Selection {
  const next = new Set(selection)
  if (!next.delete(id)) next.add(id)
  return next
}

/** The rows between two places, both included, on top of what `kept` holds. */
export function selectRange(
  rows: readonly WithId[],
  from: number,
  to: number,
  kept: Selection = nothingSelected,
): Selection {
  const next = new Set(kept)
  for (let i = Math.max(0, Math.min(from, to)); i <= Math.min(rows.length - 1, Math.max(from, to)); i++)
    next.add(rows[i]!.id)
  return next
}

export const selectAll = (rows: readonly WithId[]): Selection => new Set(rows.map(({ id }) => id))

/** Without what is not listed (any more): nobody acts on rows that they cannot see. */
export function listedOnly(selection: Selection, rows: readonly WithId[]): Selection {
  if (selection.size === 0) return selection
  const listed = new Set<string>()
  for (const { id } of rows) if (selection.has(id)) listed.add(id)
  return listed.size === selection.size ? selection : listed
}
