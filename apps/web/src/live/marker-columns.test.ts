import { type Marker, PositionColumns, unsaid } from '@fleet/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarkerColumns } from './marker-columns.ts'

const marker = (bikeNo: number, timeMs: number, more: Partial<Marker> = {}): Marker => ({
  bikeNo,
  timeMs,
  lat: 52.37,
  lon: 4.9,
  speedMps: 4,
  headingDeg: 90,
  accuracyM: 5,
  batteryPct: 80,
  charging: false,
  odometerM: 0,
  ...more,
})

const fixes = (...markers: Marker[]) => new PositionColumns().take(markers, 0)

const columnsWith = (...nos: number[]) => {
  const columns = new MarkerColumns()
  for (const no of nos) columns.setBike(no, `AMS-00${no}`, 'in_use', 'city')
  return columns
}

describe('marker columns', () => {
  it('glide from where the marker is drawn to the new fix', () => {
    const columns = columnsWith(10)
    const slot = columns.slotOfNo.get(10)!
    columns.apply(fixes(marker(10, 1_000)), 0, false)
    columns.apply(fixes(marker(10, 2_000, { lat: 52.371 })), 1_000, true)
    expect(columns.drawnAt(slot, 1_000).lat).toBeCloseTo(52.37, 9)
    const halfway = columns.drawnAt(slot, 1_000 + columns.glideMs[slot]! / 2)
    expect(halfway.lat).toBeCloseTo(52.3705, 9)
    expect(columns.drawnAt(slot, 10_000).lat).toBe(52.371)
    // A fix in the middle of a glide starts from the middle: no jump.
    columns.apply(fixes(marker(10, 3_000, { lat: 52.372 })), 1_000 + columns.glideMs[slot]! / 2, true)
    expect(columns.fromLat[slot]).toBeCloseTo(52.3705, 9)
  })

  it('jump where gliding would lie: after a snapshot, across the city, or with less motion asked for', () => {
    const columns = columnsWith(10)
    const slot = columns.slotOfNo.get(10)!
    columns.apply(fixes(marker(10, 1_000)), 0, false)
    columns.apply(fixes(marker(10, 2_000, { lat: 52.4 })), 1_000, true)
    expect(columns.drawnAt(slot, 1_000).lat).toBe(52.4)
    columns.glides = false
    columns.apply(fixes(marker(10, 3_000, { lat: 52.4001 })), 2_000, true)
    expect(columns.drawnAt(slot, 2_000).lat).toBe(52.4001)
  })

  it('keep the heading of a bike that says none, and know what was not said', () => {
    const columns = columnsWith(10)
    const slot = columns.slotOfNo.get(10)!
    columns.apply(fixes(marker(10, 1_000)), 0, false)
    columns.apply(fixes(marker(10, 2_000, { headingDeg: null, batteryPct: null })), 1_000, true)
    expect(columns.headingDeg[slot]).toBe(90)
    expect(columns.batteryPct[slot]).toBe(unsaid)
  })

  it('place a bike only when both registry and tracker know it', () => {
    const columns = new MarkerColumns()
    columns.apply(fixes(marker(7, 1_000)), 0, false)
    const slot = columns.slotOfNo.get(7)!
    expect(columns.isPlaced(slot)).toBe(false)
    columns.setBike(7, 'AMS-0007', 'available', 'city')
    expect(columns.isPlaced(slot)).toBe(true)
    columns.remove(7)
    expect(columns.isPlaced(slot)).toBe(false)
  })

  it('give a new bike in an old slot nothing of the one before', () => {
    const columns = columnsWith(1)
    columns.apply(fixes(marker(1, 9_000)), 0, false)
    columns.remove(1)
    columns.setBike(2, 'AMS-0002', 'available', 'city')
    const slot = columns.slotOfNo.get(2)!
    expect(slot).toBe(0)
    expect(columns.isPlaced(slot)).toBe(false)
    expect(columns.batteryPct[slot]).toBe(unsaid)
  })

  it('end on the newest fix of each bike, in whatever order fixes arrive', () => {
    const fix = fc.record({ no: fc.integer({ min: 1, max: 200 }), timeMs: fc.integer({ min: 1, max: 50 }) })
    fc.assert(
      fc.property(fc.array(fix, { maxLength: 300 }), (arrivals) => {
        const columns = new MarkerColumns()
        const newest = new Map<number, number>()
        arrivals.forEach(({ no, timeMs }, i) => {
          columns.apply(fixes(marker(no, timeMs, { odometerM: timeMs })), i, true)
          newest.set(no, Math.max(newest.get(no) ?? 0, timeMs))
        })
        for (const [no, timeMs] of newest) {
          const slot = columns.slotOfNo.get(no)!
          expect(columns.bikeNo[slot]).toBe(no)
          expect(columns.fixTimeMs[slot]).toBe(timeMs)
          expect(columns.odometerM[slot]).toBe(timeMs)
        }
      }),
    )
  })
})
