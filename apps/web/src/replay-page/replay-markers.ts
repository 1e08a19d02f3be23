import { bikeStatuses, silenceMs } from '@fleet/domain'
import type { MarkerColumns } from '../live/marker-columns.ts'
import type { TrailBuffer } from '../map/markers/trail-buffer.ts'
import { type BikeTrack, createPlace, indexAt, locate } from './bike-track.ts'
import { type Tracks, trailMs } from './track-chunks.ts'

/** A bike that rides looks like one in use, one that stands like one that may be taken. */
const [standing, riding] = [bikeStatuses.indexOf('available'), bikeStatuses.indexOf('in_use')]
/** More corners than these nobody sees in a trail. */
const maxCorners = 60

const place = createPlace()

/** Puts every bike where it was. One that is silent fades by the age of its last fix, as it does live. */
export function placeMarkers(markers: MarkerColumns, tracks: Tracks, atMs: number): void {
  for (const [bikeNo, slot] of markers.slotOfNo) {
    const track = tracks.get(bikeNo)
    if (track === undefined || !locate(track, atMs, place)) {
      markers.fixTimeMs[slot] = 0
      continue
    }
    markers.fromLat[slot] = markers.lat[slot] = place.lat
    markers.fromLon[slot] = markers.lon[slot] = place.lon
    markers.fixTimeMs[slot] = place.knownMs
    markers.status[slot] = place.isRiding ? riding : standing
    if (place.isRiding) markers.headingDeg[slot] = place.headingDeg
  }
  markers.revision++
}

/** The ways of the last minutes. A silence is a gap in them. */
export function packTrails(buffer: TrailBuffer, tracks: Tracks, atMs: number): void {
  buffer.begin(atMs, trailMs, tracks.size * (maxCorners + 2))
  for (const track of tracks.values()) packTrail(buffer, track, atMs)
  buffer.end()
}

function packTrail(buffer: TrailBuffer, track: BikeTrack, atMs: number): void {
  const { timesMs, lats, lons } = track
  if (!locate(track, atMs, place)) return
  const sinceMs = atMs - trailMs
  const first = indexAt(timesMs, sinceMs) + 1
  let to = place.index
  if (to < first) return
  if (place.knownMs > timesMs[to]!) buffer.add(lats[to]!, lons[to]!, place.lat, place.lon, place.knownMs)
  // Always the same fixes of a track, or its corners would dance.
  const every = Math.max(1, Math.ceil((to - first) / maxCorners))
  for (let from = to - 1 - ((to - 1) % every); from >= first; from -= every) {
    if (timesMs[to]! - timesMs[from]! <= silenceMs)
      buffer.add(lats[from]!, lons[from]!, lats[to]!, lons[to]!, timesMs[to]!)
    to = from
  }
}
