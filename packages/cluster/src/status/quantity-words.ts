const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `0 B`, `512 B`, `1.4 MB`, `23 GB`: powers of 1024, as PostgreSQL's `pg_size_pretty` counts. */
export function bytesInWords(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024
    unit++
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${byteUnits[unit]}`
}

/** `12 s`, `3 min`, `5 h`, `2 days`: one unit, rounded down, so that nothing looks older than it is. */
export function durationInWords(durationMs: number): string {
  const s = Math.max(0, durationMs) / 1000
  if (s < 100) return `${Math.floor(s)} s`
  if (s < 100 * 60) return `${Math.floor(s / 60)} min`
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h`
  return `${Math.floor(s / 86_400)} days`
}

/** `1 standby`, `2 standbys`. */
export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
