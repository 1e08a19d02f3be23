import { silenceMs } from '@fleet/domain'

/** Where one bike was: columns of equal length, oldest first. */
export interface BikeTrack {
  readonly timesMs: Float64Array
  readonly lats: Float64Array
  readonly lons: Float64Array
}

/** Over so long a time a bike is said to ride or stand: from second to second a tracker wanders. */
const steadyMs = 10_000
/** A walk is no ride. */
const ridingMps = 1.2
const metresPerDegree = 111_195

/** A bike at one moment. Written over and over, because there is one for each bike and frame. */
export interface BikePlace {
  /** The fix that it was at last. */
  index: number
  lat: number
  lon: number
  /** The newest time of which its place is known: the moment itself, or that of the last fix before a silence. */
  knownMs: number
  speedMps: number
  /** Degrees clockwise from north; of use while it rides. */
  headingDeg: number
  isRiding: boolean
}

export const createPlace = (): BikePlace => ({
  index: -1,
  lat: 0,
  lon: 0,
  knownMs: 0,
  speedMps: 0,
  headingDeg: 0,
  isRiding: false,
})

/** The last of the sorted times that is not after `atMs`; -1 when all are. */
export function indexAt(timesMs: Float64Array, atMs: number): number {
  let low = 0
  let high = timesMs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (timesMs[middle]! <= atMs) low = middle + 1
    else high = middle
  }
  return low - 1
}

/**
 * Puts into `place` where the bike was: between two fixes on the line that joins them, in a silence at the last fix.
 *
 * @returns false when it was nowhere yet
 */
export function locate(track: BikeTrack, atMs: number, place: BikePlace): boolean {
  const { timesMs, lats, lons } = track
  const index = indexAt(timesMs, atMs)
  place.index = index
  place.speedMps = 0
  place.isRiding = false
  if (index < 0) return false
  const fixMs = timesMs[index]!
  place.lat = lats[index]!
  place.lon = lons[index]!
  place.knownMs = fixMs
  const next = index + 1
  if (next >= timesMs.length || timesMs[next]! - fixMs > silenceMs) return true
  const share = (atMs - fixMs) / (timesMs[next]! - fixMs)
  place.lat += (lats[next]! - place.lat) * share
  place.lon += (lons[next]! - place.lon) * share
  place.knownMs = atMs
  let from = index
  while (
    from > 0 &&
    timesMs[next]! - timesMs[from]! < steadyMs &&
    timesMs[from]! - timesMs[from - 1]! <= silenceMs
  )
    from--
  const northM = (lats[next]! - lats[from]!) * metresPerDegree
  const eastM = (lons[next]! - lons[from]!) * metresPerDegree * Math.cos((place.lat * Math.PI) / 180)
  place.speedMps = Math.hypot(northM, eastM) / ((timesMs[next]! - timesMs[from]!) / 1000)
  place.isRiding = place.speedMps >= ridingMps
  place.headingDeg = ((Math.atan2(eastM, northM) * 180) / Math.PI + 360) % 360
  return true
}

/** A piece of a track; what it holds of before `fromMs` is where the bike was already. */
export interface TrackPiece {
  readonly fromMs: number
  readonly track: BikeTrack
}

/** One track of pieces that follow each other in time. */
export function joinTracks(pieces: readonly TrackPiece[]): BikeTrack {
  const cut = pieces.map(({ fromMs, track }, no) => {
    const start = no === 0 ? 0 : indexAt(track.timesMs, fromMs - 1) + 1
    return (column: keyof BikeTrack) => track[column].subarray(start)
  })
  const join = (column: keyof BikeTrack) => {
    const parts = cut.map((part) => part(column))
    const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }
  return { timesMs: join('timesMs'), lats: join('lats'), lons: join('lons') }
}
