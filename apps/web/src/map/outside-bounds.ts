import type { Coordinate } from '@fleet/domain/amsterdam'

type Bounds = readonly [west: number, south: number, east: number, north: number]

/**
 * The parts of a line that lie outside the bounds, in order.
 *
 * Each segment is clipped by the parameter of Liang and Barsky, which gives the share of it that is inside.
 */
export function partsOutside(line: readonly Coordinate[], bounds: Bounds): Coordinate[][] {
  const parts: Coordinate[][] = []
  let part: Coordinate[] = []
  const end = () => {
    if (part.length > 1) parts.push(part)
    part = []
  }
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1]!, line[i]!]
    const inside = shareInside(from, to, bounds)
    if (part.length === 0 && (inside === null || inside[0] > 0)) part.push(from)
    if (inside === null) part.push(to)
    else {
      if (inside[0] > 0) part.push(pointAt(from, to, inside[0]))
      end()
      if (inside[1] < 1) part.push(pointAt(from, to, inside[1]), to)
    }
  }
  end()
  return parts
}

/** From where to where a segment is inside, as shares of its length; null where it is not, or only touches. */
function shareInside(from: Coordinate, to: Coordinate, bounds: Bounds): readonly [number, number] | null {
  const [west, south, east, north] = bounds
  let [enter, leave] = [0, 1]
  for (const [start, delta, low, high] of [
    [from[0], to[0] - from[0], west, east],
    [from[1], to[1] - from[1], south, north],
  ] as const) {
    if (delta === 0) {
      if (start <= low || start >= high) return null
      continue
    }
    const [a, b] = [(low - start) / delta, (high - start) / delta]
    enter = Math.max(enter, Math.min(a, b))
    leave = Math.min(leave, Math.max(a, b))
  }
  return enter < leave ? [enter, leave] : null
}

const pointAt = (from: Coordinate, to: Coordinate, share: number): Coordinate => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
]
