import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectSaneReport } from './expect-report.ts'
import { parseOsmAnd } from './index.ts'
import type { TrackerReport } from './report.ts'

const nowMs = Date.UTC(2026, 6, 1, 12)
const zone = 'Europe/Amsterdam'

const get = (query: string) =>
  parseOsmAnd({ method: 'GET', query, contentType: null, body: null }, nowMs, zone)
const post = (body: string, query = '', contentType: string | null = 'application/x-www-form-urlencoded') =>
  parseOsmAnd({ method: 'POST', query, contentType, body: Buffer.from(body) }, nowMs, zone)

function only(result: ReturnType<typeof get>): TrackerReport {
  if (!result.ok) throw new Error(result.message)
  expect(result.reports).toHaveLength(1)
  return result.reports[0]!
}
const fixOf = (query: string) => only(get(query)).fix!
const refusal = (query: string) => {
  const result = get(query)
  if (result.ok) throw new Error('was taken')
  return result
}

const place = 'id=bike-7&lat=52.37&lon=4.89'

describe('OsmAnd parameters', () => {
  it('reads a full GET query into SI units', () => {
    const query = `${place}&timestamp=1782900000&speed=10&bearing=90.5&altitude=-2&accuracy=8&hdop=0.9&batt=88&charge=true`
    expect(only(get(query))).toEqual({
      trackerId: 'bike-7',
      driverId: null,
      fix: {
        lat: 52.37,
        lon: 4.89,
        timeMs: 1_782_900_000_000,
        speedMps: (10 * 1852) / 3600,
        headingDeg: 90.5,
        altitudeM: -2,
        accuracyM: 8,
        batteryPct: 88,
        charging: true,
        attributes: { hdop: 0.9 },
      },
      heartbeat: null,
    })
  })

  it('takes a query with a leading question mark and as URLSearchParams', () => {
    expect(fixOf(`?${place}`).lat).toBe(52.37)
    const request = { method: 'GET', query: new URLSearchParams(place), contentType: null, body: null }
    expect(only(parseOsmAnd(request, nowMs, zone)).fix?.lon).toBe(4.89)
  })

  it('reads a POST form, as Client 10 sends it', () => {
    expect(only(post(`${place}&speed=2`)).fix).toMatchObject({ lat: 52.37, lon: 4.89 })
  })

  it('reads a form without a content type', () => {
    expect(only(post(place, '', null)).trackerId).toBe('bike-7')
  })

  it('joins the parameters of query and body, the query first', () => {
    const report = only(post('lat=52.37&lon=4.89&id=other', '?id=bike-7'))
    expect(report.trackerId).toBe('bike-7')
    expect(report.fix?.lat).toBe(52.37)
  })

  it('ignores the body of a GET', () => {
    const request = { method: 'GET', query: place, contentType: null, body: 'lat=1&speed=9' }
    expect(only(parseOsmAnd(request, nowMs, zone)).fix?.speedMps).toBeNull()
  })

  it('takes deviceid for id, and id first', () => {
    expect(only(get('deviceid=b&lat=52&lon=4')).trackerId).toBe('b')
    expect(only(get('deviceid=b&id=a&lat=52&lon=4')).trackerId).toBe('a')
  })

  it('answers 400 for a missing, empty, overlong or unstorable id, and for an unknown one', () => {
    expect(refusal('lat=52&lon=4')).toMatchObject({
      status: 400,
      trackerId: null,
      message: expect.stringContaining('id is missing'),
    })
    for (const id of ['', 'x'.repeat(129), 'a%00b']) expect(refusal(`id=${id}&lat=52&lon=4`).status).toBe(400)
    expect(get(place)).toMatchObject({ unknownTrackerStatus: 400 })
  })

  it('takes location=lat,lon', () => {
    expect(fixOf('id=a&location=52.37,4.89')).toMatchObject({ lat: 52.37, lon: 4.89 })
    expect(refusal('id=a&location=52.37').message).toBe(
      'location is "52.37": send latitude,longitude in degrees.',
    )
    expect(refusal('id=a&location=52.37,east').message).toContain('the longitude in location is "east"')
  })

  it('takes heading for bearing', () => {
    expect(fixOf(`${place}&heading=270`).headingDeg).toBe(270)
    expect(fixOf(`${place}&bearing=90&heading=270`).headingDeg).toBe(90)
  })

  it('reads bearing 360 as north', () => {
    expect(fixOf(`${place}&bearing=360`).headingDeg).toBe(0)
  })

  it('takes negative speed, bearing and battery and an accuracy of zero or less for unknown', () => {
    expect(fixOf(`${place}&speed=-1.94&bearing=-1&batt=-100&accuracy=0`)).toMatchObject({
      speedMps: null,
      headingDeg: null,
      batteryPct: null,
      accuracyM: null,
    })
    expect(fixOf(`${place}&accuracy=-1`).accuracyM).toBeNull()
  })

  it('invents no accuracy from hdop', () => {
    expect(fixOf(`${place}&hdop=1.2`)).toMatchObject({ accuracyM: null, attributes: { hdop: 1.2 } })
  })

  it.each([
    ['true', true],
    ['1', true],
    ['False', false],
    ['0', false],
  ])('reads charge=%s', (text, expected) => {
    expect(fixOf(`${place}&charge=${text}`).charging).toBe(expected)
  })

  it('takes valid=false for a tracker without a fix, and keeps what it sent', () => {
    for (const valid of ['false', '0'])
      expect(only(get(`${place}&batt=50&valid=${valid}`))).toMatchObject({
        fix: null,
        heartbeat: { timeMs: nowMs, batteryPct: 50, attributes: { lat: 52.37, lon: 4.89 } },
      })
    expect(fixOf(`${place}&valid=true`).attributes).toEqual({ valid: true })
    expect(refusal(`${place}&valid=maybe`).message).toContain('valid is "maybe"')
  })

  it('takes 0,0 for a tracker without a fix, and keeps what it sent', () => {
    expect(only(get('id=a&lat=0&lon=0.0'))).toMatchObject({
      fix: null,
      heartbeat: { attributes: { lat: 0, lon: '0.0' } },
    })
    expect(fixOf('id=a&lat=0&lon=4.89').lat).toBe(0)
  })

  it('reads driverUniqueId as the driver', () => {
    expect(only(get(`${place}&driverUniqueId=sanne`)).driverId).toBe('sanne')
    expect(refusal(`${place}&driverUniqueId=`).message).toContain('driverUniqueId is ""')
  })

  it('keeps unknown keys as attributes', () => {
    expect(fixOf(`${place}&alarm=sos&sats=11&cell=204,4,1,2&motion=true`).attributes).toEqual({
      alarm: 'sos',
      sats: 11,
      cell: '204,4,1,2',
      motion: true,
    })
  })

  it('bounds the unknown keys', () => {
    const many = Array.from({ length: 50 }, (_, i) => `k${i}=${'v'.repeat(300)}`).join('&')
    const attributes = fixOf(`${place}&${many}`).attributes!
    expect(Object.keys(attributes)).toHaveLength(33)
    expect(attributes).toMatchObject({ k0: 'v'.repeat(256), attributesDropped: 18 })
  })

  it('takes the first of a parameter that is given twice', () => {
    expect(fixOf(`${place}&lat=1&speed=0&speed=5&foo=a&foo=b`)).toMatchObject({
      lat: 52.37,
      speedMps: 0,
      attributes: { foo: 'a' },
    })
  })

  it.each([
    ['1782900000', 1_782_900_000_000],
    ['1782900000123', 1_782_900_000_123],
    ['2026-07-01T10:00:00Z', Date.UTC(2026, 6, 1, 10)],
    ['2026-07-01T10:00:00.250%2B02:00', Date.UTC(2026, 6, 1, 8, 0, 0, 250)],
    ['2026-07-01T10:00:00+02:00', Date.UTC(2026, 6, 1, 8)],
    ['2026-07-01 10:00:00', Date.UTC(2026, 6, 1, 8)],
  ])('reads timestamp=%s', (timestamp, expected) => {
    expect(fixOf(`${place}&timestamp=${timestamp}`).timeMs).toBe(expected)
  })

  it('takes the time of arrival when there is no timestamp', () => {
    expect(fixOf(place).timeMs).toBe(nowMs)
  })

  it('refuses a timestamp that is none, or of a clock that was never set', () => {
    for (const timestamp of ['', 'soon', '0', '2026-02-30T00:00:00Z', '1782900000123456'])
      expect(refusal(`${place}&timestamp=${timestamp}`)).toMatchObject({ status: 400, trackerId: 'bike-7' })
  })

  it('reads a message without coordinates as a heartbeat', () => {
    expect(only(get('id=a&batt=40&charge=false&timestamp=1782900000&mode=idle'))).toEqual({
      trackerId: 'a',
      driverId: null,
      fix: null,
      heartbeat: { timeMs: 1_782_900_000_000, batteryPct: 40, charging: false, attributes: { mode: 'idle' } },
    })
  })

  it.each([
    ['lat=95&lon=4', 'lat is "95": send degrees from -90 to 90.'],
    ['lat=52&lon=181', 'lon is "181": send degrees from -180 to 180.'],
    ['lat=52', 'lon is missing: send degrees from -180 to 180.'],
    ['lon=4', 'lat is missing: send degrees from -90 to 90.'],
    ['lat=&lon=4', 'lat is "": send degrees from -90 to 90.'],
    ['lat=NaN&lon=4', 'lat is "NaN": send degrees from -90 to 90.'],
    ['lat=Infinity&lon=4', 'lat is "Infinity": send degrees from -90 to 90.'],
    ['lat=52,37&lon=4', 'lat is "52,37": send degrees from -90 to 90.'],
    ['lat=0x10&lon=4', 'lat is "0x10": send degrees from -90 to 90.'],
    [
      'lat=52&lon=4&speed=fast',
      'speed is "fast": send a number of knots up to 1001, or leave the parameter out.',
    ],
    ['lat=52&lon=4&speed=', 'speed is "": send a number of knots up to 1001, or leave the parameter out.'],
    [
      'lat=52&lon=4&speed=-1e999',
      'speed is "-1e999": send a number of knots up to 1001, or leave the parameter out.',
    ],
    ['lat=52&lon=4&bearing=361', 'bearing is "361": send degrees from 0 to 360, or leave the parameter out.'],
    ['lat=52&lon=4&batt=101', 'batt is "101": send percent from 0 to 100, or leave the parameter out.'],
    ['lat=52&lon=4&charge=full', 'charge is "full": send true or false, or leave the parameter out.'],
  ])('refuses %s with a sentence that names field, value and fix', (query, message) => {
    expect(refusal(`id=a&${query}`)).toEqual({ ok: false, status: 400, message, trackerId: 'a' })
  })

  it('shows no more than the beginning of a long value', () => {
    expect(refusal(`id=a&lat=${'9'.repeat(60_000)}&lon=4`).message.length).toBeLessThan(120)
  })
})

describe('any OsmAnd request', () => {
  it('converts knots: a nautical mile an hour', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), (knots) => {
        expect(fixOf(`${place}&speed=${knots}`).speedMps).toBeCloseTo((knots * 1852) / 3600, 9)
      }),
    )
  })

  it('never throws and never yields a value out of range, whatever the parameters', () => {
    const keys = [
      'id',
      'lat',
      'lon',
      'location',
      'speed',
      'bearing',
      'heading',
      'altitude',
      'accuracy',
      'batt',
      'charge',
      'valid',
      'timestamp',
      'driverUniqueId',
      'x',
    ]
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double().map(String),
      fc.integer({ min: -400, max: 400 }).map(String),
      fc.constantFrom('', 'true', '-1', '1e999', '-0', '0', '52.37', '1782900000', '2026-07-01T10:00:00Z'),
    )
    let taken = 0
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...keys), value)), (pairs) => {
        const result = get(new URLSearchParams([['id', 'a'], ...pairs]).toString())
        if (result.ok) {
          taken++
          result.reports.forEach(expectSaneReport)
        } else expect(result.message).toMatch(/.+: .+\.$/)
      }),
      { numRuns: 1000 },
    )
    // A fuzz that is always refused proves nothing.
    expect(taken).toBeGreaterThan(50)
  })

  it('never throws on arbitrary bytes under any content type', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.string(),
        fc.constantFrom(null, 'application/json', 'application/x-www-form-urlencoded', 'text/plain'),
        (body, query, contentType) => {
          const result = parseOsmAnd({ method: 'POST', query, contentType, body }, nowMs, zone)
          if (result.ok) result.reports.forEach(expectSaneReport)
        },
      ),
    )
  })
})
