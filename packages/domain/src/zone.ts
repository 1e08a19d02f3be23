import { minuteMs } from './duration.ts'
import type { Entity } from './entity.ts'
import { isInside, type Point } from './geo.ts'
import type { ZoneId } from './ids.ts'
import { borderDistanceM } from './outline.ts'

export const zoneKinds = ['service_area', 'depot', 'no_ride', 'slow', 'pollution', 'traffic'] as const
export type ZoneKind = (typeof zoneKinds)[number]

export interface Zone extends Entity {
  readonly id: ZoneId
  readonly name: string
  readonly kind: ZoneKind
  /** Outer ring, at least three points, first not repeated. */
  readonly polygon: readonly Point[]
}

export const zoneEventKinds = ['enter', 'leave'] as const
export type ZoneEventKind = (typeof zoneEventKinds)[number]

/** A bike came into a zone, or left it. */
export interface ZoneEvent {
  /** Rises in the order of recording. */
  readonly no: number
  /** When the fix was taken that showed it. */
  readonly timeMs: number
  readonly kind: ZoneEventKind
  readonly zoneId: ZoneId
  /** As they were then. */
  readonly zoneName: string
  readonly zoneKind: ZoneKind
  readonly bikeNo: number
  readonly courierNo: number | null
  readonly lat: number
  readonly lon: number
}

/** What a marker says against what is known: the zones that a bike came into and those that it left. */
export interface ZoneCrossing {
  readonly entered: readonly Zone[]
  readonly left: readonly ZoneId[]
}

/** A zone with the box around it, which most places are outside of. */
export interface BoxedZone {
  readonly zone: Zone
  readonly south: number
  readonly north: number
  readonly west: number
  readonly east: number
}

export function boxZone(zone: Zone): BoxedZone {
  const lats = zone.polygon.map(({ lat }) => lat)
  const lons = zone.polygon.map(({ lon }) => lon)
  return {
    zone,
    south: Math.min(...lats),
    north: Math.max(...lats),
    west: Math.min(...lons),
    east: Math.max(...lons),
  }
}

export const isInZone = (at: Point, { zone, south, north, west, east }: BoxedZone): boolean =>
  at.lat >= south && at.lat <= north && at.lon >= west && at.lon <= east && isInside(at, zone.polygon)

/**
 * How far from a border a fix must be to say for certain on which side the bike is, in accuracies: within one lie two
 * fixes of three. Outside there is room to be further away, inside a narrow zone there is not. Nearer, noise alone may
 * have carried it over: then it must be seen there for as long as `doubtMs`. Of the time between two fixes no more than
 * `gapMs` counts: where the bike was in a longer one nobody knows, and yet one that stands still and says so every few
 * minutes only comes to a verdict.
 */
export const crossingDoubt = {
  enter: 1,
  leave: 2,
  unsaidAccuracyM: 10,
  doubtMs: 2 * minuteMs,
  gapMs: minuteMs,
} as const

/** How long a bike has been seen on the other side of a border, near it. */
export interface CrossingDoubt {
  readonly seenMs: number
  /** Of the last fix there, epoch ms. */
  readonly lastMs: number
}

/** What is known of one bike. */
export interface BikeZones {
  readonly inside: ReadonlySet<string>
  /** Zones on whose other side the bike seems to be. Kept by `crossZones`. */
  readonly doubtful: Map<string, CrossingDoubt>
}

/** Compares one fix with what is known. A bike that stands on a border does not cross it with every fix. */
export function crossZones(
  fix: Point & { readonly timeMs: number; readonly accuracyM: number | null },
  { inside, doubtful }: BikeZones,
  zones: Iterable<BoxedZone>,
): ZoneCrossing {
  const entered: Zone[] = []
  const left: ZoneId[] = []
  const accuracyM = fix.accuracyM ?? crossingDoubt.unsaidAccuracyM
  for (const boxed of zones) {
    const { zone } = boxed
    const isIn = isInZone(fix, boxed)
    if (isIn === inside.has(zone.id)) {
      doubtful.delete(zone.id)
      continue
    }
    const certainM = accuracyM * (isIn ? crossingDoubt.enter : crossingDoubt.leave)
    if (borderDistanceM(fix, zone.polygon) <= certainM) {
      const { seenMs, lastMs } = doubtful.get(zone.id) ?? { seenMs: 0, lastMs: fix.timeMs }
      const doubt = {
        seenMs: seenMs + Math.min(fix.timeMs - lastMs, crossingDoubt.gapMs),
        lastMs: fix.timeMs,
      }
      doubtful.set(zone.id, doubt)
      if (doubt.seenMs < crossingDoubt.doubtMs) continue
    }
    doubtful.delete(zone.id)
    if (isIn) entered.push(zone)
    else left.push(zone.id)
  }
  return { entered, left }
}
