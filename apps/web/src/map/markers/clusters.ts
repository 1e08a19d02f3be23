import { bikeStatuses } from '@fleet/domain'
import { mapOrigin } from './origin.ts'

/** Bikes too close together to be told apart, drawn as one ring. */
export interface Cluster {
  /** Middle of its bikes, degrees. */
  readonly lat: number
  readonly lon: number
  readonly count: number
  /** How many in each of bikeStatuses. */
  readonly byStatus: readonly number[]
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

const cellPx = 84
/** Two rings nearer than this would overlap; they become one. */
const mergePx = 54
/** From this zoom on a street is wide enough for every bike. */
export const clusterMaxZoom = 15

/** How many bikes a cell may hold before it becomes a ring: more room, more patience. */
export function clusterMinCount(zoom: number): number {
  if (zoom < 12) return 4
  if (zoom < 13) return 6
  if (zoom < 14) return 9
  return 14
}

/** Half steps of zoom share their cells, so that rings stay put while the wheel turns. */
export const clusterLevel = (zoom: number): number => Math.floor(zoom * 2) / 2

interface Cell {
  count: number
  sumLat: number
  sumLon: number
  byStatus: number[]
  west: number
  south: number
  east: number
  north: number
  members: number[]
}

export interface ClusterInput {
  readonly lat: Float64Array
  readonly lon: Float64Array
  readonly status: Uint8Array
  /** The slots to place; the others are not on the map. */
  readonly slots: readonly number[]
}

/**
 * Groups bikes by a grid that is fixed to the ground, then joins groups whose middles nearly touch. Linear in the
 * number of bikes: it runs once a second over ten thousand.
 *
 * @param single called with each slot that is drawn on its own
 */
export function createClusters(input: ClusterInput, zoom: number, single: (slot: number) => void): Cluster[] {
  if (zoom >= clusterMaxZoom) {
    for (const slot of input.slots) single(slot)
    return []
  }
  const level = clusterLevel(zoom)
  // Mercator is square at a small scale: a pixel is this many degrees east, and a cosine less north.
  const lonPerPx = 360 / (512 * 2 ** level)
  const latPerPx = lonPerPx * Math.cos((mapOrigin.lat * Math.PI) / 180)
  const cells = new Map<number, Cell>()
  const key = (x: number, y: number) => (x + 32_768) * 65_536 + y + 32_768
  for (const slot of input.slots) {
    const lat = input.lat[slot]!
    const lon = input.lon[slot]!
    const x = Math.floor((lon - mapOrigin.lon) / (lonPerPx * cellPx))
    const y = Math.floor((lat - mapOrigin.lat) / (latPerPx * cellPx))
    add(cells, key(x, y), lat, lon, input.status[slot]!, slot)
  }
  const minCount = clusterMinCount(zoom)
  const groups = [...cells.values()].sort((a, b) => b.count - a.count)
  const kept: Cell[] = []
  for (const group of groups) {
    const near = kept.find(
      (other) =>
        Math.hypot(
          (group.sumLon / group.count - other.sumLon / other.count) / lonPerPx,
          (group.sumLat / group.count - other.sumLat / other.count) / latPerPx,
        ) < mergePx,
    )
    if (near === undefined || near.count < minCount) kept.push(group)
    else merge(near, group)
  }
  const clusters: Cluster[] = []
  for (const group of kept) {
    if (group.count < minCount) for (const slot of group.members) single(slot)
    else {
      const { count, byStatus, west, south, east, north } = group
      clusters.push({
        lat: group.sumLat / count,
        lon: group.sumLon / count,
        count,
        byStatus,
        west,
        south,
        east,
        north,
      })
    }
  }
  return clusters
}

function add(cells: Map<number, Cell>, key: number, lat: number, lon: number, status: number, slot: number) {
  let cell = cells.get(key)
  if (cell === undefined) {
    cell = {
      count: 0,
      sumLat: 0,
      sumLon: 0,
      byStatus: bikeStatuses.map(() => 0),
      west: lon,
      south: lat,
      east: lon,
      north: lat,
      members: [],
    }
    cells.set(key, cell)
  }
  cell.count++
  cell.sumLat += lat
  cell.sumLon += lon
  cell.byStatus[status]!++
  if (lon < cell.west) cell.west = lon
  if (lon > cell.east) cell.east = lon
  if (lat < cell.south) cell.south = lat
  if (lat > cell.north) cell.north = lat
  cell.members.push(slot)
}

function merge(into: Cell, from: Cell) {
  into.count += from.count
  into.sumLat += from.sumLat
  into.sumLon += from.sumLon
  from.byStatus.forEach((count, status) => (into.byStatus[status]! += count))
  into.west = Math.min(into.west, from.west)
  into.south = Math.min(into.south, from.south)
  into.east = Math.max(into.east, from.east)
  into.north = Math.max(into.north, from.north)
  into.members.push(...from.members)
}
