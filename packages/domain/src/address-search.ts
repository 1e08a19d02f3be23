import { addressWords, editDistance, forgivenEdits, isFiller } from './address-text.ts'
import type { Point } from './geo.ts'

/** Something with a name that an address begins with: a street, a square, a neighbourhood, a landmark. */
export interface AddressStreet {
  readonly id: number
  readonly kind: 'street' | 'place'
  /** As on the sign. */
  readonly name: string
  /** Town or district; empty when nobody said. */
  readonly place: string
  readonly point: Point
  /** How many addresses are known on it: of two with the same name the longer one is meant more often. */
  readonly houses: number
}

export interface RankedStreet {
  readonly street: AddressStreet
  /** 0 to 1. */
  readonly score: number
}

export interface AddressSearch {
  /**
   * Streets whose name has the words, or begins like them, or is a few slips away; best first.
   *
   * @param words of `parseAddressQuery`
   */
  find(words: readonly string[], limit: number): readonly RankedStreet[]
}

interface Word {
  readonly text: string
  /** Positions in `streets`. */
  readonly inName: number[]
  readonly inPlace: number[]
}

interface Hit {
  readonly score: number
  /** Letters of the name that the word accounts for; 0 when it was found in the place. */
  readonly letters: number
}

/** No name of a street has more; each one costs time, and anybody may send a text of a hundred. */
const maxWords = 8

/** How much a match is worth by the way it was found. */
const worth = { exact: 1, prefix: 0.92, slip: 0.78, prefixSlip: 0.7, perEdit: 0.08, inPlace: 0.9 }

/** An index in memory of names, of which a city has some thousands and a province some ten thousands. */
export function createAddressSearch(streets: readonly AddressStreet[]): AddressSearch {
  const { buckets, lengths, firstWords } = indexWords(streets)

  /** The best hit of one word in each street. */
  function hitsOf(word: string): Map<number, Hit> {
    const hits = new Map<number, Hit>()
    const max = forgivenEdits(word)
    // A slip in the first letter is rare, and looking for it would mean comparing with every word there is.
    for (const candidate of buckets.get(word[0]!) ?? []) {
      const score = scoreOf(word, candidate.text, max)
      if (score === 0) continue
      const letters = Math.min(word.length, candidate.text.length)
      for (const at of candidate.inName) better(hits, at, { score, letters })
      for (const at of candidate.inPlace) better(hits, at, { score: score * worth.inPlace, letters: 0 })
    }
    return hits
  }

  type HitsOf = typeof hitsOf

  function rank(words: readonly string[], hitsOf: HitsOf): Map<number, number> {
    const needed = words.filter((word) => !isFiller(word))
    const counted = needed.length > 0 ? needed : words
    const perWord = counted.map((word) => ({ word, hits: hitsOf(word) }))
    const fewest = perWord.toSorted((a, b) => a.hits.size - b.hits.size)[0]
    const scores = new Map<number, number>()
    for (const at of fewest?.hits.keys() ?? []) {
      let sum = 0
      let weights = 0
      let letters = 0
      for (const { word, hits } of perWord) {
        const hit = hits.get(at)
        if (hit === undefined) break
        sum += hit.score * word.length
        weights += word.length
        letters += hit.letters
      }
      // A place alone would bring up every street in it.
      if (weights < perWord.reduce((total, { word }) => total + word.length, 0) || letters === 0) continue
      const coverage = Math.min(1, letters / lengths[at]!)
      const begins = counted[0] !== undefined && firstWords[at]!.startsWith(counted[0]) ? 1 : 0
      scores.set(at, 0.75 * (sum / weights) + 0.2 * coverage + 0.05 * begins)
    }
    return scores
  }

  return {
    find(allWords, limit) {
      const words = allWords.slice(0, maxWords)
      if (words.length === 0) return []
      const known = new Map<string, Map<number, Hit>>()
      const once: HitsOf = (word) => {
        const hits = known.get(word) ?? hitsOf(word)
        known.set(word, hits)
        return hits
      }
      let scores = rank(words, once)
      // "prinsen gracht": what is one word on the sign.
      if (scores.size === 0) {
        scores = new Map()
        for (let i = 1; i < words.length; i++) {
          const joined = [...words.slice(0, i - 1), words[i - 1]! + words[i]!, ...words.slice(i + 1)]
          for (const [at, score] of rank(joined, once))
            scores.set(at, Math.max(scores.get(at) ?? 0, score * 0.95))
        }
      }
      return [...scores]
        .map(([at, score]) => ({ street: streets[at]!, score }))
        .sort(compareRanked)
        .slice(0, limit)
    },
  }
}

function indexWords(streets: readonly AddressStreet[]) {
  const words = new Map<string, Word>()
  const wordOf = (text: string): Word => {
    let word = words.get(text)
    if (word === undefined) words.set(text, (word = { text, inName: [], inPlace: [] }))
    return word
  }
  const lengths: number[] = []
  const firstWords: string[] = []
  for (const [at, { name, place }] of streets.entries()) {
    const named = addressWords(name)
    const whole = named.join('')
    lengths.push(Math.max(1, whole.length))
    firstWords.push(named.find((word) => !isFiller(word)) ?? whole)
    // Written as one word, too: "vanderhoopstraat".
    for (const text of new Set([...named, ...(whole === '' ? [] : [whole])])) wordOf(text).inName.push(at)
    for (const text of new Set(addressWords(place))) wordOf(text).inPlace.push(at)
  }
  return { buckets: Map.groupBy(words.values(), ({ text }) => text[0]!), lengths, firstWords }
}

function scoreOf(typed: string, word: string, max: number): number {
  if (typed === word) return worth.exact
  if (word.startsWith(typed)) return worth.prefix
  if (max === 0) return 0
  const whole = editDistance(typed, word, max, false)
  if (whole !== null) return worth.slip - worth.perEdit * whole
  const open = editDistance(typed, word, max, true)
  return open === null ? 0 : worth.prefixSlip - worth.perEdit * open
}

function better(hits: Map<number, Hit>, at: number, hit: Hit): void {
  const known = hits.get(at)
  if (known === undefined || hit.score > known.score) hits.set(at, hit)
}

/** Best first; what is equal has an order, too, so that the same words always give the same list. */
function compareRanked(a: RankedStreet, b: RankedStreet): number {
  return (
    b.score - a.score ||
    Number(b.street.kind === 'street') - Number(a.street.kind === 'street') ||
    b.street.houses - a.street.houses ||
    (a.street.name < b.street.name ? -1 : a.street.name > b.street.name ? 1 : a.street.id - b.street.id)
  )
}
