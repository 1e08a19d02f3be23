import { mostZonesAtOnce } from '@fleet/api'
import { circleAround, zoneKinds } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseZonesGeoJson, renderZonesGeoJson } from './zones-geojson.ts'

const ring = [
  [4.89, 52.37],
  [4.9, 52.37],
  [4.9, 52.38],
  [4.89, 52.37],
]
const feature = (coordinates: unknown, properties: object = {}, type = 'Polygon') => ({
  type: 'Feature',
  properties,
  geometry: { type, coordinates },
})
const parse = (...features: readonly object[]) => {
  const parsed = parseZonesGeoJson(JSON.stringify({ type: 'FeatureCollection', features }))
  if (!parsed.ok) throw new Error(parsed.fault)
  return parsed.areas
}

test('what was exported is imported as it was', () => {
  const zone = fc.record({
    name: fc.stringMatching(/^[A-Z][a-z]{1,20}$/),
    kind: fc.constantFrom(...zoneKinds),
    polygon: fc
      .record({ lat: fc.double({ min: 51, max: 53, noNaN: true }), corners: fc.integer({ min: 3, max: 30 }) })
      .map(({ lat, corners }) => circleAround({ lat, lon: 4.9 }, 500, corners)),
  })
  fc.assert(
    fc.property(fc.array(zone, { minLength: 1, maxLength: 5 }), (zones) => {
      const parsed = parseZonesGeoJson(renderZonesGeoJson(zones))
      expect(parsed).toEqual({
        ok: true,
        areas: zones.map((zone, i) => ({ ...zone, place: i + 1, fault: null })),
      })
    }),
  )
})

test('names are found under the names that files use, and a feature without one is numbered', () => {
  const names = parse(
    feature([ring], { name: 'Dam' }),
    feature([ring], { id: 'x', Buurtnaam: 'Jordaan' }),
    feature([ring], { title: 'De\u0000Pijp' }),
    feature([ring], { Buurt_code: 'F81d', Buurt: 'Calandlaan/Lelylaan', Opp_m2: 275360 }),
    feature([ring]),
  ).map(({ name }) => name)
  expect(names).toEqual(['Dam', 'Jordaan', 'De Pijp', 'Calandlaan/Lelylaan', '5'])
})

test('each part of several becomes a zone', () => {
  const areas = parse(feature([[ring], [ring]], { name: 'Eilanden' }, 'MultiPolygon'))
  expect(areas.map(({ name, place }) => [name, place])).toEqual([
    ['Eilanden', 1],
    ['Eilanden (2)', 1],
  ])
})

test('every area that cannot be a zone says why', () => {
  const bowTie = [
    [4.89, 52.37],
    [4.9, 52.38],
    [4.9, 52.37],
    [4.89, 52.38],
  ]
  const rd = [
    [121_000, 487_000],
    [122_000, 487_000],
    [122_000, 488_000],
  ]
  const dense = circleAround({ lat: 52.37, lon: 4.9 }, 5_000, 2_001).map(({ lat, lon }) => [lon, lat])
  const faults = parse(
    feature([4.9, 52.3], {}, 'Point'),
    feature([ring, ring]),
    feature([rd]),
    feature([bowTie]),
    feature([ring.slice(0, 2)]),
    feature([dense]),
    feature('nonsense'),
    { type: 'Feature', geometry: null },
  ).map(({ fault }) => fault)
  expect(faults).toEqual([
    'no_area',
    'holes',
    'coordinates',
    'crosses',
    'too_few',
    'too_many_corners',
    'coordinates',
    'no_area',
  ])
})

test('a file that is none is told as a whole', () => {
  const faultOf = (text: string) => {
    const parsed = parseZonesGeoJson(text)
    return parsed.ok ? null : parsed.fault
  }
  expect(faultOf('{')).toBe('not_json')
  expect(faultOf('[]')).toBe('not_geojson')
  expect(faultOf('{"type":"FeatureCollection","features":[]}')).toBe('empty')
  const features = Array.from({ length: mostZonesAtOnce + 1 }, () => feature([ring]))
  expect(faultOf(JSON.stringify({ type: 'FeatureCollection', features }))).toBe('too_many')
})

test('whatever a file holds, it is read or refused and never breaks the page', () => {
  const geometry = fc.record({
    type: fc.constantFrom('Polygon', 'MultiPolygon', 'Point', 7),
    coordinates: fc.jsonValue(),
  })
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.jsonValue(),
          geometry.map((each) => ({ geometry: each })),
        ),
      ),
      (features) => {
        const parsed = parseZonesGeoJson(JSON.stringify({ type: 'FeatureCollection', features }))
        if (parsed.ok)
          for (const { fault, polygon } of parsed.areas)
            expect(fault !== null || polygon.length > 2).toBe(true)
      },
    ),
  )
})
