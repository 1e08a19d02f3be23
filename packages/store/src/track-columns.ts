import type { Track } from './port.ts'

/**
 * Up to this step every fix of the span is read, beyond it only those that are asked for. To look one up costs as much as to
 * read several in a row, and hardly a tracker reports more often than once a second.
 */
export const scanStepMs = 5_000

/** One fix of a track as the databases hold it. */
export type TrackPlace = readonly [timeMs: number, latE7: number, lonE7: number]

/**
 * A bike's track from what each of its devices reported, thinned out to `stepMs`.
 *
 * @param places in any order: two trackers on one bike report side by side
 * @param before the last ones of before the span, of which the newest comes first whatever the step
 */
export function toTrack(
  bikeNo: number,
  places: TrackPlace[],
  stepMs: number,
  before: readonly TrackPlace[] = [],
): Track {
  places.sort((a, b) => a[0] - b[0])
  const track = { bikeNo, timesMs: [] as number[], lats: [] as number[], lons: [] as number[] }
  const add = ([timeMs, latE7, lonE7]: TrackPlace) => {
    track.timesMs.push(timeMs)
    track.lats.push(latE7 / 1e7)
    track.lons.push(lonE7 / 1e7)
  }
  const last = before.reduce<TrackPlace | null>((a, b) => (a === null || b[0] > a[0] ? b : a), null)
  if (last !== null) add(last)
  let nextMs = -Infinity
  for (const place of places) {
    if (place[0] < nextMs) continue
    nextMs = place[0] + stepMs
    add(place)
  }
  return track
}
