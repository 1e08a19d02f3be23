import { distanceM, type Point } from './geo.ts'

/**
 * One reading of a tracker, in SI units, as it left the protocol parser.
 * `null` means that the tracker did not say.
 */
export interface Fix extends Point {
  /** When the tracker took the reading, epoch milliseconds. */
  readonly timeMs: number
  readonly speedMps: number | null
  /** Degrees clockwise from north, 0 <= heading < 360. */
  readonly headingDeg: number | null
  readonly accuracyM: number | null
  readonly altitudeM: number | null
  readonly batteryPct: number | null
  readonly charging: boolean | null
  /** What the tracker said that has no column of its own. */
  readonly attributes: Readonly<Record<string, unknown>> | null
}

/** Why a fix is kept in history but does not move the marker. */
export const fixFlags = ['inaccurate', 'jump', 'future'] as const
export type FixFlag = (typeof fixFlags)[number]

export const plausibility = {
  maxAccuracyM: 100,
  /** 100 km/h. */
  maxSpeedMps: 100 / 3.6,
  maxAheadMs: 5 * 60_000,
} as const

/**
 * Says whether a fix may move the marker, or why not.
 *
 * @param previous the fix that the marker stands on, if any
 * @param nowMs the server's clock
 * @returns null when the fix is plausible
 */
export function flagFix(
  fix: Pick<Fix, 'lat' | 'lon' | 'timeMs' | 'accuracyM'>,
  previous: Pick<Fix, 'lat' | 'lon' | 'timeMs' | 'accuracyM'> | null,
  nowMs: number,
): FixFlag | null {
  if (fix.timeMs > nowMs + plausibility.maxAheadMs) return 'future'
  if (fix.accuracyM !== null && fix.accuracyM > plausibility.maxAccuracyM) return 'inaccurate'
  if (previous && fix.timeMs > previous.timeMs) {
    // The error circles of both fixes are no movement: standing still with 40 m of noise is not 100 km/h.
    const noiseM = (fix.accuracyM ?? 0) + (previous.accuracyM ?? 0)
    const movedM = Math.max(0, distanceM(previous, fix) - noiseM)
    if ((movedM * 1000) / (fix.timeMs - previous.timeMs) > plausibility.maxSpeedMps) return 'jump'
  }
  return null
}

/** A stored fix: which tracker sent it and whom it was counted for. */
export interface Position extends Fix {
  readonly deviceNo: number
  readonly bikeNo: number | null
  readonly courierNo: number | null
  readonly receivedAtMs: number
  readonly flag: FixFlag | null
}

/** The newest plausible fix of a bike: what the marker shows. */
export interface LatestFix extends Omit<Position, 'attributes' | 'bikeNo' | 'flag'> {
  readonly bikeNo: number
  /** Metres ridden over plausible fixes since the bike was registered. */
  readonly odometerM: number
}
