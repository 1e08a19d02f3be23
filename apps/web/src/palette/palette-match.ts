import { searchable } from '../list-page/searchable.ts'

/** What an entry is found by, folded once. */
export interface Searched<T> {
  readonly item: T
  readonly title: string
  readonly more: string
}

export const searched = <
  T extends { readonly title: string; readonly detail?: string; readonly keywords?: string },
>(
  item: T,
): Searched<T> => ({
  item,
  title: searchable(item.title),
  more: searchable(`${item.detail ?? ''} ${item.keywords ?? ''}`),
})

/**
 * How well the words match; 0 not at all. Every word must occur. The start of the title counts most, then the start of
 * a word in it, then anywhere in it, then the rest.
 */
export function matchScore({ title, more }: Searched<unknown>, words: readonly string[]): number {
  let score = 0
  for (const word of words) {
    if (title.startsWith(word)) score += 8
    else if (title.includes(` ${word}`) || title.includes(`-${word}`)) score += 5
    else if (title.includes(word)) score += 3
    else if (more.includes(word)) score += 1
    else return 0
  }
  return score
}

export const wordsOf = (text: string): string[] => searchable(text).split(/\s+/).filter(Boolean)

export interface Match<T> {
  readonly item: T
  readonly score: number
}

/** The best matches, best first; among equals in the order given. */
export function bestMatches<T>(
  entries: readonly Searched<T>[],
  words: readonly string[],
  limit: number,
): readonly Match<T>[] {
  if (words.length === 0) return entries.slice(0, limit).map(({ item }) => ({ item, score: 0 }))
  return entries
    .map((entry) => ({ item: entry.item, score: matchScore(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
}
