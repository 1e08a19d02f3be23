/** How text is compared in a search: lower case, without accents ("Café" is found by "cafe"). */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** What a row is found by. Fields are kept apart by a line break, so that no word is found across two of them. */
export function searchText(...fields: readonly (string | null)[]): string {
  return foldText(fields.filter((field) => field !== null && field !== '').join('\n'))
}

/** The words of a query, folded; each must occur. */
export function searchWords(query: string | undefined): readonly string[] {
  return foldText(query ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** A pattern for LIKE ... ESCAPE '\' that finds the word anywhere. */
export function likePattern(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`
}
