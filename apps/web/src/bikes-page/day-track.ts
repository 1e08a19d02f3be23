import { distanceM, type Position } from '@fleet/domain'

/** Of the drawing; the space at its edge keeps the line's ends inside. */
export const sketch = { widthPx: 352, heightPx: 160, edgePx: 12 } as const

/** A pause in the fixes that is longer than this is no line: nobody knows how the bike got there. */
const gapMs = 10 * 60_000

export interface DayTrack {
  /** The `d` of an SVG path within the sketch. */
  readonly path: string
  readonly last: { readonly x: number; readonly y: number }
  readonly distanceM: number
  readonly fromMs: number
  readonly toMs: number
}

/** A line through the plausible fixes, oldest first, north up and true to scale; null without any. */
export function createDayTrack(positions: readonly Position[]): DayTrack | null {
  const plausible = positions.filter(({ flag }) => flag === null)
  const [first] = plausible
  const last = plausible.at(-1)
  if (first === undefined || last === undefined) return null
  let south = first.lat
  let north = first.lat
  let west = first.lon
  let east = first.lon
  for (const { lat, lon } of plausible) {
    south = Math.min(south, lat)
    north = Math.max(north, lat)
    west = Math.min(west, lon)
    east = Math.max(east, lon)
  }
  // A degree of longitude is this much shorter than one of latitude.
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const innerWidth = sketch.widthPx - 2 * sketch.edgePx
  const innerHeight = sketch.heightPx - 2 * sketch.edgePx
  // About 100 m at least: a bike that stood all day is a point, not its tracker's jitter enlarged.
  const scale = Math.min(
    innerWidth / Math.max((east - west) * shrink, 0.001),
    innerHeight / Math.max(north - south, 0.001),
  )
  const place = ({ lat, lon }: { readonly lat: number; readonly lon: number }) => ({
    x: sketch.widthPx / 2 + (lon - (west + east) / 2) * shrink * scale,
    y: sketch.heightPx / 2 - (lat - (south + north) / 2) * scale,
  })
  let path = ''
  let riddenM = 0
  let before: Position | null = null
  for (const position of plausible) {
    const { x, y } = place(position)
    const joined = before !== null && position.timeMs - before.timeMs <= gapMs
    path += `${joined ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`
    if (joined && before !== null) riddenM += distanceM(before, position)
    before = position
  }
  return { path, last: place(last), distanceM: riddenM, fromMs: first.timeMs, toMs: last.timeMs }
}
