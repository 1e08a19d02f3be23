/**
 * The physical rules that every protocol shares. Each function takes the number as the wire gave it, already in SI units, and
 * returns the value, `null` for "the tracker does not know", or `NaN` for a value that nothing on a bike can have.
 * NaN, not an exception or an object: the batch parser calls these 150,000 times a second.
 */

/** Above it a GNSS receiver for civil use must stop working (COCOM: 1000 knots = 515 m/s). */
export const maxSpeedMps = 515
/** Half the equator: no place on earth is farther away. */
export const maxAccuracyM = 20_037_508
export const minAltitudeM = -12_000
export const maxAltitudeM = 50_000
/** Before it a reading is a clock that was never set, or seconds taken for milliseconds. */
export const minTimeMs = Date.UTC(2000, 0, 1)
/** After it a reading is microseconds taken for milliseconds. */
export const maxTimeMs = Date.UTC(2100, 0, 1)

/** Metres per second. Negative (phones send -1) means unknown. */
export function readSpeedMps(value: number): number | null {
  if (value < 0) return null
  return value <= maxSpeedMps ? value : Number.NaN
}

/** Degrees clockwise from north; 360 is north. Negative (phones send -1) means unknown. */
export function readHeadingDeg(value: number): number | null {
  if (value < 0) return null
  if (value === 360) return 0
  return value < 360 ? value : Number.NaN
}

/** Metres. Zero and below mean unknown: Android reports 0.0 when it has no estimate, iOS -1, and no phone is exact. */
export function readAccuracyM(value: number): number | null {
  if (value <= 0) return null
  return value <= maxAccuracyM ? value : Number.NaN
}

/** Metres above sea level. Negative is a place: Schiphol lies at -3. */
export function readAltitudeM(value: number): number | null {
  return value >= minAltitudeM && value <= maxAltitudeM ? value : Number.NaN
}

/** Percent, 0 to 100. Negative (phones send -1) means unknown. */
export function readBatteryPct(value: number): number | null {
  if (value < 0) return null
  return value <= 100 ? value : Number.NaN
}

export function isLatitude(value: number): boolean {
  return value >= -90 && value <= 90
}

export function isLongitude(value: number): boolean {
  return value >= -180 && value <= 180
}

export function isTimeMs(value: number): boolean {
  return value >= minTimeMs && value < maxTimeMs
}

/**
 * Exactly 0, 0 is what receivers and gateways send while they have no fix. Taken as a place it would be a marker in the Gulf of
 * Guinea, and every true fix after it would be a jump for as long as a bike needs from there: more than two days.
 */
export function isNullIsland(lat: number, lon: number): boolean {
  return lat === 0 && lon === 0
}

export const knotMps = 1852 / 3600
export const kmhMps = 1 / 3.6
