import { timeZone } from './format.ts'

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** The wall clock in Amsterdam as if it were UTC, epoch ms: good for its fields, not as a moment. */
function wallClockMs(ms: number): number {
  const field = Object.fromEntries(parts.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(
    field['year']!,
    field['month']! - 1,
    field['day'],
    field['hour'],
    field['minute'],
    field['second'],
  )
}

/**
 * The moment at which Amsterdam's clocks show this. A time that is skipped in spring is read as the one after the gap,
 * one that comes twice in autumn as the first.
 *
 * @param date `2026-11-23`
 * @param time `14:05`
 * @returns epoch ms; NaN when either is no such thing
 */
export function amsterdamMs(date: string, time = '00:00'): number {
  if (!isDate(date) || !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return Number.NaN
  const wanted = Date.parse(`${date}T${time}:00Z`)
  // The offset a day earlier, then at the guess: the first gives the earlier of two readings in autumn.
  const before = wanted - (wallClockMs(wanted - 86_400_000) - (wanted - 86_400_000))
  if (wallClockMs(before) === wanted) return before
  const after = wanted - (wallClockMs(before) - before)
  return wallClockMs(after) === wanted ? after : before
}

/** `2026-11-23`, as the calendar in Amsterdam says. */
export const amsterdamDate = (ms: number): string => new Date(wallClockMs(ms)).toISOString().slice(0, 10)

/** `14:05`, as the clocks in Amsterdam show. */
export const amsterdamTime = (ms: number): string => new Date(wallClockMs(ms)).toISOString().slice(11, 16)

/** How far Amsterdam is from UTC at a moment: `+01:00`. */
export const amsterdamOffset = (ms: number): string =>
  `+${String(Math.round((wallClockMs(ms) - ms) / 3_600_000)).padStart(2, '0')}:00`

/** From midnight to midnight: 23 or 25 hours twice a year. */
export function amsterdamDay(date: string): { readonly fromMs: number; readonly toMs: number } {
  const next = new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
  return { fromMs: amsterdamMs(date), toMs: amsterdamMs(next) }
}

/** Some day before or after. */
export const dateAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** A day that is in the calendar: not the 30th of February. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}
