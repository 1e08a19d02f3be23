/** The candidate that was most likely meant by a mistyped word; null when none is close. */
export function nearestWord(word: string, candidates: Iterable<string>): string | null {
  const wanted = normalise(word)
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const name = normalise(candidate)
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

/** Levenshtein's distance, where two letters swapped count once. */
function editDistance(a: string, b: string): number {
  const width = b.length + 1
  const cells = Array.from({ length: (a.length + 1) * width }, () => 0)
  const at = (i: number, j: number) => cells[i * width + j] ?? 0
  for (let i = 0; i <= a.length; i++)
    for (let j = 0; j <= b.length; j++) {
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      cells[i * width + j] =
        i === 0 || j === 0
          ? i + j
          : Math.min(
              at(i - 1, j) + 1,
              at(i, j - 1) + 1,
              at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
              isSwap ? at(i - 2, j - 2) + 1 : Infinity,
            )
    }
  return cells[a.length * width + b.length]!
}
