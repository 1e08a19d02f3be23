import { destination, type Point } from '@fleet/domain'
import type { Random } from './random.ts'

/** Errors of a receiver wander: the next is near the last. Independent ones would make a parked bike dance. */
const correlationS = 25

export interface GpsNoise {
  readonly eastM: number
  readonly northM: number
  /** What the receiver claims, metres at 68 %. */
  readonly accuracyM: number
}

export function createGpsNoise(random: Random): GpsNoise {
  return { eastM: random.normal() * 2, northM: random.normal() * 2, accuracyM: random.between(4, 9) }
}

/** An Ornstein-Uhlenbeck step: exact for any length of step, so that the tick rate does not change the noise. */
export function advanceGpsNoise(noise: GpsNoise, dtS: number, random: Random): GpsNoise {
  const keep = Math.exp(-dtS / correlationS)
  const fresh = Math.sqrt(1 - keep ** 2)
  // Each axis gets half of the claimed radius: between houses of four storeys that is what phones do.
  const sigmaM = noise.accuracyM / 2
  return {
    eastM: noise.eastM * keep + random.normal() * sigmaM * fresh,
    northM: noise.northM * keep + random.normal() * sigmaM * fresh,
    accuracyM: Math.min(18, Math.max(3.5, noise.accuracyM + random.normal() * 0.25 * Math.sqrt(dtS))),
  }
}

export function disturb(point: Point, { eastM, northM }: GpsNoise): Point {
  const offM = Math.hypot(eastM, northM)
  return offM === 0 ? point : destination(point, (Math.atan2(eastM, northM) * 180) / Math.PI, offM)
}
