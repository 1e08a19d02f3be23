import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeTrack, encodeTrack } from './track.ts'

const fix = fc.record({
  timeMs: fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
})

test('a track comes back as it was sent, to the metre', () => {
  fc.assert(
    fc.property(fc.array(fix), (fixes) => {
      const sent = fixes.toSorted((a, b) => a.timeMs - b.timeMs)
      const fromMs = 1_700_000_000_000
      const encoded = encodeTrack(
        {
          timesMs: sent.map(({ timeMs }) => timeMs),
          lats: sent.map(({ lat }) => lat),
          lons: sent.map(({ lon }) => lon),
        },
        fromMs,
      )
      const read = decodeTrack(JSON.parse(JSON.stringify(encoded)) as typeof encoded, fromMs)
      expect([...read.timesMs]).toEqual(sent.map(({ timeMs }) => timeMs))
      for (const [index, { lat, lon }] of sent.entries()) {
        expect(Math.abs(read.lats[index]! - lat)).toBeLessThan(0.6e-5)
        expect(Math.abs(read.lons[index]! - lon)).toBeLessThan(0.6e-5)
      }
    }),
  )
})
