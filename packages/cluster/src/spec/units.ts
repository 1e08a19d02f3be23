const sizeUnits: Readonly<Record<string, number>> = { kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 }
const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const unitWords: Readonly<Record<string, string>> = {
  k: 'kb',
  m: 'mb',
  g: 'gb',
  t: 'tb',
  kib: 'kb',
  mib: 'mb',
  gib: 'gb',
  tib: 'tb',
}
const durationWords: Readonly<Record<string, string>> = {
  sec: 's',
  second: 's',
  seconds: 's',
  m: 'min',
  minute: 'min',
  minutes: 'min',
  hour: 'h',
  hours: 'h',
  day: 'd',
  days: 'd',
}

/** `8 GB` in bytes. A kB is 1024 bytes, as PostgreSQL and the kernel count memory. Null when it is no size. */
export const parseSize = (text: string): number | null => parseQuantity(text, sizeUnits, unitWords)

/** `30s`, `250 ms`, `30 days` in milliseconds. Null when it is no duration. */
export const parseDuration = (text: string): number | null =>
  parseQuantity(text, durationUnits, durationWords)

function parseQuantity(
  text: string,
  units: Readonly<Record<string, number>>,
  words: Readonly<Record<string, string>>,
): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim())
  if (!match) return null
  const word = match[2]!.toLowerCase()
  const unit = units[words[word] ?? word]
  if (unit === undefined) return null
  const quantity = Number(match[1]) * unit
  return Number.isInteger(quantity) ? quantity : null
}
