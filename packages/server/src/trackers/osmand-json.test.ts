import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectSaneReport } from './expect-report.ts'
import { parseOsmAnd } from './index.ts'

const nowMs = Date.UTC(2026, 6, 1, 12)

const send = (message: unknown, contentType: string | null = 'application/json; charset=utf-8') =>
  parseOsmAnd(
    {
      method: 'POST',
      query: '',
      contentType,
      body: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
    },
    nowMs,
    'Europe/Amsterdam',
  )

function reportsOf(message: unknown) {
  const result = send(message)
  if (!result.ok) throw new Error(result.message)
  return result.reports
}
const refusal = (message: unknown) => {
  const result = send(message)
  if (result.ok) throw new Error('was taken')
  return result
}

const location = {
  timestamp: '2026-07-01T10:00:00.000Z',
  coords: { latitude: 52.37, longitude: 4.89, accuracy: 6.5, speed: 4.2, heading: 181, altitude: 1.5 },
  is_moving: true,
  odometer: 1234.5,
  event: 'motionchange',
  battery: { level: 0.57, is_charging: false },
  activity: { type: 'on_bicycle' },
  mock: false,
  alarm: 'sos',
  extras: { shift: 'late' },
}

describe('the JSON of Traccar Client 9', () => {
  it('reads every field, with speed in m/s', () => {
    expect(reportsOf({ device_id: '48241179', location })).toEqual([
      {
        trackerId: '48241179',
        driverId: null,
        fix: {
          lat: 52.37,
          lon: 4.89,
          timeMs: Date.UTC(2026, 6, 1, 10),
          speedMps: 4.2,
          headingDeg: 181,
          accuracyM: 6.5,
          altitudeM: 1.5,
          batteryPct: 57,
          charging: false,
          attributes: {
            is_moving: true,
            odometer: 1234.5,
            event: 'motionchange',
            mock: false,
            alarm: 'sos',
            activity: 'on_bicycle',
            shift: 'late',
          },
        },
        heartbeat: null,
      },
    ])
  })

  it('takes -1 of speed, heading and level for unknown', () => {
    const coords = { ...location.coords, speed: -1, heading: -1 }
    const [report] = reportsOf({ device_id: 'a', location: { ...location, coords, battery: { level: -1 } } })
    expect(report?.fix).toMatchObject({ speedMps: null, headingDeg: null, batteryPct: null, charging: null })
  })

  it('reads a location without coords as a heartbeat', () => {
    for (const coords of [undefined, null]) {
      const [report] = reportsOf({ device_id: 'a', location: { ...location, coords } })
      expect(report).toMatchObject({ fix: null, heartbeat: { batteryPct: 57, charging: false } })
    }
  })

  it('takes 0,0 for a tracker without a fix, and keeps what it sent', () => {
    const [report] = reportsOf({ device_id: 'a', location: { coords: { latitude: 0, longitude: 0 } } })
    expect(report).toMatchObject({
      fix: null,
      heartbeat: { timeMs: nowMs, attributes: { latitude: 0, longitude: 0 } },
    })
  })

  it('keeps unknown keys of location and coords as attributes', () => {
    const coords = { ...location.coords, altitude_accuracy: 3 }
    const [report] = reportsOf({ device_id: 'a', location: { coords, uuid: 'u-1' } })
    expect(report?.fix?.attributes).toEqual({ uuid: 'u-1', altitude_accuracy: 3 })
  })

  it('is recognised without a content type', () => {
    expect(send({ device_id: 'a', location }, null)).toMatchObject({ ok: true })
  })

  it('takes a byte order mark', () => {
    expect(send(`\uFEFF${JSON.stringify({ device_id: 'a', location })}`)).toMatchObject({ ok: true })
  })

  it('takes a number for device_id', () => {
    expect(reportsOf({ device_id: 48_241_179, location })[0]?.trackerId).toBe('48241179')
  })

  it('answers 404 for an unknown device', () => {
    expect(send({ device_id: 'a', location })).toMatchObject({ unknownTrackerStatus: 404 })
  })

  it('reads an array of locations in order', () => {
    const later = { ...location, timestamp: '2026-07-01T10:00:05Z' }
    const times = reportsOf({ device_id: 'a', location: [location, later] }).map(
      (report) => report.fix?.timeMs,
    )
    expect(times).toEqual([Date.UTC(2026, 6, 1, 10), Date.UTC(2026, 6, 1, 10, 0, 5)])
    expect(refusal({ device_id: 'a', location: [location, 5] }).message).toContain('location[1] is 5')
  })

  it.each([
    ['{', 'The body is no JSON object'],
    ['[]', 'The body is no JSON object'],
    [{ location }, 'device_id is missing'],
    [{ device_id: '', location }, 'device_id is ""'],
    [{ device_id: 'a' }, 'location is missing'],
    [{ device_id: 'a', location: { coords: [] } }, 'location.coords is an array'],
    [{ device_id: 'a', location: { coords: {} } }, 'location.coords.latitude is missing'],
    [
      { device_id: 'a', location: { coords: { latitude: '52', longitude: 4 } } },
      'location.coords.latitude is "52"',
    ],
    [{ device_id: 'a', location: { timestamp: 'noon' } }, 'location.timestamp is "noon"'],
    [{ device_id: 'a', location: { timestamp: {} } }, 'location.timestamp is an object'],
    [
      { device_id: 'a', location: { battery: { level: 57 } } },
      'location.battery.level is 57: send a level from 0 to 1',
    ],
    [
      { device_id: 'a', location: { battery: { is_charging: 'usb' } } },
      'location.battery.is_charging is "usb"',
    ],
  ])('refuses %j with a sentence', (message, expected) => {
    expect(refusal(message)).toMatchObject({ status: 400, message: expect.stringContaining(expected) })
  })

  it('never throws and never yields a value out of range, whatever the JSON', () => {
    const number = fc.oneof(fc.double(), fc.integer({ min: -200, max: 400 }), fc.constantFrom(52.37, 0, -1))
    const message = fc.record(
      {
        device_id: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('a'), fc.integer()),
        location: fc.record(
          {
            timestamp: fc.oneof(fc.string(), fc.constant('2026-07-01T10:00:00Z'), number),
            coords: fc.record(
              {
                latitude: number,
                longitude: number,
                speed: number,
                heading: number,
                accuracy: number,
                altitude: number,
              },
              { requiredKeys: [] },
            ),
            battery: fc.record({ level: number, is_charging: fc.boolean() }, { requiredKeys: [] }),
            extras: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['location'] },
    )
    fc.assert(
      fc.property(fc.oneof(message, fc.jsonValue()), (value) => {
        const result = send(JSON.stringify(value))
        if (result.ok) result.reports.forEach(expectSaneReport)
        else expect(result.message).toMatch(/.+: .+\.$/)
      }),
      { numRuns: 1000 },
    )
  })
})
