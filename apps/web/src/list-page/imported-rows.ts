/** Which of the ids that were asked about are taken, as the server knows. */
export interface KnownIds<There extends { readonly id: string }> {
  readonly there: readonly There[]
  /** Of rows that were removed, or whose creation was undone; the id cannot be given again. */
  readonly removed: readonly There['id'][]
}

/** A row of a file that may be imported. */
export interface ImportedRow<Content, There extends { readonly id: string }> {
  readonly content: Content
  readonly id: There['id']
  /** What was created from it before; null: it is new. */
  readonly there: There | null
}

/**
 * Looks up which rows of a file were imported before. The id of an imported row follows from what the row says, so that
 * it is created once: by whoever reloads the page meanwhile, presses twice, corrects some rows and imports the file
 * again, or is the second to import it.
 *
 * @param idOf `nth` is 0 for the first row that says this, 1 for the second; `attempt` is higher by one for each time
 *   that what was created was removed again, since an id is not given twice
 * @param known asks the server which ids are taken
 */
export async function findImported<Content, There extends { readonly id: string }>(
  contents: readonly Content[],
  idOf: (content: Content, nth: number, attempt: number) => There['id'],
  known: (ids: readonly There['id'][]) => Promise<KnownIds<There>>,
): Promise<readonly ImportedRow<Content, There>[]> {
  const seen = new Map<string, number>()
  const rows = contents.map((content) => {
    const first = idOf(content, 0, 0)
    const nth = seen.get(first) ?? 0
    seen.set(first, nth + 1)
    return { content, nth, attempt: 0, id: idOf(content, nth, 0), there: null as There | null }
  })
  for (let open = rows; open.length > 0;) {
    const { there, removed } = await known([...new Set(open.map(({ id }) => id))])
    const byId = new Map<string, There>(there.map((row) => [row.id, row]))
    for (const row of open) row.there = byId.get(row.id) ?? null
    const gone = new Set<string>(removed)
    open = open.filter(({ id }) => gone.has(id))
    for (const row of open) {
      row.attempt++
      row.id = idOf(row.content, row.nth, row.attempt)
    }
  }
  return rows
}
