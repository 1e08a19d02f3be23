import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePositionFrame, encodePositionFrame, type Marker } from './position-frame.ts'

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
