import { distanceM, type Fix } from '@fleet/domain'

/** What the previous marker says, as far as distance is concerned. */
export type RiddenFrom = Pick<Fix, 'lat' | 'lon' | 'accuracyM'>

/** Slower than a walk: the tracker itself says that it stands. */
const standingMps = 0.5
/** How far a receiver that stands wanders between two fixes when it does not name its accuracy. */
const wanderM = 15

/**
 * Metres ridden between two plausible fixes of a bike.
 *
 * A receiver that stands wanders by metres a second, which would be kilometres a day. The speed that it measures (by
 * Doppler shift) does not wander: a fix that says it stands, close to the last one, has ridden nothing.
 */
export function riddenM(from: RiddenFrom, to: RiddenFrom & Pick<Fix, 'speedMps'>): number {
  const movedM = distanceM(from, to)
  if (to.speedMps !== null && to.speedMps < standingMps) {
    const noiseM = (from.accuracyM ?? wanderM) + (to.accuracyM ?? wanderM)
    if (movedM <= noiseM) return 0
  }
  return movedM
}
