import { destination, type Point } from './geo.ts'

/*
 * Rings of corners, the first not repeated, that are the borders of zones. A zone is a few kilometres wide at most, so
 * the earth is flat here: degrees are made metres around the ring's own latitude.
 */

/** More corners than a hand draws; an imported district has a few hundred. */
export const maxCorners = 2_000
/** Ten metres square: anything less is within the error of a fix. */
export const minZoneM2 = 100

/** Why a ring cannot be the border of a zone. */
export type OutlineFault =
  | { readonly kind: 'too_few' }
  /** The places in the ring at which the two edges begin that cross, touch or cover each other. */
  | { readonly kind: 'crosses'; readonly edges: readonly [number, number] }
  | { readonly kind: 'too_small' }

/** @returns null for a ring that a zone may have */
export function checkOutline(ring: readonly Point[]): OutlineFault | null {
  if (ring.length < 3) return { kind: 'too_few' }
  const edges = findCrossing(ring, true)
  if (edges !== null) return { kind: 'crosses', edges }
  return areaM2(ring) < minZoneM2 ? { kind: 'too_small' } : null
}

/** Square metres, whichever way round the ring goes. */
export const areaM2 = (ring: readonly Point[]): number => Math.abs(signedArea(flatten(ring, ring[0]!)))

/** The length of the border. */
export function perimeterM(ring: readonly Point[]): number {
  const flat = flatten(ring, ring[0]!)
  return flat.reduce((sum, a, i) => sum + lengthM(a, flat[(i + 1) % flat.length]!), 0)
}

/** How far a place is from the border, inside or outside. */
export function borderDistanceM(from: Point, ring: readonly Point[]): number {
  const flat = flatten(ring, from)
  return flat.reduce(
    (least, a, i) => Math.min(least, distanceToEdge(a, flat[(i + 1) % flat.length]!)),
    Number.POSITIVE_INFINITY,
  )
}

/** The centre of gravity; of a ring without any area, the middle of its corners. */
export function centreOf(ring: readonly Point[]): Point {
  const origin = ring[0]!
  const flat = flatten(ring, origin)
  const area = signedArea(flat)
  let [x, y] = [0, 0]
  for (const [i, a] of flat.entries()) {
    const b = flat[(i + 1) % flat.length]!
    const weight = area === 0 ? 1 / (2 * flat.length) : (a.x * b.y - b.x * a.y) / (6 * area)
    x += (a.x + b.x) * weight
    y += (a.y + b.y) * weight
  }
  return { lat: origin.lat + y / mPerDeg, lon: origin.lon + x / (mPerDeg * cosine(origin.lat)) }
}

/** A ring of corners around a place, the first in the north. */
export const circleAround = (centre: Point, radiusM: number, corners = 16): Point[] =>
  Array.from({ length: corners }, (_, i) => destination(centre, (i * 360) / corners, radiusM))

const mPerDeg = 111_195
const cosine = (lat: number) => Math.cos((lat * Math.PI) / 180)

interface Flat {
  readonly x: number
  readonly y: number
}

/** Metres east and north of the origin. */
function flatten(ring: readonly Point[], origin: Point): Flat[] {
  const mPerLon = mPerDeg * cosine(origin.lat)
  return ring.map(({ lat, lon }) => ({ x: (lon - origin.lon) * mPerLon, y: (lat - origin.lat) * mPerDeg }))
}

const lengthM = (a: Flat, b: Flat) => Math.hypot(b.x - a.x, b.y - a.y)

/** Positive for a ring that goes round anticlockwise. */
const signedArea = (flat: readonly Flat[]): number =>
  flat.reduce((sum, a, i) => {
    const b = flat[(i + 1) % flat.length]!
    return sum + (a.x * b.y - b.x * a.y) / 2
  }, 0)

/** From the origin to the nearest place of the edge. */
function distanceToEdge(a: Flat, b: Flat): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length2 = dx * dx + dy * dy
  const share = length2 === 0 ? 0 : Math.max(0, Math.min(1, -(a.x * dx + a.y * dy) / length2))
  return Math.hypot(a.x + dx * share, a.y + dy * share)
}

/**
 * The first two edges that have a place in common other than the corner between them, by the places at which they
 * begin.
 *
 * @param closed whether an edge leads from the last corner back to the first
 */
export function findCrossing(corners: readonly Point[], closed: boolean): readonly [number, number] | null {
  const edges = corners.map((a, i) => createEdge(a, corners[(i + 1) % corners.length]!))
  if (!closed) edges.pop()
  for (const [i, edge] of edges.entries()) {
    const isLast = i === edges.length - 1
    const next = edges[isLast ? 0 : i + 1]!
    if ((!isLast || closed) && turnsBack(edge, next)) return [i, isLast ? 0 : i + 1]
    // In a ring, the last edge ends where the first begins.
    const end = closed && i === 0 ? edges.length - 1 : edges.length
    for (let j = i + 2; j < end; j++) if (meet(edge, edges[j]!)) return [i, j]
  }
  return null
}

interface Edge {
  readonly a: Point
  readonly b: Point
  readonly south: number
  readonly north: number
  readonly west: number
  readonly east: number
}

const createEdge = (a: Point, b: Point): Edge => ({
  a,
  b,
  south: Math.min(a.lat, b.lat),
  north: Math.max(a.lat, b.lat),
  west: Math.min(a.lon, b.lon),
  east: Math.max(a.lon, b.lon),
})

/** Whether an edge has no length, or the one after it goes back over it. */
function turnsBack({ a, b }: Edge, { b: c }: Edge): boolean {
  const ahead = (b.lon - a.lon) * (c.lon - b.lon) + (b.lat - a.lat) * (c.lat - b.lat)
  return turnOf(a, b, c) === 0 && ahead <= 0
}

function meet(one: Edge, two: Edge): boolean {
  if (one.south > two.north || two.south > one.north || one.west > two.east || two.west > one.east)
    return false
  const [c, d] = [turnOf(one.a, one.b, two.a), turnOf(one.a, one.b, two.b)]
  const [a, b] = [turnOf(two.a, two.b, one.a), turnOf(two.a, two.b, one.b)]
  // Both ends of each on different sides of the other, or on it. Edges of one line overlap, as their boxes do.
  return c * d <= 0 && a * b <= 0
}

/** 1 when the way from a over b to c turns left, -1 when it turns right, 0 when it goes straight. */
const turnOf = (a: Point, b: Point, c: Point): number =>
  Math.sign((b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon))
