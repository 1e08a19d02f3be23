import { Fault } from './spec-source.ts'

/**
 * When something runs, from a systemd calendar expression (systemd.time(7)): the part of the grammar that repeats
 * for ever, without a year, fractions of a second and time zone. All numbers ascend.
 */
export interface Calendar {
  /** 0 is Sunday. Null: any. */
  readonly weekdays: readonly number[] | null
  readonly months: readonly number[]
  readonly days: readonly number[]
  /** `days` count from the month's end: 1 is the last. */
  readonly isFromMonthEnd: boolean
  readonly hours: readonly number[]
  readonly minutes: readonly number[]
  readonly seconds: readonly number[]
}

const shorthands: Readonly<Record<string, string>> = {
  minutely: '*-*-* *:*:00',
  hourly: '*-*-* *:00:00',
  daily: '*-*-* 00:00:00',
  weekly: 'Mon *-*-* 00:00:00',
  monthly: '*-*-01 00:00:00',
  quarterly: '*-01,04,07,10-01 00:00:00',
  semiannually: '*-01,07-01 00:00:00',
  annually: '*-01-01 00:00:00',
  yearly: '*-01-01 00:00:00',
}
const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

const fault = (message: string, why: string, fix: string) => new Fault(message, why, fix)
const grammarFix = 'Write [WEEKDAYS] [MONTH-DAY] HOUR:MINUTE, like Sun 01:00, Mon..Sat 01:00 or *-*-01 02:30.'

/** Reads an expression. @returns what is wrong with it in the operator's words when it is none */
export function parseCalendar(text: string): Calendar | Fault {
  const words = (shorthands[text.trim().toLowerCase()] ?? text).trim().split(/\s+/)
  const weekdayWord = /^[a-z]{3}/i.test(words[0] ?? '') ? words.shift()! : null
  const dateWord = /[-~]/.test(words[0] ?? '') && !words[0]!.includes(':') ? words.shift()! : null
  const timeWord = words[0]?.includes(':') === true ? words.shift()! : null
  if (words.length > 0 && timeWord !== null && /^(UTC|[A-Z][\w+-]*\/[\w+/-]+)$/.test(words[0]!))
    return fault(
      `"${text}" names a time zone.`,
      'All schedules go by the clock of time_zone.',
      'Remove the zone here and set time_zone.',
    )
  if (words.length > 0 || (weekdayWord === null && dateWord === null && timeWord === null))
    return fault(
      `"${text}" is no calendar expression.`,
      words.length > 0 && words[0] !== ''
        ? `systemd does not understand "${words[0]}" there.`
        : 'It names no time.',
      grammarFix,
    )
  const weekdays = weekdayWord === null ? null : parseWeekdays(weekdayWord)
  if (weekdays instanceof Fault) return weekdays
  const date = parseDate(dateWord ?? '*-*-*')
  if (date instanceof Fault) return date
  const time = parseTime(timeWord ?? '00:00:00')
  if (time instanceof Fault) return time
  const calendar = { weekdays, ...date, ...time }
  return date.months.some((month) => date.days[0]! <= monthLengths[month - 1]!)
    ? calendar
    : fault(
        `"${text}" never comes.`,
        'No month has such a day.',
        'Write a day that every month has, up to 28.',
      )
}

function parseWeekdays(word: string): readonly number[] | Fault {
  const dayOf = (name: string) => {
    const lower = name.toLowerCase()
    return weekdayNames.findIndex((full) => full === lower || full.slice(0, 3) === lower)
  }
  const days = new Set<number>()
  for (const part of word.split(',')) {
    const [first = '', last = first, ...more] = part.split('..')
    const [from, to] = [dayOf(first), dayOf(last)]
    if (from < 0 || to < 0 || more.length > 0)
      return fault(
        `"${part}" is no weekday.`,
        'They are English: Mon, Tue and so on.',
        'Write Sun, Mon..Sat or Mon,Thu.',
      )
    // systemd's week begins on Monday.
    if ((from + 6) % 7 > (to + 6) % 7)
      return fault(
        `"${part}" runs over the end of the week.`,
        "systemd's week is Mon..Sun.",
        `Write ${capital(first)}..Sun,Mon..${capital(last)}, or name each day.`,
      )
    for (let day = (from + 6) % 7; day <= (to + 6) % 7; day++) days.add((day + 1) % 7)
  }
  return ascending(days)
}

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1, 3).toLowerCase()

function parseDate(word: string): Pick<Calendar, 'months' | 'days' | 'isFromMonthEnd'> | Fault {
  const match = /^(?:([^-~]+)-)?([^-~]+)([-~])([^-~]+)$/.exec(word)
  if (!match) return fault(`"${word}" is no date.`, 'A date is YEAR-MONTH-DAY or MONTH-DAY.', grammarFix)
  const [, year = '*', month, separator, day] = match
  if (year !== '*')
    return fault(`"${word}" names a year.`, 'After it, no backup is taken any more.', 'Write * for the year.')
  const isFromMonthEnd = separator === '~'
  const months = parseNumbers(month!, 1, 12, 'month')
  if (months instanceof Fault) return months
  // Days from the end are taken where every month has them, as systemd takes them.
  const days = isFromMonthEnd ? parseDaysFromEnd(day!) : parseNumbers(day!, 1, 31, 'day')
  return days instanceof Fault ? days : { months, days, isFromMonthEnd }
}

function parseDaysFromEnd(word: string): readonly number[] | Fault {
  // `~07/1`: from the seventh last day on, every day. Of lists, systemd takes some only.
  const match = /^(\d{1,2})(?:\/(\d{1,2}))?$/.exec(word)
  const start = Number(match?.[1])
  const step = match?.[2] === undefined ? start : Number(match[2])
  if (!match || start < 1 || start > 28 || step < 1 || (match[2] !== undefined && step >= start))
    return endFault(word)
  return ascending(Array.from({ length: Math.ceil(start / step) }, (_, index) => start - index * step))
}

const endFault = (word: string) =>
  fault(
    `"~${word}" is no day before the end of a month.`,
    'Days are counted back from 1, the last, to 28.',
    'Write ~1 for the last day, or ~07/1 for all of the last seven.',
  )

function parseTime(word: string): Pick<Calendar, 'hours' | 'minutes' | 'seconds'> | Fault {
  const parts = word.split(':')
  if (parts.length > 3) return fault(`"${word}" is no time.`, 'A time is HOUR:MINUTE.', grammarFix)
  const hours = parseNumbers(parts[0]!, 0, 23, 'hour')
  if (hours instanceof Fault) return hours
  const minutes = parseNumbers(parts[1]!, 0, 59, 'minute')
  if (minutes instanceof Fault) return minutes
  const seconds = parseNumbers(parts[2] ?? '0', 0, 59, 'second')
  return seconds instanceof Fault ? seconds : { hours, minutes, seconds }
}

/** `*`, or a list of `N`, `N..M`, `N/STEP`, `N..M/STEP`. */
function parseNumbers(word: string, min: number, max: number, what: string): readonly number[] | Fault {
  if (word === '*') return Array.from({ length: max - min + 1 }, (_, index) => min + index)
  const wrong = (part: string, why: string) =>
    fault(
      `"${part}" is no ${what}.`,
      why,
      `Write ${what}s from ${min} to ${max}: *, 5, 1,15, 1..5 or ${min}/2.`,
    )
  const numbers = new Set<number>()
  for (const part of word.split(',')) {
    const match = /^(\d{1,2})(?:\.\.(\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(part)
    if (!match) return wrong(part, `systemd does not understand it as ${what}s.`)
    const from = Number(match[1])
    const step = match[3] === undefined ? null : Number(match[3])
    const to = match[2] === undefined ? (step === null ? from : max) : Number(match[2])
    if (from < min || to > max || from > to) return wrong(part, `A ${what} is from ${min} to ${max}.`)
    // systemd refuses it for seconds.
    if (match[2] !== undefined && from === to) return wrong(part, 'Its end is its start.')
    if (step !== null && (step < 1 || from + step > to))
      return wrong(part, 'Its step leads past the end at once.')
    for (let number = from; number <= to; number += step ?? 1) numbers.add(number)
  }
  return ascending(numbers)
}

const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const ascending = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b)

/** Weekdays, months and leap days repeat every 28 years until 2100. */
export const cycle = { startMs: Date.UTC(2024, 0, 1), days: 28 * 365 + 7 } as const
const dayMs = 86_400_000

/** One bit of each field is set: a file is checked after every key press of an editor, and 28 years are many days. */
interface CycleDay {
  readonly weekday: number
  readonly month: number
  readonly day: number
  readonly dayFromEnd: number
}
let cycleDays: readonly CycleDay[] | null = null

function daysOfCycle(): readonly CycleDay[] {
  cycleDays ??= Array.from({ length: cycle.days }, (_, index) => {
    const date = new Date(cycle.startMs + index * dayMs)
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
    const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate()
    return {
      weekday: 1 << date.getUTCDay(),
      month: 1 << month,
      day: 1 << day,
      dayFromEnd: 1 << (lastDay - day + 1),
    }
  })
  return cycleDays
}

type Days = Pick<Calendar, 'weekdays' | 'months' | 'days' | 'isFromMonthEnd'>

const bits = (numbers: readonly number[]) => numbers.reduce((mask, number) => mask | (1 << number), 0)

function runsOn(calendar: Days): (day: CycleDay) => boolean {
  const { isFromMonthEnd } = calendar
  const weekdays = calendar.weekdays === null ? ~0 : bits(calendar.weekdays)
  const [months, days] = [bits(calendar.months), bits(calendar.days)]
  return ({ weekday, month, day, dayFromEnd }) =>
    (weekdays & weekday) !== 0 && (months & month) !== 0 && (days & (isFromMonthEnd ? dayFromEnd : day)) !== 0
}

/** The days it runs on, counted from the start of the 28 years; each repeats for ever. */
export function firingDays(calendar: Days): readonly number[] {
  const isFiring = runsOn(calendar)
  const firing: number[] = []
  for (const [index, day] of daysOfCycle().entries()) if (isFiring(day)) firing.push(index)
  return firing
}

/** The longest time between two days that it runs on: 7 for every Sunday, 1 for every day. */
export function longestGapDays(calendar: Calendar): number {
  const days = firingDays(calendar)
  return Math.max(...days.map((day, index) => (days[index + 1] ?? days[0]! + cycle.days) - day))
}

/** How often it runs on a day that it runs on. */
export const timesADay = ({ hours, minutes, seconds }: Calendar): number =>
  hours.length * minutes.length * seconds.length

/** Both start in the same second of some day. */
export function doCoincide(a: Calendar, b: Calendar): boolean {
  const share = (left: readonly number[], right: readonly number[]) =>
    left.some((number) => right.includes(number))
  if (!share(a.hours, b.hours) || !share(a.minutes, b.minutes) || !share(a.seconds, b.seconds)) return false
  const [isOfA, isOfB] = [runsOn(a), runsOn(b)]
  return daysOfCycle().some((day) => isOfA(day) && isOfB(day))
}
