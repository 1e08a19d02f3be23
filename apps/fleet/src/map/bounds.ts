/** West, south, east, north; degrees. */
export type Bounds = readonly [west: number, south: number, east: number, north: number]

/** What both cover; null when they do not meet. */
export function intersection(a: Bounds, b: Bounds): Bounds | null {
  const both: Bounds = [
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ]
  return both[0] <= both[2] && both[1] <= both[3] ? both : null
}

export const isWithin = (inner: Bounds, outer: Bounds): boolean =>
  inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3]

/** `4.73 to 5.05 east, 52.28 to 52.43 north`, for people. */
export function boundsText([west, south, east, north]: Bounds): string {
  const degrees = (value: number) => String(Number(value.toFixed(3)))
  return `${degrees(west)} to ${degrees(east)} east, ${degrees(south)} to ${degrees(north)} north`
}
