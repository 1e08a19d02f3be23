import { expect, test } from 'vitest'
import { distanceM, isInside } from '../geo.ts'
import { lineLengthM, toPoint } from './graph.ts'
import { amsterdamMap, mapBounds, mapFeatures } from './map.ts'
import { featureKinds, type Coordinate, type MapFeature } from './types.ts'

const features = mapFeatures()

function coordinatesOf({ geometry }: MapFeature): readonly Coordinate[] {
  if (geometry.type === 'Point') return [geometry.coordinates]
  return geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates
}

test('ids are unique', () => {
  const ids = features.map(({ id }) => id)
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
})

test('every kind has a feature, and kinds come in paint order', () => {
  const order = features.map(({ kind }) => featureKinds.indexOf(kind))
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect([...new Set(order)]).toEqual(featureKinds.map((_, i) => i))
})

test('everything lies in or just beyond the bounds, so no coordinate pair is swapped or mistyped', () => {
  const [west, south, east, north] = mapBounds
  const marginDeg = 0.025
  const outside = features.filter((feature) =>
    coordinatesOf(feature).some(
      ([lon, lat]) =>
        lon < west - marginDeg ||
        lon > east + marginDeg ||
        lat < south - marginDeg ||
        lat > north + marginDeg,
    ),
  )
  expect(outside.map(({ id }) => id)).toEqual([])
})

test('no line or outline stands still or jumps', () => {
  const broken = features.filter((feature) => {
    const points = coordinatesOf(feature).map(toPoint)
    return points.some(
      (at, i) => i > 0 && (distanceM(points[i - 1]!, at) < 0.5 || distanceM(points[i - 1]!, at) > 8000),
    )
  })
  expect(broken.map(({ id }) => id)).toEqual([])
})

test('polygons are closed, counterclockwise and enclose something', () => {
  const broken = features.filter(({ geometry }) => {
    if (geometry.type !== 'Polygon') return false
    const ring = geometry.coordinates[0]
    const twiceArea = ring.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = ring[(i + 1) % ring.length]!
      return sum + (x * nextY - nextX * y)
    }, 0)
    return ring[0]!.join() !== ring.at(-1)!.join() || twiceArea <= 0 || lineLengthM(ring.map(toPoint)) < 100
  })
  expect(broken.map(({ id }) => id)).toEqual([])
})

test('the IJ parts the city: its middle is water, Dam and Noord are not', () => {
  const ij = coordinatesOf(features.find(({ id }) => id === 'ij')!).map(toPoint)
  expect(isInside({ lat: 52.381, lon: 4.9005 }, ij)).toBe(true)
  expect(isInside({ lat: 52.3731, lon: 4.8931 }, ij)).toBe(false)
  expect(isInside({ lat: 52.394, lon: 4.918 }, ij)).toBe(false)
})

test('the canals of the half-moon lie around each other in the order that the city has them', () => {
  const dam = { lat: 52.3731, lon: 4.8931 }
  const nearestToDamM = [
    'gracht-singel',
    'gracht-herengracht',
    'gracht-keizersgracht',
    'gracht-prinsengracht',
    'singelgracht',
  ].map((id) =>
    Math.min(...coordinatesOf(features.find((f) => f.id === id)!).map((c) => distanceM(toPoint(c), dam))),
  )
  expect(nearestToDamM).toEqual(nearestToDamM.toSorted((a, b) => a - b))
})

test('GeoJSON carries what a style filters on, and numeric ids for feature state', () => {
  const { type, features: geoJson } = amsterdamMap()
  expect(type).toBe('FeatureCollection')
  expect(new Set(geoJson.map(({ id }) => id)).size).toBe(features.length)
  const amstel = geoJson.find(({ properties }) => properties.id === 'amstel')!
  expect(amstel.properties).toEqual({ id: 'amstel', kind: 'canal', name: 'Amstel', widthM: 85 })
  expect(Object.keys(amstel).toSorted()).toEqual(['geometry', 'id', 'properties', 'type'])
})
