import type { EntityKind } from '@fleet/domain'
import { sql, type RawBuilder } from 'kysely'
import type { IndexedSearch } from '../backend.ts'

const lastCharacter = '\u{10ffff}'
const lengthOf = (word: string) => Array.from(word).length

/**
 * Deliveries are looked up in `delivery_search`, which is an index of trigrams; the other kinds are few. Without a word of
 * three letters, one of two is looked up as the beginning of trigrams; a single letter is in nearly every row.
 */
export function indexedSearch(kind: EntityKind, words: readonly string[]): IndexedSearch | null {
  if (kind !== 'delivery') return null
  const long = words.filter((word) => lengthOf(word) >= 3)
  if (long.length > 0)
    return {
      condition: found(
        sql.join(
          long.map((word) => sql`search_text glob ${globPattern(word)}`),
          sql` and `,
        ),
      ),
      rest: words.filter((word) => !long.includes(word)),
    }
  const pair = words.find((word) => lengthOf(word) === 2)
  if (pair === undefined) return null
  return {
    condition: found(sql`delivery_search match (
      select coalesce(group_concat('"' || replace(term, '"', '""') || '"', ' OR '), '""')
      from delivery_trigrams where term >= ${pair} and term < ${pair + lastCharacter}
    )`),
    rest: words.filter((word) => word !== pair),
  }
}

/** The rowid of the index is the number in the delivery's code. */
const found = (condition: RawBuilder<unknown>) =>
  sql<boolean>`code in (select printf('D-%06d', rowid) from delivery_search where ${condition})`

/** A pattern for GLOB that finds the word anywhere. In brackets, a character stands for itself. */
const globPattern = (word: string) => `*${word.replace(/[*?[]/g, '[$&]')}*`
