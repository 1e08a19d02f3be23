import type {
  Coordinate,
  FeatureKind,
  LineGeometry,
  MapFeature,
  PointGeometry,
  PolygonGeometry,
} from './types.ts'

/**
 * Reads `'4.8931 52.3731, 4.8922 52.3692'`: the inside of a WKT linestring, longitude first. The map's data is
 * written so because a hundred coordinates then take ten lines that a person can still edit.
 * @throws Error on anything that is not a list of number pairs.
 */
export function parseCoordinates(text: string): Coordinate[] {
  return text.split(',').map((pair) => {
    const [lon, lat, ...rest] = pair.trim().split(/\s+/).map(Number)
    if (lon === undefined || lat === undefined || rest.length > 0 || !Number.isFinite(lon + lat))
      throw new Error(`not a "lon lat" pair: "${pair.trim()}"`)
    return [lon, lat] as const
  })
}

/** Optional properties of a feature. */
export interface Details {
  readonly nameEn?: string
  readonly widthM?: number
}

export function point(
  kind: FeatureKind,
  id: string,
  name: string,
  at: string,
  details: Details = {},
): MapFeature<PointGeometry> {
  const [coordinates] = parseCoordinates(at)
  return { id, kind, name, ...details, geometry: { type: 'Point', coordinates: coordinates! } }
}

export function line(
  kind: FeatureKind,
  id: string,
  name: string,
  path: string,
  details: Details = {},
): MapFeature<LineGeometry> {
  return { id, kind, name, ...details, geometry: { type: 'LineString', coordinates: parseCoordinates(path) } }
}

/** `ring` is written open; GeoJSON wants it closed and counterclockwise (RFC 7946, 3.1.6), so we make it so. */
export function area(
  kind: FeatureKind,
  id: string,
  name: string,
  ring: string,
  details: Details = {},
): MapFeature<PolygonGeometry> {
  const open = parseCoordinates(ring)
  if (signedArea(open) < 0) open.reverse()
  return { id, kind, name, ...details, geometry: { type: 'Polygon', coordinates: [[...open, open[0]!]] } }
}

/** An area with a round outline: what nature or a landscape architect drew, not a dock. */
export function roundArea(
  kind: FeatureKind,
  id: string,
  name: string,
  ring: string,
  details: Details = {},
): MapFeature<PolygonGeometry> {
  const angular = area(kind, id, name, ring, details)
  return {
    ...angular,
    geometry: {
      type: 'Polygon',
      coordinates: [smoothRing(angular.geometry.coordinates[0], piecesPerSegment)],
    },
  }
}

/** A line with round bends. */
export function roundLine(
  kind: FeatureKind,
  id: string,
  name: string,
  path: string,
  details: Details = {},
): MapFeature<LineGeometry> {
  const angular = line(kind, id, name, path, details)
  return {
    ...angular,
    geometry: { type: 'LineString', coordinates: smooth(angular.geometry.coordinates, piecesPerSegment) },
  }
}

/** Enough for a bend to look round at the closest zoom that dispatchers use. */
const piecesPerSegment = 4

/** Twice the ring's area in square degrees; positive when counterclockwise. Only its sign is of use. */
function signedArea(ring: readonly Coordinate[]): number {
  return ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length]!
    return sum + x * nextY - nextX * y
  }, 0)
}

/**
 * A curve through every point given (centripetal Catmull-Rom, which never loops or overshoots between close
 * points: Yuksel et al. 2011), so that a canal written with ten points does not look like ten straight pieces.
 * @param pieces how many segments each given segment becomes.
 */
export function smooth(path: readonly Coordinate[], pieces: number): Coordinate[] {
  if (path.length < 3) return [...path]
  const before = mirror(path[0]!, path[1]!)
  const after = mirror(path.at(-1)!, path.at(-2)!)
  return curve([before, ...path, after], pieces)
}

/** The same curve around a shore or a park. `ring` is closed, and so is the result. */
export function smoothRing(ring: readonly Coordinate[], pieces: number): Coordinate[] {
  return curve([ring.at(-2)!, ...ring, ring[1]!], pieces)
}

/** The curve from the second point given to the last but one; the outermost two only steer it. */
function curve(steered: readonly Coordinate[], pieces: number): Coordinate[] {
  const points = [steered[1]!]
  for (let i = 1; i + 2 < steered.length; i++) {
    const [a, b, c, d] = [steered[i - 1]!, steered[i]!, steered[i + 1]!, steered[i + 2]!]
    for (let piece = 1; piece < pieces; piece++) points.push(catmullRom(a, b, c, d, piece / pieces))
    points.push(c)
  }
  return points
}

function mirror([x, y]: Coordinate, [otherX, otherY]: Coordinate): Coordinate {
  return [2 * x - otherX, 2 * y - otherY]
}

/** Barry and Goldman's pyramid between b and c, for a knot spacing of the square root of the distance. */
function catmullRom(
  a: Coordinate,
  b: Coordinate,
  c: Coordinate,
  d: Coordinate,
  fraction: number,
): Coordinate {
  const knot = (p: Coordinate, q: Coordinate): number => Math.sqrt(Math.hypot(q[0] - p[0], q[1] - p[1]))
  const t1 = knot(a, b)
  const t2 = t1 + knot(b, c)
  const t3 = t2 + knot(c, d)
  const t = t1 + fraction * (t2 - t1)
  const mix = (p: Coordinate, q: Coordinate, from: number, to: number): Coordinate => {
    const share = (t - from) / (to - from)
    return [p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share]
  }
  const ab = mix(a, b, 0, t1)
  const bc = mix(b, c, t1, t2)
  const cd = mix(c, d, t2, t3)
  const [lon, lat] = mix(mix(ab, bc, 0, t2), mix(bc, cd, t1, t3), t1, t2)
  return [round(lon), round(lat)]
}

/** Six decimals are 0.1 m: more would only make the map heavier to send. */
function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}
