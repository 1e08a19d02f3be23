import {
  type AddressDirectory,
  type AddressStreet,
  addressWords,
  createAddressSearch,
  distanceM,
  type Point,
} from '@fleet/domain'
import { type Coordinate, type FeatureKind, type Geometry, mapFeatures } from '@fleet/domain/amsterdam'

const searched: Partial<Record<FeatureKind, AddressStreet['kind']>> = {
  // In this order: of a quay and the canal beside it with one name, the quay has the doors.
  'main-street': 'street',
  street: 'street',
  'cycle-route': 'street',
  place: 'place',
  station: 'place',
  district: 'place',
  park: 'place',
}

/** What the app knows of addresses by itself: streets and places of its own map, without house numbers. */
export function createShippedAddresses(): AddressDirectory {
  const byName = new Map<string, AddressStreet>()
  const features = mapFeatures()
  for (const [wanted, kind] of Object.entries(searched))
    for (const feature of features) {
      const key = addressWords(feature.name).join(' ')
      if (feature.kind !== wanted || byName.has(key)) continue
      const point = middleOf(feature.geometry)
      byName.set(key, { id: byName.size + 1, kind, name: feature.name, place: 'Amsterdam', point, houses: 0 })
    }
  return {
    search: createAddressSearch([...byName.values()]),
    housesOf: () => [],
    housesAt: () => [],
  }
}

function middleOf(geometry: Geometry): Point {
  if (geometry.type === 'Point') return toPoint(geometry.coordinates)
  const points = (geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates).map(toPoint)
  if (geometry.type === 'Polygon') {
    const ring = points.slice(1)
    const mean = (of: (point: Point) => number) =>
      ring.reduce((sum, point) => sum + of(point), 0) / ring.length
    return { lat: mean(({ lat }) => lat), lon: mean(({ lon }) => lon) }
  }
  const lengths = points.slice(1).map((point, i) => distanceM(points[i]!, point))
  let leftM = lengths.reduce((sum, length) => sum + length, 0) / 2
  const at = lengths.findIndex((length) => (leftM -= length) <= 0)
  const [from, to] = [points[Math.max(0, at)]!, points[Math.max(0, at) + 1] ?? points[0]!]
  const share = at === -1 || lengths[at] === 0 ? 0 : 1 + leftM / lengths[at]!
  return { lat: from.lat + (to.lat - from.lat) * share, lon: from.lon + (to.lon - from.lon) * share }
}

const toPoint = ([lon, lat]: Coordinate): Point => ({ lat, lon })
