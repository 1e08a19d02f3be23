/** Words that people leave out or abbreviate: they help when they match and cost nothing when they do not. */
const fillers = new Set(['van', 'der', 'den', 'de', 'het', 'ter', 'ten', 't', 's', 'v', 'd', 'vd', 'aan'])

const ordinals: ReadonlyMap<string, string> = new Map([
  ['1e', 'eerste'],
  ['1ste', 'eerste'],
  ['2e', 'tweede'],
  ['2de', 'tweede'],
  ['3e', 'derde'],
  ['3de', 'derde'],
  ['4e', 'vierde'],
  ['4de', 'vierde'],
  ['5e', 'vijfde'],
  ['5de', 'vijfde'],
])

/** What people write for the same door: `huis`, roman floors. */
const suffixNames: ReadonlyMap<string, string> = new Map([
  ['hs', 'h'],
  ['huis', 'h'],
  ['i', '1'],
  ['ii', '2'],
  ['iii', '3'],
  ['iv', '4'],
])

/** A house number as compared: `263-H` and `263 huis` are number 263, suffix `h`. */
export interface HouseNumber {
  readonly number: number
  /** Lower-case letters and digits; empty for the bare number. */
  readonly suffix: string
}

/** What somebody typed, taken apart. */
export interface AddressQuery {
  /** Folded words of street and place. */
  readonly words: readonly string[]
  readonly houseNumber: HouseNumber | null
  /** `1016GV`. */
  readonly postcode: string | null
}

export const isFiller = (word: string): boolean => fillers.has(word)

/**
 * The words of a name or a query, as they are compared: lower case, without accents and punctuation, ordinals written
 * out, `y` as `ij` (Heyden and Heijden are one name to whoever types it).
 */
export function addressWords(text: string): readonly string[] {
  const words = text
    .normalize('NFKD')
    .replace(/[\p{M}'’‘`´]/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  return words.map((word, i) => {
    // The last word may be one that is still being typed: `st` is then the beginning of anything.
    if (word === 'st' && i < words.length - 1) return 'sint'
    return ordinals.get(word) ?? word.replaceAll('y', 'ij')
  })
}

/** @returns null for what begins with no number, such as a house's name */
export function parseHouseNumber(text: string): HouseNumber | null {
  const match = /^(\d{1,5})(?!\d)(.*)$/su.exec(text.trim())
  if (match === null) return null
  const suffix = match[2]!
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '')
  return { number: Number(match[1]), suffix: suffixNames.get(suffix) ?? suffix }
}

/** `1016 gv` as `1016GV`; null for what is no Dutch postcode. */
export function parsePostcode(text: string): string | null {
  const match = /^\s*([1-9]\d{3})\s?([a-z]{2})\s*$/i.exec(text)
  return match === null ? null : `${match[1]}${match[2]!.toUpperCase()}`
}

const postcodeInside = /(?<![\p{L}\p{N}])([1-9]\d{3})\s?([a-z]{2})(?![\p{L}\p{N}])/iu
const numberWord = /^\d{1,5}(?:[-/]?[a-z0-9]{1,4})?$/i
const suffixWord = /^(?:[a-z]|hs|huis|bis|i{2,3}|iv|\d{1,2})$/i

/** Takes a query apart: `prinsengr 263-h`, `263 Prinsengracht`, `1016 GV 263`, `2e Helmersstraat 10 II, Amsterdam`. */
export function parseAddressQuery(text: string): AddressQuery {
  const found = postcodeInside.exec(text)
  const postcode = found === null ? null : `${found[1]}${found[2]!.toUpperCase()}`
  const rest = found === null ? text : text.replace(found[0], ' , ')
  const tokens = rest.split(/[\s,;]+/).filter((token) => token !== '')
  const isNumber = (token: string) => numberWord.test(token) && !ordinals.has(token.toLowerCase())
  // The last number counts: a street may have one in its name ("Plein '40-'45").
  const at = tokens.findLastIndex(
    (token, i) => isNumber(token) && !(i > 0 && suffixWord.test(token) && /^\d{1,5}$/.test(tokens[i - 1]!)),
  )
  if (at === -1) return { words: addressWords(tokens.join(' ')), houseNumber: null, postcode }
  const next = tokens[at + 1]
  const hasSuffix = next !== undefined && suffixWord.test(next) && /^\d+$/.test(tokens[at]!)
  return {
    words: addressWords([...tokens.slice(0, at), ...tokens.slice(at + (hasSuffix ? 2 : 1))].join(' ')),
    houseNumber: parseHouseNumber(hasSuffix ? `${tokens[at]!}-${next}` : tokens[at]!),
    postcode,
  }
}

/** So many mistakes are forgiven in a word: none in a short one, where everything is near everything. */
export const forgivenEdits = (word: string): number => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2)

/**
 * The fewest insertions, deletions, replacements and swaps of neighbours that make `typed` equal to `word` (optimal
 * string alignment), or to any beginning of it with `isOpen`.
 *
 * @returns null when there are more than `max`
 */
export function editDistance(typed: string, word: string, max: number, isOpen: boolean): number | null {
  const columns = Math.min(word.length, typed.length + max)
  if (word.length < typed.length - max || (!isOpen && word.length > typed.length + max)) return null
  let before: number[] = []
  let above = Array.from({ length: columns + 1 }, (_, i) => i)
  for (let row = 1; row <= typed.length; row++) {
    const current = [row]
    let least = row
    for (let column = 1; column <= columns; column++) {
      const same = typed[row - 1] === word[column - 1]
      let edits = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + (same ? 0 : 1))
      if (row > 1 && column > 1 && typed[row - 1] === word[column - 2] && typed[row - 2] === word[column - 1])
        edits = Math.min(edits, before[column - 2]! + 1)
      current.push(edits)
      least = Math.min(least, edits)
    }
    // A swap may still come back from the row before the last, one edit cheaper.
    if (least > max + 1) return null
    before = above
    above = current
  }
  const edits = isOpen ? Math.min(...above) : above[columns]!
  return edits <= max ? edits : null
}
