import { expect } from 'vitest'
import { maxAccuracyM, maxSpeedMps, maxTimeMs, minTimeMs } from './quantity.ts'
import type { TrackerReport } from './report.ts'

/** What must hold of every report of every protocol, whatever the bytes were. */
export function expectSaneReport(report: TrackerReport): void {
  expect(report.trackerId).not.toBe('')
  expect(report.trackerId).not.toContain('\0')
  const reading = report.fix ?? report.heartbeat
  expectWithin(reading.timeMs, minTimeMs, maxTimeMs)
  expect(Number.isInteger(reading.timeMs)).toBe(true)
  if (reading.batteryPct !== null) expectWithin(reading.batteryPct, 0, 100)
  expect([true, false, null]).toContain(reading.charging)
  if (reading.attributes !== null) expect(Object.keys(reading.attributes).length).toBeLessThanOrEqual(33)
  if (report.fix === null) return
  const { lat, lon, speedMps, headingDeg, accuracyM, altitudeM } = report.fix
  expectWithin(lat, -90, 90)
  expectWithin(lon, -180, 180)
  expect(lat === 0 && lon === 0).toBe(false)
  if (speedMps !== null) expectWithin(speedMps, 0, maxSpeedMps)
  if (headingDeg !== null) {
    expectWithin(headingDeg, 0, 360)
    expect(headingDeg).not.toBe(360)
  }
  if (accuracyM !== null) expectWithin(accuracyM, Number.MIN_VALUE, maxAccuracyM)
  if (altitudeM !== null) expect(Number.isFinite(altitudeM)).toBe(true)
}

function expectWithin(value: number, min: number, max: number): void {
  // NaN fails both comparisons.
  expect(value >= min && value <= max, `${value} lies within ${min} and ${max}`).toBe(true)
}
