import type { Bike, Point } from '@fleet/domain'
import type { DemoFix } from './events.ts'
import { createGpsNoise, disturb } from './gps-noise.ts'
import type { Random } from './random.ts'

const fixEveryMs = 60_000
/** Overnight charging, quickened: a third of a percent a minute would change nothing that a visitor can see. */
const chargePctPerFix = 1.5

/** A bike that nobody rides: its tracker speaks once a minute, and at a charger its battery fills. */
export interface ParkedBike {
  readonly trackerId: string
  readonly random: Random
  point: Point
  batteryPct: number
  nextFixMs: number
}

export function parkBike(
  trackerId: string,
  point: Point,
  batteryPct: number,
  random: Random,
  nowMs: number,
): ParkedBike {
  return { trackerId, point, batteryPct, random, nextFixMs: nowMs + random.between(0, 5_000) }
}

export function readParkedTracker(parked: ParkedBike, bike: Bike, nowMs: number): DemoFix | null {
  // A missing bike is one whose tracker is silent.
  if (nowMs < parked.nextFixMs || bike.status === 'missing') return null
  parked.nextFixMs = nowMs + fixEveryMs * parked.random.between(0.9, 1.1)
  const charging = bike.status === 'charging'
  if (charging) parked.batteryPct = Math.min(100, parked.batteryPct + chargePctPerFix)
  const noise = createGpsNoise(parked.random)
  const { lat, lon } = disturb(parked.point, noise)
  return {
    trackerId: parked.trackerId,
    timeMs: nowMs,
    lat: Math.round(lat * 1e7) / 1e7,
    lon: Math.round(lon * 1e7) / 1e7,
    speedMps: 0,
    headingDeg: 0,
    accuracyM: Math.round(noise.accuracyM * 10) / 10,
    batteryPct: Math.round(parked.batteryPct),
    charging,
  }
}
