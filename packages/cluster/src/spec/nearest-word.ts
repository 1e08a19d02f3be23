/** The candidate that was most likely meant by a mistyped word; null when none is close: at most a third of its letters differ. */
export function nearestWord(word: string, candidates: Iterable<string>): string | null {
  const wanted = normalise(word)
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const name = normalise(candidate)
    // `--bike-code` for `--bike` is a common slip that edit distance alone calls far.
    const distance = wanted.length > 2 && name.startsWith(wanted) ? 1 : editDistance(wanted, name)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `timeZone` and `time-zone` are `time_zone`, spelled in another habit. */
const normalise = (word: string) => word.toLowerCase().replaceAll(/[-_ ]/g, '')

/** Damerau-Levenshtein with adjacent swaps (optimal string alignment): typing slips cost one. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
