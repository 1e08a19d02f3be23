/** A source of chance that can be repeated: the same seed gives the same numbers on every machine. */
export interface Random {
  /** 0 <= x < 1. */
  readonly next: () => number
  /** min <= x < max. */
  readonly between: (min: number, max: number) => number
  /** min <= x <= max, whole. */
  readonly int: (min: number, max: number) => number
  readonly chance: (probability: number) => boolean
  /** @throws RangeError when there is nothing to pick from */
  readonly pick: <T>(items: readonly T[]) => T
  /** Mean 0, standard deviation 1. */
  readonly normal: () => number
  /** A stream of its own: what one rider draws does not shift what another gets. */
  readonly fork: (label: string) => Random
}

/** sfc32 (Chris Doty-Humphrey, PractRand): small, fast, and passes the tests that matter for a simulation. */
export function createRandom(seed: string): Random {
  const hash = hashText(seed)
  let [a, b, c, counter] = [hash(), hash(), hash(), 1]
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    c |= 0
    return (t >>> 0) / 2 ** 32
  }
  // The first numbers still resemble the seed.
  for (let i = 0; i < 12; i++) next()
  const random: Random = {
    next,
    between: (min, max) => min + next() * (max - min),
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('nothing to pick from')
      return items[Math.floor(next() * items.length)]!
    },
    // Box and Muller; 1 - x keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => createRandom(`${seed}/${label}`),
  }
  return random
}

/** xmur3: a stream of 32-bit hashes of a text. */
function hashText(text: string): () => number {
  let h = 1779033703 ^ text.length
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353)
    h = (h << 13) | (h >>> 19)
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2246822507)
    h = Math.imul(h ^ (h >>> 13), 3266489909)
    return (h ^= h >>> 16) | 0
  }
}
