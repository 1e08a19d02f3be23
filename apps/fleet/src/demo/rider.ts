import type { BikeId, BikeKind, CourierId, DeliveryId, Point } from '@fleet/domain'
import * as battery from './battery.ts'
import type { DemoFix } from './events.ts'
import { advanceGpsNoise, createGpsNoise, disturb, type GpsNoise } from './gps-noise.ts'
import type { Random } from './random.ts'
import { advanceRide, isOver, type Ride, startRide } from './ride.ts'
import type { Roads } from './roads.ts'

/** What a rider is busy with. A delivery's stop is named, its state is always read from the board. */
export type Errand =
  | { readonly kind: 'idle' }
  | { readonly kind: 'stop'; readonly deliveryId: DeliveryId; readonly at: 'pickup' | 'dropoff' }
  | { readonly kind: 'depot' }
  | { readonly kind: 'roam' }

/** A virtual courier on a bike. Plain mutable state: a tick touches every rider, and copies would be all garbage. */
export interface Rider {
  readonly courierId: CourierId
  readonly bikeId: BikeId
  readonly kind: BikeKind
  readonly trackerId: string
  readonly random: Random
  readonly cruiseMps: number
  readonly fixEveryMs: number
  point: Point
  speedMps: number
  headingDeg: number
  batteryPct: number
  charging: boolean
  noise: GpsNoise
  ride: Ride | null
  errand: Errand
  /** Without an errand until then. */
  idleUntilMs: number
  /** The end of the ride is reached. */
  arrived: boolean
  /** When the counter or the door has done its part; null until the rider is there. */
  servedAtMs: number | null
  nextFixMs: number
}

export interface RiderStart {
  readonly courierId: CourierId
  readonly bikeId: BikeId
  readonly kind: BikeKind
  readonly trackerId: string
  readonly point: Point
  readonly batteryPct: number
}

/** Someone who stands still is heard of less often: nothing is new. */
const standingFixEveryMs = 10_000

export function createRider(start: RiderStart, random: Random, nowMs: number): Rider {
  const fixEveryMs = random.between(1_000, 2_000)
  return {
    ...start,
    random,
    // 14 to 24 km/h; an electric cargo bike keeps its pace.
    cruiseMps: random.between(start.kind === 'e-cargo' ? 17 : 14, start.kind === 'cargo' ? 19 : 24) / 3.6,
    fixEveryMs,
    speedMps: 0,
    headingDeg: random.between(0, 360),
    charging: false,
    noise: createGpsNoise(random),
    ride: null,
    errand: { kind: 'idle' },
    idleUntilMs: nowMs + random.between(0, 8_000),
    arrived: false,
    servedAtMs: null,
    // Staggered: sixty fixes in one instant and then silence would look like a pulse on the map.
    nextFixMs: nowMs + random.between(0, fixEveryMs),
  }
}

/** @returns false when nothing connects the rider with the place: the errand is then given up */
export function setOut(rider: Rider, roads: Roads, to: Point, errand: Errand): boolean {
  const from = roads.snap(rider.point)
  const path = roads.route(from, roads.snap(to))
  rider.errand = path ? errand : { kind: 'idle' }
  rider.arrived = false
  rider.servedAtMs = null
  rider.ride = path ? startRide(path, rider.random) : null
  return path !== null
}

/** Moves, drains or charges by one step. Sets `arrived` at the end of the ride. */
export function advanceRider(rider: Rider, dtS: number): void {
  rider.noise = advanceGpsNoise(rider.noise, dtS, rider.random)
  if (rider.charging) rider.batteryPct = battery.charge(rider.batteryPct, dtS)
  if (!rider.ride) {
    rider.speedMps = 0
    return
  }
  const { ride, moved } = advanceRide(rider.ride, dtS, rider.cruiseMps, rider.random)
  rider.ride = ride
  rider.point = moved.point
  rider.speedMps = moved.speedMps
  rider.headingDeg = moved.headingDeg
  rider.batteryPct = battery.drain(rider.batteryPct, moved.movedM, rider.kind)
  if (!isOver(ride)) return
  rider.ride = null
  rider.speedMps = 0
  rider.arrived = true
}

/** The tracker's next reading, or null when it is not yet time. */
export function readTracker(rider: Rider, nowMs: number): DemoFix | null {
  if (nowMs < rider.nextFixMs) return null
  const everyMs = rider.speedMps > 0.3 ? rider.fixEveryMs : standingFixEveryMs
  // After a pause (the computer slept) the trackers speak once, not for every missed second.
  rider.nextFixMs = Math.max(rider.nextFixMs + everyMs, nowMs + everyMs / 2)
  return takeReading(rider, nowMs)
}

/** Bikes that start to move again speak at once. */
export function wakeTracker(rider: Rider, nowMs: number): void {
  rider.nextFixMs = Math.min(rider.nextFixMs, nowMs + rider.fixEveryMs)
}

function takeReading(rider: Rider, nowMs: number): DemoFix {
  const { random, noise } = rider
  const { lat, lon } = disturb(rider.point, noise)
  const isMoving = rider.speedMps > 0.3
  return {
    trackerId: rider.trackerId,
    timeMs: nowMs,
    lat: round(lat, 7),
    lon: round(lon, 7),
    speedMps: isMoving ? round(Math.max(0, rider.speedMps + random.normal() * 0.15), 2) : 0,
    headingDeg: round((rider.headingDeg + (isMoving ? random.normal() * 3 : 0) + 360) % 360, 1) % 360,
    accuracyM: round(noise.accuracyM, 1),
    batteryPct: Math.round(rider.batteryPct),
    charging: rider.charging,
  }
}

const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits
