/** A place on earth: WGS 84 degrees. */
export interface Point {
  readonly lat: number
  readonly lon: number
}

/** IUGG mean earth radius, metres. */
const earthRadiusM = 6_371_008.8
const radians = Math.PI / 180

/** Great-circle distance in metres (haversine; error against the ellipsoid below 0.5 %). */
export function distanceM(a: Point, b: Point): number {
  const dLat = (b.lat - a.lat) * radians
  const dLon = (b.lon - a.lon) * radians
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * Math.sin(dLon / 2) ** 2
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Initial bearing from a to b: degrees clockwise from north, 0 <= bearing < 360. */
export function bearingDeg(a: Point, b: Point): number {
  const dLon = (b.lon - a.lon) * radians
  const latA = a.lat * radians
  const latB = b.lat * radians
  const y = Math.sin(dLon) * Math.cos(latB)
  const x = Math.cos(latA) * Math.sin(latB) - Math.sin(latA) * Math.cos(latB) * Math.cos(dLon)
  return (Math.atan2(y, x) / radians + 360) % 360
}

/** The point `distance` metres from `start` along `bearing` degrees. */
export function destination(start: Point, bearing: number, distance: number): Point {
  const angular = distance / earthRadiusM
  const lat = start.lat * radians
  const theta = bearing * radians
  const lat2 = Math.asin(
    Math.sin(lat) * Math.cos(angular) + Math.cos(lat) * Math.sin(angular) * Math.cos(theta),
  )
  const lon2 =
    start.lon * radians +
    Math.atan2(
      Math.sin(theta) * Math.sin(angular) * Math.cos(lat),
      Math.cos(angular) - Math.sin(lat) * Math.sin(lat2),
    )
  return { lat: lat2 / radians, lon: ((lon2 / radians + 540) % 360) - 180 }
}

/** Whether `point` lies inside the ring (even-odd rule; the ring need not repeat its first point). */
export function isInside(point: Point, ring: readonly Point[]): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i]!
    const b = ring[j]!
    if (
      a.lat > point.lat !== b.lat > point.lat &&
      point.lon < ((b.lon - a.lon) * (point.lat - a.lat)) / (b.lat - a.lat) + a.lon
    )
      inside = !inside
  }
  return inside
}
