/** One claim about speed and what this run says of it. */
export interface BenchResult {
  readonly claim: string
  readonly measured: number
  /** `ratio`, `ms`, `MB`, `fixes/s`, ... */
  readonly unit: string
  readonly target: number
  readonly better: 'higher' | 'lower'
  /** What the figure was compared with, and the raw figures behind a ratio. */
  readonly detail?: string
}

export const holds = (result: BenchResult): boolean =>
  result.better === 'higher' ? result.measured >= result.target : result.measured <= result.target

/** The p-th percentile (0 to 100) of the values, by the nearest-rank method. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN
}

export const median = (values: readonly number[]): number => percentile(values, 50)

/** Rounds to three significant digits, for people. */
export const readable = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))

export function printResults(results: readonly BenchResult[]): void {
  console.log('| claim | measured | target | holds |\n|---|---|---|---|')
  for (const result of results) {
    const target = `${result.better === 'higher' ? '>=' : '<='} ${readable(result.target)} ${result.unit}`
    console.log(
      `| ${result.claim} | ${readable(result.measured)} ${result.unit} | ${target} | ${holds(result) ? 'yes' : '**no**'} |`,
    )
  }
  for (const { claim, detail } of results) if (detail) console.log(`- ${claim}: ${detail}`)
}
