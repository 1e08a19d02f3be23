import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIsoInstantMs, parseOsmAndTimeMs } from './timestamp.ts'

const zone = 'Europe/Amsterdam'
const nowMs = Date.UTC(2026, 6, 1, 12)
const osmAnd = (text: string, now = nowMs) => parseOsmAndTimeMs(text, zone, now)
const utc = (text: string) => Date.parse(text)

describe('the ISO 8601 fast path', () => {
  it('agrees with Date.parse on every instant from year 0 to 9999, with and without milliseconds', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0000-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59.999Z'),
          noInvalidDate: true,
        }),
        (date) => {
          expect(parseIsoInstantMs(date.toISOString())).toBe(date.getTime())
          const seconds = `${date.toISOString().slice(0, 19)}Z`
          expect(parseIsoInstantMs(seconds)).toBe(Date.parse(seconds))
        },
      ),
    )
  })

  it('refuses days that no calendar has', () => {
    for (const day of [
      '2026-02-29',
      '2026-02-30',
      '2026-04-31',
      '2026-00-10',
      '2026-13-01',
      '2026-01-00',
      '1900-02-29',
    ])
      expect(parseIsoInstantMs(`${day}T00:00:00Z`)).toBeNaN()
    expect(parseIsoInstantMs('2024-02-29T00:00:00Z')).toBe(utc('2024-02-29T00:00:00Z'))
    expect(parseIsoInstantMs('2000-02-29T00:00:00.000Z')).toBe(utc('2000-02-29T00:00:00Z'))
  })

  it('refuses times that no clock shows and signs in place of digits', () => {
    for (const text of ['24:00:00', '12:60:00', '12:00:60', '1a:00:00', '-1:00:00', '12:00:0/', '12:00:0:'])
      expect(parseIsoInstantMs(`2026-07-01T${text}Z`)).toBeNaN()
    expect(parseIsoInstantMs('2026-07-01T12:00:00.12aZ')).toBeNaN()
    expect(parseIsoInstantMs('2026-07-01T12:00:00,123Z')).toBe(utc('2026-07-01T12:00:00.123Z'))
  })
})

describe('other ISO 8601 instants', () => {
  it.each([
    ['2026-07-01T12:00:00+02:00', '2026-07-01T10:00:00Z'],
    ['2026-07-01T12:00:00-0530', '2026-07-01T17:30:00Z'],
    ['2026-07-01T12:00:00+02', '2026-07-01T10:00:00Z'],
    ['2026-07-01T12:00Z', '2026-07-01T12:00:00Z'],
    ['2026-07-01T12:00:00.5Z', '2026-07-01T12:00:00.500Z'],
    ['2026-07-01T12:00:00.123999999Z', '2026-07-01T12:00:00.123Z'],
  ])('reads %s', (text, expected) => {
    expect(parseIsoInstantMs(text)).toBe(utc(expected))
  })

  it('names no instant without an offset', () => {
    expect(parseIsoInstantMs('2026-07-01T12:00:00')).toBeNaN()
  })

  it('refuses impossible offsets and other text', () => {
    for (const text of [
      '2026-07-01T12:00:00+19:00',
      '2026-07-01T12:00:00+01:60',
      '2026-07-01',
      'yesterday',
      '',
      'T',
      '1790000000',
    ])
      expect(parseIsoInstantMs(text)).toBeNaN()
  })
})

describe('the OsmAnd timestamp', () => {
  it('reads a number below 2^31-1 as seconds, else as milliseconds', () => {
    expect(osmAnd('1782907200')).toBe(1_782_907_200_000)
    expect(osmAnd('2147483646')).toBe(2_147_483_646_000)
    expect(osmAnd('2147483647')).toBe(2_147_483_647)
    expect(osmAnd('1782907200123')).toBe(1_782_907_200_123)
  })

  it('keeps the milliseconds of decimal seconds', () => {
    expect(osmAnd('1782907200.25')).toBe(1_782_907_200_250)
  })

  it('reads ISO 8601 with Z, with an offset, and with the plus that an unescaped query loses', () => {
    expect(osmAnd('2026-07-01T10:00:00Z')).toBe(utc('2026-07-01T10:00:00Z'))
    expect(osmAnd('2026-07-01T12:00:00+02:00')).toBe(utc('2026-07-01T10:00:00Z'))
    expect(osmAnd('2026-07-01T12:00:00 02:00')).toBe(utc('2026-07-01T10:00:00Z'))
  })

  it("reads a time without a zone on the server's wall clock, in summer and winter, blank or T", () => {
    expect(osmAnd('2026-07-01 12:00:00')).toBe(utc('2026-07-01T10:00:00Z'))
    expect(osmAnd('2026-01-15 12:00:00')).toBe(utc('2026-01-15T11:00:00Z'))
    expect(osmAnd('2026-07-01T12:00:00')).toBe(utc('2026-07-01T10:00:00Z'))
    expect(parseOsmAndTimeMs('2026-07-01 12:00:00', 'Asia/Kolkata', nowMs)).toBe(utc('2026-07-01T06:30:00Z'))
  })

  it('moves a time in the gap of spring forward by the hour that the clock lost', () => {
    expect(osmAnd('2026-03-29 01:59:59')).toBe(utc('2026-03-29T00:59:59Z'))
    expect(osmAnd('2026-03-29 02:30:00')).toBe(utc('2026-03-29T01:30:00Z'))
    expect(osmAnd('2026-03-29 03:00:00')).toBe(utc('2026-03-29T01:00:00Z'))
  })

  it('reads the hour that autumn repeats as the pass that is now', () => {
    const first = utc('2026-10-25T00:30:00Z')
    const second = utc('2026-10-25T01:30:00Z')
    expect(osmAnd('2026-10-25 02:30:00', first)).toBe(first)
    expect(osmAnd('2026-10-25 02:30:00', second)).toBe(second)
  })

  it('round-trips every unambiguous wall-clock second of Amsterdam', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: utc('2000-01-01T00:00:00Z') / 1000, max: utc('2050-01-01T00:00:00Z') / 1000 }),
        (second) => {
          const zoned = Temporal.Instant.fromEpochMilliseconds(second * 1000).toZonedDateTimeISO(zone)
          const wall = zoned.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')
          const result = osmAnd(wall)
          // In the repeated hour the answer may be the other pass, never a third.
          expect([0, 3_600_000]).toContain(Math.abs(result - second * 1000))
        },
      ),
    )
  })

  it('gives NaN for anything else and never throws', () => {
    for (const text of [
      '',
      ' ',
      'now',
      '2026-07-01',
      '12:00:00',
      '1e9',
      '0x5',
      'NaN',
      'Infinity',
      '9'.repeat(99),
    ])
      expect(osmAnd(text)).toBeNaN()
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void osmAnd(text)))
  })

  it('crashes on a zone that is none: that is our mistake', () => {
    expect(() => parseOsmAndTimeMs('2026-07-01 12:00:00', 'Mars/Olympus', nowMs)).toThrow(RangeError)
  })
})
