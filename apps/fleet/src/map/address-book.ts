import {
  type AddressStreet,
  addressWords,
  distanceM,
  parseHouseNumber,
  parsePostcode,
  type Point,
} from '@fleet/domain'
import type { IndexedHouse } from '@fleet/server/map'

/** A feature of `osmium export`, as far as we read it. */
interface Feature {
  readonly geometry: { readonly type: string; readonly coordinates: unknown }
  readonly properties: Readonly<Record<string, string | undefined>>
}

interface Street {
  readonly name: string
  readonly place: string
  readonly houses: IndexedHouse[]
}

interface Named {
  readonly name: string
  readonly point: Point
  /** Of several pieces of one street the longest says where it is. */
  readonly lengthM: number
}

const searchedPlaces = new Set([
  'city',
  'town',
  'village',
  'hamlet',
  'suburb',
  'borough',
  'quarter',
  'neighbourhood',
  'square',
  'island',
])

/** Collects what an extract knows of addresses, feature by feature, and puts it in the order of streets. */
export class AddressBook {
  /** By street and town: every town has a Dorpsstraat. */
  readonly #streets = new Map<string, Street>()
  readonly #roads = new Map<string, Named>()
  readonly #places = new Map<string, Named>()
  /** Addresses that were left out because they name no street or no number. */
  skipped = 0

  /** @param line one GeoJSON feature, with or without the record separator of RFC 8142 before it */
  addLine(line: string): void {
    const from = line.indexOf('{')
    if (from === -1) return
    const { geometry, properties } = JSON.parse(line.slice(from)) as Feature
    const points = pointsOf(geometry)
    if (points.length === 0) return
    if (properties['addr:housenumber'] !== undefined) this.#addHouses(properties, middleOf(points))
    const { name } = properties
    if (name === undefined || name.trim() === '') return
    if (properties['highway'] !== undefined && geometry.type !== 'Point')
      keepLongest(this.#roads, namedOf(name, points))
    else if (searchedPlaces.has(properties['place'] ?? ''))
      keepLongest(this.#places, { name: name.trim(), point: middleOf(points), lengthM: 0 })
  }

  /** Streets with their doors, then streets without, then places; numbered from 1. */
  *streets(): Generator<readonly [AddressStreet, readonly IndexedHouse[]]> {
    this.#joinTownless()
    let id = 0
    const withDoors = new Set<string>()
    for (const { name, place, houses } of this.#streets.values()) {
      withDoors.add(keyOf(name))
      const point = nearestTo(meanOf(houses.map((house) => house.point)), houses)
      yield [{ id: (id += 1), kind: 'street', name, place, point, houses: houses.length }, houses]
    }
    for (const [kind, named] of [
      ['street', this.#roads],
      ['place', this.#places],
    ] as const)
      for (const [key, { name, point }] of named) {
        if (withDoors.has(key)) continue
        withDoors.add(key)
        yield [{ id: (id += 1), kind, name, place: '', point, houses: 0 }, []]
      }
  }

  #addHouses(properties: Feature['properties'], point: Point): void {
    const name = (properties['addr:street'] ?? properties['addr:place'] ?? '').trim()
    const postcode = parsePostcode(properties['addr:postcode'] ?? '') ?? ''
    // "1;3;5" is three doors.
    const houses = (properties['addr:housenumber'] ?? '').split(/[;,]/).flatMap((text): IndexedHouse[] => {
      const houseNumber = text.trim()
      const parsed = parseHouseNumber(houseNumber)
      return parsed === null ? [] : [{ houseNumber, number: parsed.number, postcode, point }]
    })
    if (name === '' || houses.length === 0) {
      this.skipped += 1
      return
    }
    const place = (properties['addr:city'] ?? '').trim()
    const key = `${keyOf(name)}\n${keyOf(place)}`
    const street = this.#streets.get(key)
    if (street === undefined) this.#streets.set(key, { name, place, houses })
    else street.houses.push(...houses)
  }

  /** Doors that do not say their town go to the nearest street of that name that does. */
  #joinTownless(): void {
    const withTown = [...this.#streets.values()].filter(({ place }) => place !== '')
    const byName = Map.groupBy(withTown, ({ name }) => keyOf(name))
    for (const [key, street] of this.#streets) {
      if (street.place !== '') continue
      const mean = meanOf(street.houses.map(({ point }) => point))
      const nearest = byName
        .get(keyOf(street.name))
        ?.toSorted((a, b) => distanceM(mean, a.houses[0]!.point) - distanceM(mean, b.houses[0]!.point))[0]
      if (nearest === undefined) continue
      nearest.houses.push(...street.houses)
      this.#streets.delete(key)
    }
  }
}

const keyOf = (name: string) => addressWords(name).join(' ')

function keepLongest(named: Map<string, Named>, one: Named): void {
  const key = keyOf(one.name)
  const known = named.get(key)
  if (key !== '' && (known === undefined || one.lengthM > known.lengthM)) named.set(key, one)
}

function namedOf(name: string, points: readonly Point[]): Named {
  const lengthM = points.slice(1).reduce((sum, point, i) => sum + distanceM(points[i]!, point), 0)
  // A corner of the line itself: the middle of a bent street may lie in a canal.
  return { name: name.trim(), point: points[Math.floor((points.length - 1) / 2)]!, lengthM }
}

/** All corners of a geometry, of an area those of its outline. */
function pointsOf({ type, coordinates }: Feature['geometry']): readonly Point[] {
  type Pair = readonly [number, number]
  const pairs =
    type === 'Point'
      ? [coordinates as Pair]
      : type === 'LineString'
        ? (coordinates as Pair[])
        : type === 'Polygon'
          ? (coordinates as Pair[][])[0]
          : type === 'MultiPolygon'
            ? (coordinates as Pair[][][])[0]?.[0]
            : []
  return (pairs ?? []).map(([lon, lat]) => ({ lat, lon }))
}

/** Of an outline, whose last corner repeats the first, or of a single point. */
const middleOf = (points: readonly Point[]): Point => meanOf(points.length > 1 ? points.slice(1) : points)

function meanOf(points: readonly Point[]): Point {
  let lat = 0
  let lon = 0
  for (const point of points) {
    lat += point.lat
    lon += point.lon
  }
  return { lat: lat / points.length, lon: lon / points.length }
}

/** The door nearest to the middle: the middle itself may lie in a canal. */
function nearestTo(middle: Point, houses: readonly IndexedHouse[]): Point {
  let best = houses[0]!.point
  let bestM = Infinity
  for (const { point } of houses) {
    const far = distanceM(middle, point)
    if (far < bestM) [best, bestM] = [point, far]
  }
  return best
}
