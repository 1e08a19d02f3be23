import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Calendar,
  cycle,
  doCoincide,
  firingDays,
  longestGapDays,
  parseCalendar,
  timesADay,
} from './calendar.ts'
import { Fault } from './spec-source.ts'

const parse = (text: string): Calendar => {
  const calendar = parseCalendar(text)
  if (calendar instanceof Fault) throw new Error(calendar.message)
  return calendar
}

test.each([
  ['Sun 01:00', 7, 1],
  ['Mon..Sat 01:00', 2, 1],
  ['05:00', 1, 1],
  ['daily', 1, 1],
  ['hourly', 1, 24],
  ['monthly', 31, 1],
  ['*-*-* 0/6:30', 1, 4],
  ['*-*~1 02:00', 31, 1],
  ['Mon *-*~07/1 03:00', 35, 1],
  ['*-01,07-01', 184, 1],
])('%s runs every %i days at the longest, %i times a day', (text, gapDays, times) => {
  expect(longestGapDays(parse(text))).toBe(gapDays)
  expect(timesADay(parse(text))).toBe(times)
})

test.each([
  ['Son 01:00', /"Son" is no weekday/],
  ['Fri..Mon 01:00', /runs over the end of the week/],
  ['01', /no calendar expression/],
  ['', /no calendar expression/],
  ['24:00', /"24" is no hour/],
  ['01:60', /"60" is no minute/],
  ['01:0/60', /no minute/],
  ['*-13-01 01:00', /"13" is no month/],
  ['*-02-30 01:00', /never comes/],
  ['2027-*-* 01:00', /names a year/],
  ['01:00 Europe/Amsterdam', /names a time zone/],
  ['Mon Tue 01:00', /does not understand|no calendar expression/],
  ['*-*~29', /no day/],
  ['*-*~07/9', /no day before the end/],
  ['at noon', /no weekday|no calendar expression/],
])('"%s" is refused', (text, says) => {
  const fault = parseCalendar(text)
  expect(fault).toBeInstanceOf(Fault)
  expect((fault as Fault).message).toMatch(says)
})

test('two schedules coincide on the one day that they share', () => {
  expect(doCoincide(parse('Sun 01:00'), parse('Mon..Sat 01:00'))).toBe(false)
  expect(doCoincide(parse('Sun 01:00'), parse('01:00'))).toBe(true)
  expect(doCoincide(parse('*-02-29 3:00'), parse('Sun 3:00'))).toBe(true)
  expect(doCoincide(parse('hourly'), parse('5:01'))).toBe(false)
})

const list = (min: number, max: number) => {
  const number = fc.integer({ min, max })
  const part = fc.oneof(
    number.map(String),
    fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}..${Math.max(a, b)}`),
    fc.tuple(number, fc.integer({ min: 1, max: 31 })).map(([a, step]) => `${a}/${step}`),
    fc
      .tuple(number, number, fc.integer({ min: 1, max: 31 }))
      .map(([a, b, step]) => `${Math.min(a, b)}..${Math.max(a, b)}/${step}`),
  )
  return fc.oneof(
    fc.constant('*'),
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')),
  )
}
const name = fc.constantFrom('Mon', 'tuesday', 'Wed', 'THU', 'Fri', 'Sat', 'Sunday')
const weekdays = fc
  .array(
    fc.oneof(
      name,
      fc.tuple(name, name).map(([a, b]) => `${a}..${b}`),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(','))
const date = fc
  .tuple(fc.constantFrom('*-', ''), list(1, 12), fc.constantFrom('-', '~'), list(1, 31))
  .map((parts) => parts.join(''))
const time = fc
  .tuple(list(0, 23), list(0, 59), fc.option(list(0, 59), { nil: null }))
  .map(([hour, minute, second]) => [hour, minute, ...(second === null ? [] : [second])].join(':'))
const expression = fc
  .tuple(fc.option(weekdays, { nil: '' }), fc.option(date, { nil: '' }), fc.option(time, { nil: '' }))
  .map((parts) => parts.filter((part) => part !== '').join(' '))
  .filter((text) => text !== '')

/** What systemd itself says: an expression's next start after the cycle's first day; null when it is none. */
function systemdStart(text: string): string | null {
  try {
    const said = execFileSync(
      'systemd-analyze',
      ['calendar', '--iterations=1', `--base-time=@${cycle.startMs / 1_000 - 1}`, text],
      {
        encoding: 'utf8',
        env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    return /Next elapse: \w+ (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/.exec(said)?.[1] ?? 'never'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error('This test needs systemd-analyze: apt-get install systemd', { cause: error })
    return null
  }
}

test('what is taken, systemd takes too, and starts at one of our times', () => {
  const taken = expression.filter((text) => !(parseCalendar(text) instanceof Fault))
  fc.assert(
    fc.property(taken, (text) => {
      const calendar = parseCalendar(text) as Calendar
      const start = systemdStart(text)
      expect(start).toMatch(/^20/)
      const [date, clock] = start!.split(' ')
      const [hour, minute, second] = clock!.split(':').map(Number)
      expect(firingDays(calendar)).toContain((Date.parse(date!) - cycle.startMs) / 86_400_000)
      expect(calendar.hours).toContain(hour)
      expect(calendar.minutes).toContain(minute)
      expect(calendar.seconds).toContain(second)
    }),
    { numRuns: 40 },
  )
})

test.each([
  'Sun 01:00',
  'Mon..Sat 01:00',
  '05:00',
  'weekly',
  'quarterly',
  '*-*~07/1 03:00',
  '*-02-29',
  '0/6:30',
])('systemd takes %s, as we do', (text) => {
  expect(parseCalendar(text)).not.toBeInstanceOf(Fault)
  expect(systemdStart(text)).toMatch(/^20/)
})
