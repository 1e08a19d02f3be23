export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** @throws RangeError when there is nothing to describe */
export function spreadOf(values: readonly number[]): Spread {
  return {
    min: percentile(values, 0),
    median: percentile(values, 50),
    max: percentile(values, 100),
  }
}

/**
 * The smallest value that at least `share` percent of all are not above (nearest rank).
 *
 * @param share 0-100
 * @throws RangeError when there are no values
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)]
  if (value === undefined) throw new RangeError('no values to describe')
  return value
}
