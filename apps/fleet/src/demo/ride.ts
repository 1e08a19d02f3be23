import type { Point } from '@fleet/domain'
import type { Random } from './random.ts'
import { type Path, pointOn } from './roads.ts'

/** What a loaded courier bike does: gentler than a car, firmer than a tourist. */
const accelerationMps2 = 0.8
const brakingMps2 = 1.2
const ferryMps = 3
const minCornerMps = 2
/** A rider meets a red light at every fourth crossing. */
const redLightChance = 0.25
const redLightS = [4, 28] as const

/** A rider on the way along a path. */
export interface Ride {
  readonly path: Path
  readonly atM: number
  readonly speedMps: number
  /** Seconds left at a red light. */
  readonly redS: number
  /** The next light ahead that will be red, metres along the path; Infinity when all are green. */
  readonly stopAtM: number
}

export interface Movement {
  readonly point: Point
  readonly speedMps: number
  readonly headingDeg: number
  readonly movedM: number
}

export function startRide(path: Path, random: Random): Ride {
  return { path, atM: 0, speedMps: 0, redS: 0, stopAtM: nextRedLight(path, 0, random) }
}

export const isOver = (ride: Ride) => ride.atM >= ride.path.lengthM - 0.5 && ride.speedMps < 0.5

/**
 * Moves a rider on: accelerates to the cruising speed, slows for corners, stops at red lights and at the end.
 *
 * @param cruiseMps the speed that this rider likes
 */
export function advanceRide(
  ride: Ride,
  dtS: number,
  cruiseMps: number,
  random: Random,
): { ride: Ride; moved: Movement } {
  const { path } = ride
  if (ride.redS > 0) {
    const redS = Math.max(0, ride.redS - dtS)
    const waiting = { ...ride, redS, speedMps: 0 }
    return { ride: waiting, moved: movementOf(waiting, 0) }
  }
  const wanted = allowedSpeed(ride, cruiseMps)
  const speedMps =
    wanted > ride.speedMps
      ? Math.min(wanted, ride.speedMps + accelerationMps2 * dtS)
      : Math.max(wanted, ride.speedMps - 2 * brakingMps2 * dtS)
  const endM = Math.min(ride.stopAtM, path.lengthM)
  // The mean of both speeds: with either alone, the distance would depend on the length of the step.
  const atM = Math.min(endM, ride.atM + ((ride.speedMps + speedMps) / 2) * dtS)
  const movedM = atM - ride.atM
  let next: Ride = { ...ride, atM, speedMps }
  if (endM - atM < 0.5) {
    next = { ...next, atM: endM, speedMps: 0 }
    if (endM === ride.stopAtM && endM < path.lengthM)
      next = { ...next, redS: random.between(...redLightS), stopAtM: nextRedLight(path, endM + 1, random) }
  }
  return { ride: next, moved: movementOf(next, movedM) }
}

function movementOf(ride: Ride, movedM: number): Movement {
  const { point, piece } = pointOn(ride.path, ride.atM)
  // The last corner has no piece of its own: look back along the one that led there.
  const along = ride.path.points[Math.min(piece, Math.max(0, ride.path.points.length - 2))]!
  return {
    point: { lat: point.lat, lon: point.lon },
    speedMps: ride.speedMps,
    headingDeg: along.bearing,
    movedM,
  }
}

/** The highest speed from which everything ahead can still be met. */
function allowedSpeed(ride: Ride, cruiseMps: number): number {
  const { points, lengthM } = ride.path
  const { piece } = pointOn(ride.path, ride.atM)
  const cap = (index: number) => (points[index]!.isFerry ? ferryMps : cruiseMps)
  let allowed = cap(piece)
  const limit = (speedThere: number, atM: number) => {
    allowed = Math.min(
      allowed,
      Math.sqrt(speedThere ** 2 + 2 * brakingMps2 * Math.max(0, atM - ride.atM - 0.2)),
    )
  }
  limit(0, Math.min(ride.stopAtM, lengthM))
  // Nothing further away than the braking distance matters.
  const horizonM = ride.atM + cruiseMps ** 2 / (2 * brakingMps2) + 5
  for (let i = piece + 1; i < points.length - 1 && points[i]!.atM < horizonM; i++) {
    const turn = Math.abs(((points[i]!.bearing - points[i - 1]!.bearing + 540) % 360) - 180)
    limit(Math.min(cap(i), Math.max(minCornerMps, cruiseMps * (1 - turn / 120))), points[i]!.atM)
  }
  // Never zero short of a stop: rounding must not leave a rider a hand's breadth away for ever.
  return Math.max(allowed, 0.4)
}

function nextRedLight(path: Path, fromM: number, random: Random): number {
  for (const point of path.points)
    if (
      point.isCrossing &&
      point.atM > fromM &&
      point.atM < path.lengthM - 5 &&
      random.chance(redLightChance)
    )
      // The line is some metres before the crossing.
      return Math.max(fromM, point.atM - 6)
  return Infinity
}
