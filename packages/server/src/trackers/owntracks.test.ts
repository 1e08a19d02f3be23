import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectSaneReport } from './expect-report.ts'
import { type OwnTracksRequest, parseOwnTracks } from './index.ts'

const location = { _type: 'location', lat: 52.37, lon: 4.89, tst: 1_782_900_000 }

function send(message: unknown, more: Partial<OwnTracksRequest> = {}) {
  const body = typeof message === 'string' ? message : JSON.stringify(message)
  return parseOwnTracks({
    headers: { 'x-limit-u': 'sanne', 'x-limit-d': 'phone-7' },
    query: '',
    basicUser: null,
    body,
    ...more,
  })
}
function reportOf(message: unknown, more: Partial<OwnTracksRequest> = {}) {
  const result = send(message, more)
  if (!result.ok) throw new Error(result.message)
  expect(result.reports).toHaveLength(1)
  return result.reports[0]!
}
const fixOf = (more: object) => reportOf({ ...location, ...more }).fix!

describe('an OwnTracks location', () => {
  it('is read into SI units, and what has no column is kept', () => {
    const message = {
      ...location,
      acc: 12,
      alt: 3,
      vac: 4,
      batt: 81,
      bs: 2,
      cog: 270,
      vel: 18,
      tid: 'S7',
      t: 'u',
      conn: 'm',
      created_at: 1_782_900_003,
      topic: 'owntracks/sanne/phone-7',
    }
    expect(reportOf(message)).toEqual({
      trackerId: 'phone-7',
      driverId: null,
      fix: {
        lat: 52.37,
        lon: 4.89,
        timeMs: 1_782_900_000_000,
        speedMps: 5,
        headingDeg: 270,
        accuracyM: 12,
        altitudeM: 3,
        batteryPct: 81,
        charging: true,
        attributes: { vac: 4, bs: 2, tid: 'S7', t: 'u', conn: 'm', created_at: 1_782_900_003 },
      },
      heartbeat: null,
    })
  })

  it('reads a left-out vel as standing still, and a left-out cog, acc, alt and batt as unknown', () => {
    expect(fixOf({})).toMatchObject({
      speedMps: 0,
      headingDeg: null,
      accuracyM: null,
      altitudeM: null,
      batteryPct: null,
      charging: null,
      attributes: null,
    })
  })

  it('takes negative vel and cog for unknown', () => {
    expect(fixOf({ vel: -1, cog: -1 })).toMatchObject({ speedMps: null, headingDeg: null })
  })

  it.each([
    [0, null],
    [1, false],
    [2, true],
    [3, true],
  ])('maps bs %i', (bs, charging) => {
    expect(fixOf({ bs }).charging).toBe(charging)
  })

  it('takes 0,0 for a tracker without a fix', () => {
    expect(reportOf({ ...location, lat: 0, lon: 0 })).toMatchObject({
      fix: null,
      heartbeat: { timeMs: 1_782_900_000_000 },
    })
  })

  it.each([
    [{ tst: undefined }, 'tst is missing'],
    [{ tst: 1_782_900_000_000 }, 'tst is 1782900000000: send seconds'],
    [{ tst: '1782900000' }, 'tst is "1782900000"'],
    [{ lat: undefined }, 'lat is missing'],
    [{ lon: 200 }, 'lon is 200'],
    [{ lat: '52.37' }, 'lat is "52.37"'],
    [{ vel: 'fast' }, 'vel is "fast": send a number of km/h'],
    [{ bs: 9 }, 'bs is 9'],
    [{ batt: 300 }, 'batt is 300'],
  ])('is refused with %j', (more, message) => {
    expect(send({ ...location, ...more })).toMatchObject({
      ok: false,
      status: 400,
      trackerId: 'phone-7',
      message: expect.stringContaining(message),
    })
  })

  it('converts km/h', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1800, noNaN: true }), (vel) => {
        expect(fixOf({ vel }).speedMps).toBeCloseTo(vel / 3.6, 9)
      }),
    )
  })
})

describe('the identity of an OwnTracks message', () => {
  const topic = 'owntracks/topic-user/topic-device'

  it('comes from the headers before the query, and from the query before the topic', () => {
    const query = '?u=query-user&d=query-device'
    expect(send({ ...location, topic }, { query })).toMatchObject({
      reports: [{ trackerId: 'phone-7' }],
    })
    expect(send({ ...location, topic }, { headers: {}, query })).toMatchObject({
      reports: [{ trackerId: 'query-device' }],
    })
    expect(send({ ...location, topic }, { headers: {} })).toMatchObject({
      reports: [{ trackerId: 'topic-device' }],
    })
  })

  it('reads the device from the topic of an event too', () => {
    expect(reportOf({ ...location, topic: `${topic}/event` }, { headers: {} }).trackerId).toBe('topic-device')
  })

  it('is the user when no device is named', () => {
    expect(reportOf(location, { headers: { 'x-limit-u': 'sanne', 'x-limit-d': '' } }).trackerId).toBe('sanne')
    expect(reportOf(location, { headers: {}, basicUser: 'joost' }).trackerId).toBe('joost')
  })

  it('is refused when it is missing: tid is a label that couriers share', () => {
    expect(send({ ...location, tid: 'S7' }, { headers: {} })).toMatchObject({
      ok: false,
      status: 400,
      trackerId: null,
      message: expect.stringContaining('The device is missing'),
    })
  })

  it('is refused when it cannot be stored', () => {
    expect(send(location, { headers: { 'x-limit-d': 'x'.repeat(200) } })).toMatchObject({
      ok: false,
      trackerId: null,
    })
  })

  it('answers 404 for an unknown device', () => {
    expect(send(location)).toMatchObject({ unknownTrackerStatus: 404 })
  })
})

describe('other OwnTracks messages', () => {
  it('ignores an empty body', () => {
    for (const body of [null, '', '  \n']) expect(send('', { body })).toMatchObject({ ok: true, reports: [] })
  })

  it.each([
    'lwt',
    'transition',
    'waypoint',
    'waypoints',
    'card',
    'cmd',
    'configuration',
    'steps',
    'status',
    'dump',
    'new-one',
  ])('ignores _type %s', (type) => {
    expect(send({ _type: type }, { headers: {} })).toMatchObject({ ok: true, reports: [] })
  })

  it('refuses an encrypted message with 422, so that the app tells its user and goes on', () => {
    expect(send({ _type: 'encrypted', data: 'abc' })).toEqual({
      ok: false,
      status: 422,
      trackerId: 'phone-7',
      message:
        '_type is "encrypted": clear the encryption key in the OwnTracks settings and use an https URL.',
    })
  })

  it.each(['[]', '{', 'null', '5', '"x"', '{}', '{"_type": 5}', JSON.stringify([location])])(
    'refuses %s with 400',
    (body) => {
      expect(send(body)).toMatchObject({ ok: false, status: 400, trackerId: 'phone-7' })
    },
  )

  it('never throws and never yields a value out of range', () => {
    const number = fc.oneof(fc.double(), fc.integer({ min: -200, max: 400 }), fc.constantFrom(52.37, 0, -1))
    const message = fc.record(
      {
        _type: fc.constant('location'),
        lat: number,
        lon: number,
        tst: fc.oneof(number, fc.constant(1_782_900_000)),
        acc: number,
        alt: number,
        vel: number,
        cog: number,
        batt: number,
        bs: fc.integer({ min: -1, max: 4 }),
        topic: fc.anything(),
        x: fc.jsonValue(),
      },
      { requiredKeys: ['_type'] },
    )
    const body = fc.oneof(
      message.map((value) => JSON.stringify(value)),
      fc.json(),
      fc.uint8Array(),
      fc.string(),
    )
    fc.assert(
      fc.property(body, fc.string(), fc.option(fc.string({ unit: 'binary' })), (body, query, basicUser) => {
        const result = parseOwnTracks({ headers: {}, query, basicUser, body })
        if (result.ok) result.reports.forEach(expectSaneReport)
        else expect(result.message).toMatch(/.+: .+\.$/)
      }),
      { numRuns: 1000 },
    )
  })
})
