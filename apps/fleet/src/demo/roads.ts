import { destination, bearingDeg, distanceM, type Point } from '@fleet/domain'
import {
  shortestPath,
  type StreetEdge,
  type StreetGraph,
  streetGraph,
  streets,
} from '@fleet/domain/amsterdam'

/** A place on a street: between two junctions, `alongM` from the first. */
export interface RoadPlace {
  readonly point: Point
  readonly from: string
  readonly edge: StreetEdge
  readonly alongM: number
  /** How far the point that was asked for lies from the street. */
  readonly offsetM: number
}

/** One corner of a path. */
export interface PathPoint extends Point {
  /** Metres from the path's start. */
  readonly atM: number
  /** Of the piece that begins here, degrees from north. */
  readonly bearing: number
  /** Of the piece that begins here. */
  readonly isFerry: boolean
  /** A crossing of three streets or more: there may be a red light. */
  readonly isCrossing: boolean
}

export interface Path {
  readonly points: readonly PathPoint[]
  readonly lengthM: number
}

/** The streets that demo riders use. */
export interface Roads {
  readonly graph: StreetGraph
  /** The closest place on any street. */
  snap(point: Point): RoadPlace
  /** The shortest ride; null where nothing connects the two. */
  route(from: RoadPlace, to: RoadPlace): Path | null
}

interface Corner extends Point {
  isFerry?: boolean
  isCrossing?: boolean
}

export function createRoads(graph: StreetGraph = streetGraph()): Roads {
  const ferryIds = new Set(streets.filter(({ kind }) => kind === 'ferry').map(({ id }) => id))
  const edges = [...graph.values()].flatMap((node) =>
    // Every edge is there twice, once from either end; one is enough to measure against.
    node.edges.filter(({ to }) => node.id <= to).map((edge) => ({ from: node.id, edge })),
  )
  const between = new Map<string, ReturnType<typeof shortestPath>>()
  const shortest = (from: string, to: string) => {
    const key = `${from}>${to}`
    if (!between.has(key)) {
      // Bounded: two thousand riders would otherwise keep every pair there is.
      if (between.size > 5_000) between.clear()
      between.set(key, shortestPath(graph, from, to))
    }
    return between.get(key)
  }

  const cornersOf = (fromId: string, edge: StreetEdge): Corner[] => {
    const isFerry = ferryIds.has(edge.streetId)
    return edge.points.map((point, i) => ({
      ...point,
      isFerry,
      isCrossing:
        (i === 0 && isCrossing(graph, fromId)) ||
        (i === edge.points.length - 1 && isCrossing(graph, edge.to)),
    }))
  }

  return {
    graph,
    snap(point) {
      let best: RoadPlace | null = null
      for (const { from, edge } of edges) {
        const found = project(point, edge.points)
        if (best === null || found.offsetM < best.offsetM) best = { ...found, from, edge }
      }
      if (best === null) throw new RangeError('the street graph has no streets')
      return best
    },
    route(from, to) {
      let best: { corners: Corner[]; lengthM: number } | null = null
      const offer = (corners: Corner[]) => {
        const lengthM = lengthOf(corners)
        if (best === null || lengthM < best.lengthM) best = { corners, lengthM }
      }
      if (from.from === to.from && from.edge === to.edge)
        offer(slice(cornersOf(from.from, from.edge), from.alongM, to.alongM))
      const out = cornersOf(from.from, from.edge)
      const into = cornersOf(to.from, to.edge)
      for (const [exit, exitCorners] of [
        [from.from, slice(out, from.alongM, 0)],
        [from.edge.to, slice(out, from.alongM, from.edge.lengthM)],
      ] as const)
        for (const [entry, entryCorners] of [
          [to.from, slice(into, 0, to.alongM)],
          [to.edge.to, slice(into, to.edge.lengthM, to.alongM)],
        ] as const) {
          const middle = shortest(exit, entry)
          if (!middle) continue
          const corners = [...exitCorners]
          for (let i = 1; i < middle.nodes.length; i++) {
            const edge = cheapestEdge(graph, middle.nodes[i - 1]!, middle.nodes[i]!)
            corners.push(...cornersOf(middle.nodes[i - 1]!, edge))
          }
          offer([...corners, ...entryCorners])
        }
      return best === null ? null : createPath((best as { corners: Corner[] }).corners)
    },
  }
}

function cheapestEdge(graph: StreetGraph, from: string, to: string): StreetEdge {
  const all = graph.get(from)!.edges.filter((edge) => edge.to === to)
  return all.reduce((best, edge) => (edge.lengthM < best.lengthM ? edge : best))
}

const isCrossing = (graph: StreetGraph, id: string) => (graph.get(id)?.edges.length ?? 0) >= 3

/** Turns corners into a path; neighbours closer than a hand's breadth become one. */
export function createPath(corners: readonly Corner[]): Path {
  const points: PathPoint[] = []
  let atM = 0
  for (const corner of corners) {
    const last = points.at(-1)
    const pieceM = last ? distanceM(last, corner) : 0
    if (last && pieceM < 0.1) {
      points[points.length - 1] = {
        ...last,
        isCrossing: last.isCrossing || corner.isCrossing === true,
        isFerry: corner.isFerry === true,
      }
      continue
    }
    if (last) points[points.length - 1] = { ...last, bearing: bearingDeg(last, corner) }
    atM += pieceM
    points.push({
      lat: corner.lat,
      lon: corner.lon,
      atM,
      bearing: last ? bearingDeg(last, corner) : 0,
      isFerry: corner.isFerry === true,
      isCrossing: corner.isCrossing === true,
    })
  }
  return { points, lengthM: atM }
}

/** The place `atM` metres along the path, and the piece that it lies on. */
export function pointOn(path: Path, atM: number): { readonly point: Point; readonly piece: number } {
  const { points } = path
  let low = 0
  let high = points.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (points[middle]!.atM <= atM) low = middle
    else high = middle - 1
  }
  const corner = points[low]!
  const aheadM = Math.max(0, Math.min(atM, path.lengthM) - corner.atM)
  return { point: aheadM < 0.01 ? corner : destination(corner, corner.bearing, aheadM), piece: low }
}

/** The part of a line between two distances along it; backwards when the first is larger. */
function slice(corners: readonly Corner[], fromM: number, toM: number): Corner[] {
  const forward = fromM <= toM
  const [lowM, highM] = forward ? [fromM, toM] : [toM, fromM]
  const path = createPath(corners)
  const inside = path.points.filter(({ atM }) => atM > lowM && atM < highM)
  const part: Corner[] = [endOf(path, lowM), ...inside, endOf(path, highM)]
  return forward ? part : part.toReversed()
}

function endOf(path: Path, atM: number): Corner {
  const { point, piece } = pointOn(path, atM)
  const corner = path.points[piece]!
  const onCorner = Math.abs(corner.atM - atM) < 0.1
  return {
    lat: point.lat,
    lon: point.lon,
    isFerry: corner.isFerry,
    isCrossing: onCorner && corner.isCrossing,
  }
}

function lengthOf(corners: readonly Point[]): number {
  let sum = 0
  for (let i = 1; i < corners.length; i++) sum += distanceM(corners[i - 1]!, corners[i]!)
  return sum
}

/** Closest place on a line, on a plane around the point: exact enough within a city. */
function project(point: Point, line: readonly Point[]): { point: Point; alongM: number; offsetM: number } {
  const metresPerLat = 111_195
  const metresPerLon = metresPerLat * Math.cos((point.lat * Math.PI) / 180)
  let best = { point: line[0]!, alongM: 0, offsetM: Infinity }
  let startM = 0
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!]
    const bx = (b.lon - a.lon) * metresPerLon
    const by = (b.lat - a.lat) * metresPerLat
    const px = (point.lon - a.lon) * metresPerLon
    const py = (point.lat - a.lat) * metresPerLat
    const pieceM = Math.hypot(bx, by)
    const share = pieceM === 0 ? 0 : Math.min(1, Math.max(0, (px * bx + py * by) / pieceM ** 2))
    const offsetM = Math.hypot(px - bx * share, py - by * share)
    if (offsetM < best.offsetM)
      best = {
        point: { lat: a.lat + (b.lat - a.lat) * share, lon: a.lon + (b.lon - a.lon) * share },
        alongM: startM + distanceM(a, b) * share,
        offsetM,
      }
    startM += distanceM(a, b)
  }
  return best
}
