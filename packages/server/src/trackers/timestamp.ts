/// <reference lib="esnext.temporal" />

/**
 * Times as trackers write them. All functions return epoch milliseconds, or NaN when the text is no such time: no exception,
 * because the batch parser reads 150,000 a second.
 */

/**
 * An ISO 8601 date-time that names an instant: `2026-07-01T12:34:56Z`, with up to nine decimals, with `Z` or an offset
 * (`+02:00`, `+0200`, `+02`), seconds optional. Decimals beyond milliseconds are cut.
 * A time without an offset gives NaN: it names no instant.
 */
export function parseIsoInstantMs(text: string): number {
  const fast = parseUtcMs(text)
  return Number.isNaN(fast) ? parseIsoMs(text, null, 0) : fast
}

/**
 * The `timestamp` of the OsmAnd protocol: a number below 2^31-1 is seconds, else milliseconds; with a `T` it is ISO 8601; else
 * `yyyy-MM-dd HH:mm:ss` on the wall clock of `timeZone`. An ISO time without offset is read on that clock too: one rule for
 * every time that names no zone.
 *
 * @param timeZone IANA name of the server's zone
 * @param nowMs decides which of two is meant in the hour that the clock repeats in autumn: the later, unless it lies ahead
 * @throws RangeError when `timeZone` is no zone: a mistake of ours, not of the tracker
 */
export function parseOsmAndTimeMs(text: string, timeZone: string, nowMs: number): number {
  if (text.length > maxTimeChars) return Number.NaN
  if (epochNumber.test(text)) {
    const value = Number(text)
    return Math.trunc(value < 2 ** 31 - 1 ? value * 1000 : value)
  }
  // An unescaped '+' in a query means a blank: "12:00:00 02:00" was "12:00:00+02:00".
  const iso = text.includes('T') ? text.replace(' ', '+') : text.replace(' ', 'T')
  return parseIsoMs(iso, timeZone, nowMs)
}

/** What a refusal says to do. */
export const osmAndTimeFix =
  'send seconds or milliseconds since 1970, ISO 8601 or yyyy-MM-dd HH:mm:ss, between 2000 and 2100'

const maxTimeChars = 40
const epochNumber = /^[+-]?\d{1,16}(\.\d{1,9})?$/
const isoForm =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:(Z|z)|([+-])(\d{2}):?(\d{2})?)?$/

function parseIsoMs(text: string, timeZone: string | null, nowMs: number): number {
  if (text.length > maxTimeChars) return Number.NaN
  const match = isoForm.exec(text)
  if (!match) return Number.NaN
  const [, minute, second = '00', fraction = '', utc, sign, offsetHours = '0', offsetMinutes = '0'] = match
  const wallMs = parseUtcMs(`${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
  if (Number.isNaN(wallMs) || utc) return wallMs
  if (sign) {
    const offset = Number(offsetHours) * 60 + Number(offsetMinutes)
    if (Number(offsetMinutes) > 59 || offset > 18 * 60) return Number.NaN
    return wallMs - (sign === '+' ? offset : -offset) * 60_000
  }
  return timeZone === null ? Number.NaN : zonedMs(wallMs, timeZone, nowMs)
}

/** @param wallMs the wall clock read as if it were UTC */
function zonedMs(wallMs: number, timeZone: string, nowMs: number): number {
  const wall = Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO('UTC').toPlainDateTime()
  // In the gap of spring 'compatible' reads 02:30 as 03:30: what a clock that was not yet moved meant.
  const compatible = wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' })
  if (!compatible.toPlainDateTime().equals(wall)) return compatible.epochMilliseconds
  const later = wall.toZonedDateTime(timeZone, { disambiguation: 'later' }).epochMilliseconds
  return later <= nowMs + 60_000 ? later : compatible.epochMilliseconds
}

const zero = 48
const days = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * `YYYY-MM-DDTHH:mm:ssZ` or `YYYY-MM-DDTHH:mm:ss.sssZ` and nothing else. Date.parse is exact on these but costs more, and it
 * takes dates that are none (30 February) and text that is no ISO time at all.
 */
function parseUtcMs(text: string): number {
  const length = text.length
  if ((length !== 24 && length !== 20) || text.charCodeAt(length - 1) !== 90) return Number.NaN
  if (
    text.charCodeAt(4) !== 45 ||
    text.charCodeAt(7) !== 45 ||
    text.charCodeAt(10) !== 84 ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58
  )
    return Number.NaN
  const year = pair(text, 0) * 100 + pair(text, 2)
  const month = pair(text, 5)
  const day = pair(text, 8)
  const hour = pair(text, 11)
  const minute = pair(text, 14)
  const second = pair(text, 17)
  let ms = 0
  if (length === 24) {
    if (text.charCodeAt(19) !== 46) return Number.NaN
    ms = pair(text, 20) * 10 + digit(text, 22)
  }
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const lastDay = month === 2 && isLeap ? 29 : (days[month] ?? 0)
  // Written so that NaN fails every comparison.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= lastDay)) return Number.NaN
  if (!(hour <= 23 && minute <= 59 && second <= 59 && ms <= 999)) return Number.NaN
  // Days since 1970 in the proleptic Gregorian calendar, with years that begin in March so that the leap day comes last
  // (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
  const y = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayNumber =
    y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468
  return (((dayNumber * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - zero
  return value >= 0 && value <= 9 ? value : Number.NaN
}

function pair(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1)
}
