import { distanceM, type Point } from '../geo.ts'
import { streets, type Street } from './streets.ts'
import type { Coordinate, CoursePoint } from './types.ts'

/** A piece of street between two neighbouring junctions, as seen from the junction it leaves. */
export interface StreetEdge {
  readonly to: string
  readonly streetId: string
  /** From the junction it leaves to `to`, both included. */
  readonly points: readonly Point[]
  readonly lengthM: number
}

export interface StreetNode {
  /** The junction's name. */
  readonly id: string
  readonly at: Point
  readonly edges: readonly StreetEdge[]
}

/** Junctions by name. Every edge is there twice, once from either end: bikes ride both ways. */
export type StreetGraph = ReadonlyMap<string, StreetNode>

/** A ride through the graph. */
export interface Route {
  /** The line to follow; at least one point. */
  readonly points: readonly Point[]
  readonly lengthM: number
  /** Junctions passed, first and last included. */
  readonly nodes: readonly string[]
  /** Ids of the streets and ferries ridden, in order, neighbours merged. */
  readonly streetIds: readonly string[]
}

/** Builds the routing graph of the map's streets, cycle routes and ferries. Build it once and keep it. */
export function streetGraph(from: readonly Street[] = streets): StreetGraph {
  const nodes = new Map<string, { id: string; at: Point; edges: StreetEdge[] }>()
  const nodeFor = (id: string, at: Point): StreetEdge[] => {
    const node = nodes.get(id) ?? { id, at, edges: [] }
    nodes.set(id, node)
    return node.edges
  }
  for (const street of from)
    for (const piece of piecesBetweenJunctions(street.course)) {
      const points = piece.map(({ at }) => toPoint(at))
      const lengthM = lineLengthM(points)
      const start = piece[0]!.junction!
      const end = piece.at(-1)!.junction!
      nodeFor(start, points[0]!).push({ to: end, streetId: street.id, points, lengthM })
      nodeFor(end, points.at(-1)!).push({
        to: start,
        streetId: street.id,
        points: points.toReversed(),
        lengthM,
      })
    }
  return nodes
}

function piecesBetweenJunctions(course: readonly CoursePoint[]): CoursePoint[][] {
  const pieces: CoursePoint[][] = []
  let piece: CoursePoint[] = []
  for (const step of course) {
    piece.push(step)
    if (step.junction === undefined) continue
    if (piece.length > 1) pieces.push(piece)
    piece = [step]
  }
  return pieces
}

/**
 * The node closest to `point`, as the crow flies.
 * @throws RangeError when the graph is empty.
 */
export function nearestNode(graph: StreetGraph, point: Point): StreetNode {
  let best: StreetNode | undefined
  let bestM = Infinity
  for (const node of graph.values()) {
    const m = distanceM(node.at, point)
    if (m < bestM) [best, bestM] = [node, m]
  }
  if (best === undefined) throw new RangeError('the street graph has no nodes')
  return best
}

/**
 * The shortest ride between two junctions (A*: Hart, Nilsson, Raphael 1968; the straight-line distance never
 * overestimates, so the result is optimal). A ferry counts by its length, like a street.
 * @returns undefined when a name is not in the graph or nothing connects the two.
 */
export function shortestPath(graph: StreetGraph, fromNode: string, toNode: string): Route | undefined {
  const start = graph.get(fromNode)
  const goal = graph.get(toNode)
  if (start === undefined || goal === undefined) return undefined

  const travelledM = new Map([[start.id, 0]])
  const arrival = new Map<string, { from: string; edge: StreetEdge }>()
  // Some two hundred nodes: scanning a plain map costs less than keeping a heap.
  const open = new Map([[start.id, distanceM(start.at, goal.at)]])
  while (open.size > 0) {
    const id = cheapest(open)
    if (id === goal.id) return traceRoute(start, goal, arrival)
    open.delete(id)
    for (const edge of graph.get(id)!.edges) {
      const m = travelledM.get(id)! + edge.lengthM
      if (m >= (travelledM.get(edge.to) ?? Infinity)) continue
      travelledM.set(edge.to, m)
      arrival.set(edge.to, { from: id, edge })
      open.set(edge.to, m + distanceM(graph.get(edge.to)!.at, goal.at))
    }
  }
  return undefined
}

function cheapest(open: ReadonlyMap<string, number>): string {
  let best = ''
  let bestM = Infinity
  for (const [id, m] of open) if (m < bestM) [best, bestM] = [id, m]
  return best
}

function traceRoute(
  start: StreetNode,
  goal: StreetNode,
  arrival: ReadonlyMap<string, { from: string; edge: StreetEdge }>,
): Route {
  const legs: StreetEdge[] = []
  const nodes = [goal.id]
  for (let id = goal.id; id !== start.id;) {
    const { from, edge } = arrival.get(id)!
    legs.unshift(edge)
    nodes.unshift(from)
    id = from
  }
  return {
    points: [start.at, ...legs.flatMap(({ points }) => points.slice(1))],
    lengthM: legs.reduce((sum, { lengthM }) => sum + lengthM, 0),
    nodes,
    streetIds: legs.map(({ streetId }) => streetId).filter((id, i, all) => id !== all[i - 1]),
  }
}

/** Length of a line in metres. */
export function lineLengthM(points: readonly Point[]): number {
  let sum = 0
  for (let i = 1; i < points.length; i++) sum += distanceM(points[i - 1]!, points[i]!)
  return sum
}

/** A GeoJSON coordinate as the domain's `Point`. */
export function toPoint([lon, lat]: Coordinate): Point {
  return { lat, lon }
}
