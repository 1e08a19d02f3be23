import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectSaneReport } from './expect-report.ts'
import { type BatchItem, maxBatchItems, parsePositionBatch } from './index.ts'
import { maxTimeMs, minTimeMs } from './quantity.ts'

const item = { device: 'bike-7', time: '2026-07-01T10:00:00Z', lat: 52.37, lon: 4.89 }

const array = (items: unknown) => parsePositionBatch('application/json', Buffer.from(JSON.stringify(items)))
const lines = (text: string) => parsePositionBatch('application/x-ndjson', Buffer.from(text))
function itemsOf(result: ReturnType<typeof array>) {
  if (!result.ok) throw new Error(result.message)
  return result.items
}
function reportOf(value: object) {
  const [result] = itemsOf(array([value]))
  if (!result?.ok) throw new Error(result?.message)
  return result.report
}

describe('a position batch', () => {
  it('reads every field of an item', () => {
    const full = {
      ...item,
      speed_mps: 4.5,
      heading_deg: 360,
      accuracy_m: 6,
      altitude_m: -1,
      battery_pct: 87.5,
      charging: true,
      attributes: { gear: 3 },
    }
    expect(reportOf(full)).toEqual({
      trackerId: 'bike-7',
      driverId: null,
      fix: {
        lat: 52.37,
        lon: 4.89,
        timeMs: Date.UTC(2026, 6, 1, 10),
        speedMps: 4.5,
        headingDeg: 0,
        accuracyM: 6,
        altitudeM: -1,
        batteryPct: 87.5,
        charging: true,
        attributes: { gear: 3 },
      },
      heartbeat: null,
    })
  })

  it('takes null and absent fields for unknown, and ignores keys that it does not know', () => {
    const { fix } = reportOf({ ...item, speed_mps: null, charging: null, attributes: null, colour: 'red' })
    expect(fix).toMatchObject({ speedMps: null, headingDeg: null, charging: null, attributes: null })
  })

  it('takes negative speed, heading and battery and an accuracy of zero for unknown', () => {
    const { fix } = reportOf({ ...item, speed_mps: -1, heading_deg: -1, battery_pct: -1, accuracy_m: 0 })
    expect(fix).toMatchObject({ speedMps: null, headingDeg: null, batteryPct: null, accuracyM: null })
  })

  it('reads time as ISO 8601 with an offset and as epoch milliseconds', () => {
    expect(reportOf({ ...item, time: '2026-07-01T12:00:00.5+02:00' }).fix.timeMs).toBe(
      Date.UTC(2026, 6, 1, 10, 0, 0, 500),
    )
    expect(reportOf({ ...item, time: 1_782_900_000_123 }).fix.timeMs).toBe(1_782_900_000_123)
  })

  it('answers a bad item for itself and takes the others', () => {
    const results = itemsOf(array([item, { ...item, lat: 95 }, 5, item]))
    expect(results.map((result) => result.ok)).toEqual([true, false, false, true])
    expect(results[1]).toEqual({ ok: false, message: 'Item 2: lat is 95: send degrees from -90 to 90.' })
  })

  it('reads one object a line, with blank lines, carriage returns and no last newline', () => {
    const line = JSON.stringify(item)
    expect(itemsOf(lines(`${line}\r\n\n  \n${line}\n${line}`))).toHaveLength(3)
    expect(itemsOf(lines(`${line}\n`))).toHaveLength(1)
    expect(itemsOf(lines(` ${line}`))[0]?.ok).toBe(true)
  })

  it('answers a bad line for itself, by its number in the body', () => {
    const line = JSON.stringify(item)
    const results = itemsOf(lines(`${line}\n\n{"device":\n${line}`))
    expect(results.map((result) => result.ok)).toEqual([true, false, true])
    expect(results[1]).toEqual({ ok: false, message: 'Line 3: no JSON: send one object a line.' })
  })

  it('takes an empty batch', () => {
    expect(itemsOf(array([]))).toEqual([])
    expect(itemsOf(lines(''))).toEqual([])
  })

  it('takes content types with parameters, in any case, and a byte order mark', () => {
    const body = `\uFEFF${JSON.stringify([item])}`
    expect(parsePositionBatch('Application/JSON; charset=utf-8', body)).toMatchObject({ ok: true })
  })

  it('refuses a whole body only for what concerns the whole body', () => {
    expect(array({ items: [] })).toMatchObject({ ok: false, status: 400 })
    expect(parsePositionBatch('application/json', '[{')).toMatchObject({ ok: false, status: 400 })
    expect(parsePositionBatch('text/csv', 'a,b')).toMatchObject({ ok: false, status: 415 })
    expect(parsePositionBatch(undefined, '[]')).toMatchObject({ ok: false, status: 415 })
  })

  it('takes 10,000 items and refuses one more', () => {
    const full = Array.from({ length: maxBatchItems }, () => item)
    expect(itemsOf(array(full))).toHaveLength(maxBatchItems)
    expect(array([...full, item])).toMatchObject({ ok: false, status: 413 })
    const line = `${JSON.stringify(item)}\n`
    expect(itemsOf(lines(line.repeat(maxBatchItems)))).toHaveLength(maxBatchItems)
    expect(lines(line.repeat(maxBatchItems + 1))).toMatchObject({ ok: false, status: 413 })
  })

  it.each([
    [{ device: undefined }, 'device is missing'],
    [{ device: 7 }, 'device is 7'],
    [{ device: '' }, 'device is ""'],
    [{ device: 'a\0' }, 'device is "a\\u0000"'],
    [{ time: undefined }, 'time is missing'],
    [{ time: '2026-07-01T10:00:00' }, 'time is "2026-07-01T10:00:00": send ISO 8601 with Z or an offset'],
    [{ time: 1_782_900_000 }, 'time is 1782900000'],
    [{ lat: null }, 'lat is null'],
    [{ lon: '4.89' }, 'lon is "4.89"'],
    [{ lat: 0, lon: 0 }, 'lat and lon are both 0'],
    [{ speed_mps: 600 }, 'speed_mps is 600'],
    [{ heading_deg: 361 }, 'heading_deg is 361'],
    [{ accuracy_m: 'good' }, 'accuracy_m is "good"'],
    [{ altitude_m: 1e6 }, 'altitude_m is 1000000'],
    [{ battery_pct: 101 }, 'battery_pct is 101'],
    [{ charging: 1 }, 'charging is 1'],
    [{ attributes: [] }, 'attributes is an array'],
  ])('refuses an item with %j', (more, message) => {
    const [result] = itemsOf(array([{ ...item, ...more }]))
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining(`Item 1: ${message}`) })
  })
})

describe('any position batch', () => {
  const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((value) => value + 0)
  const good: fc.Arbitrary<BatchItem> = fc.record(
    {
      device: fc.stringMatching(/^[a-z0-9-]{1,40}$/),
      time: fc
        .integer({ min: minTimeMs, max: maxTimeMs - 1 })
        .map((ms) => (ms % 2 ? ms : new Date(ms).toISOString())),
      lat: finite(1, 90),
      lon: finite(-180, 180),
      speed_mps: finite(0, 500),
      heading_deg: finite(0, 359.9),
      accuracy_m: finite(0.1, 1e6),
      altitude_m: finite(-100, 9000),
      battery_pct: finite(0, 100),
      charging: fc.boolean(),
      attributes: fc.constant({ gear: 3 }),
    },
    { requiredKeys: ['device', 'time', 'lat', 'lon'] },
  )

  it('gives back what went in, as an array and as lines', () => {
    fc.assert(
      fc.property(fc.array(good), (items) => {
        const asArray = itemsOf(array(items))
        expect(itemsOf(lines(items.map((one) => JSON.stringify(one)).join('\n')))).toEqual(asArray)
        expect(asArray).toHaveLength(items.length)
        for (const [index, one] of items.entries()) {
          const result = asArray[index]!
          if (!result.ok) throw new Error(result.message)
          expect(result.report.trackerId).toBe(one.device)
          expect(result.report.fix).toEqual({
            lat: one.lat,
            lon: one.lon,
            timeMs: new Date(one.time).getTime(),
            speedMps: one.speed_mps ?? null,
            headingDeg: one.heading_deg ?? null,
            accuracyM: one.accuracy_m ?? null,
            altitudeM: one.altitude_m ?? null,
            batteryPct: one.battery_pct ?? null,
            charging: one.charging ?? null,
            attributes: one.attributes ?? null,
          })
        }
      }),
    )
  })

  it('never throws and never yields a value out of range, whatever the items', () => {
    const spoiled = fc
      .tuple(
        good,
        fc.constantFrom(
          'device',
          'time',
          'lat',
          'lon',
          'speed_mps',
          'heading_deg',
          'accuracy_m',
          'altitude_m',
          'battery_pct',
          'attributes',
        ),
        fc.jsonValue(),
      )
      .map(([one, key, value]) => Object.assign({}, one, { [key]: value }))
    fc.assert(
      fc.property(fc.array(fc.oneof(spoiled, fc.jsonValue())), (items) => {
        const results = itemsOf(array(items))
        expect(results).toHaveLength(items.length)
        for (const result of results)
          if (result.ok) expectSaneReport(result.report)
          else expect(result.message).toMatch(/^Item \d+: .+\.$/)
      }),
      { numRuns: 500 },
    )
  })

  it('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('application/json', 'application/x-ndjson'),
        (body, type) => {
          const result = parsePositionBatch(type, body)
          if (result.ok) for (const one of result.items) if (one.ok) expectSaneReport(one.report)
        },
      ),
    )
  })
})
