import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodePositionFrame,
  encodePositionFrame,
  type Marker,
  PositionColumns,
  unsaid,
} from './position-frame.ts'

const marker: fc.Arbitrary<Marker> = fc.record({
  bikeNo: fc.integer({ min: 0, max: 0xffff_ffff }),
  timeMs: fc.integer({ min: 0, max: 4e12 }),
  lat: fc.integer({ min: -900_000_000, max: 900_000_000 }).map((e7) => e7 / 1e7),
  lon: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }).map((e7) => e7 / 1e7),
  speedMps: fc.option(fc.integer({ min: 0, max: 60_000 }).map((cm) => cm / 100)),
  headingDeg: fc.option(fc.integer({ min: 0, max: 35_999 }).map((c) => c / 100)),
  accuracyM: fc.option(fc.integer({ min: 0, max: 60_000 }).map((dm) => dm / 10)),
  batteryPct: fc.option(fc.integer({ min: 0, max: 100 })),
  charging: fc.option(fc.boolean()),
  odometerM: fc.integer({ min: 0, max: 0xffff_ffff }),
})

test('a position frame decodes to the markers that were encoded', () => {
  fc.assert(
    fc.property(
      fc.array(marker, { maxLength: 50 }),
      fc.integer({ min: 0, max: 4e12 }),
      (markers, serverTimeMs) => {
        expect(decodePositionFrame(encodePositionFrame(markers, serverTimeMs))).toEqual({
          serverTimeMs,
          markers,
        })
      },
    ),
  )
})

/** One row of the columns in the words of a marker; `charging` knows only yes and no. */
const rowOf = (columns: PositionColumns, i: number) => ({
  bikeNo: columns.bikeNo[i],
  timeMs: columns.timeMs[i],
  lat: columns.lat[i],
  lon: columns.lon[i],
  speedMps: columns.speedMps[i],
  headingDeg: columns.headingDeg[i],
  accuracyM: columns.accuracyM[i],
  batteryPct: columns.batteryPct[i],
  charging: columns.charging[i],
  odometerM: columns.odometerM[i],
})

test('columns hold what the objects hold, from bytes and from JSON, also where an earlier frame was longer', () => {
  const reused = new PositionColumns()
  const f32 = (value: number | null) => (value === null ? unsaid : Math.fround(value))
  fc.assert(
    fc.property(fc.array(marker, { maxLength: 150 }), fc.integer({ min: 0, max: 4e12 }), (markers, atMs) => {
      const expected = markers.map((one) => ({
        ...one,
        speedMps: f32(one.speedMps),
        headingDeg: f32(one.headingDeg),
        accuracyM: f32(one.accuracyM),
        batteryPct: f32(one.batteryPct),
        charging: one.charging === true ? 1 : 0,
      }))
      // Behind an offset, as a slice of a larger buffer is.
      const frame = encodePositionFrame(markers, atMs)
      const shifted = new Uint8Array(frame.length + 3)
      shifted.set(frame, 3)
      expect(reused.decode(shifted.subarray(3))).toBe(true)
      for (const columns of [reused, new PositionColumns().take(markers, atMs)]) {
        expect(columns.serverTimeMs).toBe(atMs)
        expect(columns.count).toBe(markers.length)
        expect(markers.map((_, i) => rowOf(columns, i))).toEqual(expected)
      }
    }),
  )
})

test('columns keep what they hold when bytes are no position frame', () => {
  const columns = new PositionColumns()
  columns.take([], 7)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      fc.pre(decodePositionFrame(bytes) === null)
      expect(columns.decode(bytes)).toBe(false)
      expect(columns.serverTimeMs).toBe(7)
    }),
  )
})

test('bytes that are no position frame are refused, not misread', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const frame = decodePositionFrame(bytes)
      if (frame) expect(bytes[0]).toBe(1)
    }),
  )
})

test('values beyond the wire range are clamped, so that they cannot read as another value', () => {
  const [seen] = decodePositionFrame(
    encodePositionFrame(
      [
        {
          bikeNo: 1,
          timeMs: 1,
          lat: 52,
          lon: 4,
          speedMps: 9999,
          headingDeg: 0,
          accuracyM: 1e9,
          batteryPct: 140,
          charging: null,
          odometerM: 0,
        },
      ],
      1,
    ),
  )!.markers
  expect(seen).toMatchObject({ speedMps: 655.34, accuracyM: 6553.4, batteryPct: 100 })
})
