import {
  isLatitude,
  isLongitude,
  isNullIsland,
  maxAccuracyM,
  maxAltitudeM,
  maxSpeedMps,
  minAltitudeM,
  readAccuracyM,
  readAltitudeM,
  readBatteryPct,
  readHeadingDeg,
  readSpeedMps,
} from './quantity.ts'
import { describeProblem } from './report.ts'

/**
 * Reads the fields of one message that is not on the hot path and remembers the first problem, so that a parser reads all fields
 * in a row and asks once.
 * `undefined` and `null` mean that the message does not have the field.
 */
export class FieldReader {
  problem: string | null = null
  readonly #numberOf: (value: unknown) => number
  readonly #absence: string

  /** @param wire query parameters write numbers as text; in JSON a number in quotes is a mistake of the sender */
  constructor(wire: 'parameters' | 'json') {
    this.#numberOf = wire === 'json' ? finiteNumber : decimalNumber
    this.#absence = wire === 'json' ? 'or leave the field out' : 'or leave the parameter out'
  }

  fail(field: string, value: unknown, fix: string): null {
    this.problem ??= describeProblem(field, value, fix)
    return null
  }

  /** @param unitMps the wire's unit of speed in metres per second */
  speedMps(field: string, value: unknown, unit: string, unitMps: number): number | null {
    const max = Math.floor(maxSpeedMps / unitMps)
    return this.#quantity(field, value, `a number of ${unit} up to ${max}`, (n) => readSpeedMps(n * unitMps))
  }

  headingDeg(field: string, value: unknown): number | null {
    return this.#quantity(field, value, 'degrees from 0 to 360', readHeadingDeg)
  }

  accuracyM(field: string, value: unknown): number | null {
    return this.#quantity(field, value, `a number of metres up to ${maxAccuracyM}`, readAccuracyM)
  }

  altitudeM(field: string, value: unknown): number | null {
    return this.#quantity(field, value, `metres from ${minAltitudeM} to ${maxAltitudeM}`, readAltitudeM)
  }

  batteryPct(field: string, value: unknown): number | null {
    return this.#quantity(field, value, 'percent from 0 to 100', readBatteryPct)
  }

  /** A battery level from 0 to 1. */
  batteryLevel(field: string, value: unknown): number | null {
    // Rounded to a hundredth of a percent: 0.57 * 100 is 56.99999999999999.
    return this.#quantity(field, value, 'a level from 0 to 1', (n) =>
      readBatteryPct(Math.round(n * 10_000) / 100),
    )
  }

  /** @returns null for the place that means no fix (0, 0), and after a problem */
  place(
    latField: string,
    lat: unknown,
    lonField: string,
    lon: unknown,
  ): { readonly lat: number; readonly lon: number } | null {
    const latDeg = this.#numberOf(lat)
    if (!isLatitude(latDeg)) return this.fail(latField, lat, 'send degrees from -90 to 90')
    const lonDeg = this.#numberOf(lon)
    if (!isLongitude(lonDeg)) return this.fail(lonField, lon, 'send degrees from -180 to 180')
    return isNullIsland(latDeg, lonDeg) ? null : { lat: latDeg, lon: lonDeg }
  }

  /** true, false, and for query parameters their spellings. */
  flag(field: string, value: unknown): boolean | null {
    if (value === undefined || value === null) return null
    const lower = typeof value === 'string' ? value.toLowerCase() : value
    if (lower === true || lower === 'true' || lower === '1') return true
    if (lower === false || lower === 'false' || lower === '0') return false
    return this.fail(field, value, `send true or false, ${this.#absence}`)
  }

  #quantity(
    field: string,
    value: unknown,
    expected: string,
    read: (value: number) => number | null,
  ): number | null {
    if (value === undefined || value === null) return null
    const result = read(this.#numberOf(value))
    return Number.isNaN(result) ? this.fail(field, value, `send ${expected}, ${this.#absence}`) : result
  }
}

const maxNumberChars = 32
const decimalForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i

function finiteNumber(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN
}

/** Stricter than Number(): no hexadecimal, no empty text, no decimal comma. NaN for all that is no number. */
function decimalNumber(value: unknown): number {
  // Bounded first: the form takes quadratic time on a long row of digits.
  if (typeof value !== 'string' || value.length > maxNumberChars) return Number.NaN
  const text = value.trim()
  return decimalForm.test(text) ? finiteNumber(Number(text)) : Number.NaN
}
