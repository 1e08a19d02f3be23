import { createRecording, type Recording, type TimedFix } from '@fleet/api/recording'

/** A row that cannot be read: `Line 17: lat is "95"; expected: degrees from -90 to 90.` */
export type ParsedRecording =
  | { readonly ok: true; readonly recording: Recording }
  | { readonly ok: false; readonly problems: readonly string[] }

const needed = ['time', 'lat', 'lon'] as const
const optional = ['speed_kmh', 'heading_deg', 'accuracy_m', 'altitude_m'] as const
type Column = (typeof needed)[number] | (typeof optional)[number]

const bounds: Readonly<Record<Exclude<Column, 'time'>, readonly [number, number, string]>> = {
  lat: [-90, 90, 'degrees from -90 to 90'],
  lon: [-180, 180, 'degrees from -180 to 180'],
  // Phones write -1 for what they do not know.
  speed_kmh: [-1, 1_000, 'km/h, or nothing'],
  heading_deg: [-1, 360, 'degrees from 0 to 360, or nothing'],
  accuracy_m: [-1, 100_000, 'metres, or nothing'],
  altitude_m: [-500, 20_000, 'metres, or nothing'],
}

/**
 * Reads a ride written as CSV with a header: `time,lat,lon,speed_kmh,heading_deg,accuracy_m`, in any order; other
 * columns are ignored and only the first three must be there. Times are ISO 8601, or times of day `13:33:13.693`.
 *
 * @returns the ride, or every problem with its line number
 */
export function parseRideCsv(text: string): ParsedRecording {
  // Excel writes a byte order mark, and Windows ends lines with CRLF.
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const header = (lines[0] ?? '').split(',').map((name) => name.trim().toLowerCase())
  const missing = needed.filter((name) => !header.includes(name))
  if (missing.length > 0)
    return {
      ok: false,
      problems: [`Line 1: the header lacks ${missing.join(', ')}; it is "${(lines[0] ?? '').slice(0, 80)}".`],
    }

  const problems: string[] = []
  const timed: TimedFix[] = []
  let dated: boolean | null = null
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue
    const fail = (sentence: string) => {
      problems.push(`Line ${index + 1}: ${sentence}`)
    }
    const cells = line.split(',').map((cell) => cell.trim())
    if (cells.length !== header.length) {
      fail(`${cells.length} values, but the header has ${header.length}.`)
      continue
    }
    const before = problems.length
    const cell = (name: Column) => cells[header.indexOf(name)] ?? ''
    const read = (name: Exclude<Column, 'time'>, isNeeded = false): number | null => {
      const value = cell(name)
      if (value === '' && !isNeeded) return null
      const [min, max, expected] = bounds[name]
      const number = value === '' ? Number.NaN : Number(value)
      if (number >= min && number <= max) return number
      fail(`${name} is "${value}"; expected: ${expected}.`)
      return null
    }
    const time = parseTime(cell('time'))
    if (time === null)
      fail(`time is "${cell('time')}"; expected: ISO 8601 with a zone, or a time of day like 13:33:13.693.`)
    else if (dated !== null && dated !== time.dated) fail('some times have a date and some do not.')
    else dated = time.dated
    const lat = read('lat', true)
    const lon = read('lon', true)
    const speedKmh = known(read('speed_kmh'))
    const headingDeg = known(read('heading_deg'))
    const accuracyM = known(read('accuracy_m'))
    const altitudeM = read('altitude_m')
    if (problems.length > before || time === null || lat === null || lon === null) continue
    timed.push({
      atMs: time.ms,
      lat,
      lon,
      speedMps: speedKmh === null ? null : speedKmh / 3.6,
      headingDeg: headingDeg === null ? null : headingDeg % 360,
      accuracyM,
      altitudeM,
    })
  }
  if (problems.length === 0 && timed.length === 0) problems.push('Line 2: there is no fix in the file.')
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, recording: createRecording(timed, dated === true) }
}

const known = (value: number | null) => (value === null || value < 0 ? null : value)

function parseTime(text: string): { readonly ms: number; readonly dated: boolean } | null {
  const clock = /^(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,9})?)$/.exec(text)
  if (clock) {
    const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3])]
    if (hours > 23 || minutes > 59 || seconds >= 60) return null
    return { ms: Math.round((hours * 3_600 + minutes * 60 + seconds) * 1_000), dated: false }
  }
  // Without a zone nobody knows when it was.
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(text)) return null
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : { ms, dated: true }
}
