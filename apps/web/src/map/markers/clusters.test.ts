import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterMaxZoom, clusterMinCount, createClusters } from './clusters.ts'

const input = (points: readonly { lat: number; lon: number; status: number }[]) => ({
  lat: Float64Array.from(points, ({ lat }) => lat),
  lon: Float64Array.from(points, ({ lon }) => lon),
  status: Uint8Array.from(points, ({ status }) => status),
  slots: points.map((_, i) => i),
})

const place = fc.record({
  lat: fc.double({ min: 52.3, max: 52.42, noNaN: true }),
  lon: fc.double({ min: 4.75, max: 5.02, noNaN: true }),
  status: fc.integer({ min: 0, max: 4 }),
})

describe('clusters', () => {
  it('count every bike exactly once, alone or in a ring', () => {
    fc.assert(
      fc.property(
        fc.array(place, { maxLength: 400 }),
        fc.double({ min: 9, max: 18, noNaN: true }),
        (points, zoom) => {
          const singles: number[] = []
          const clusters = createClusters(input(points), zoom, (slot) => singles.push(slot))
          const inRings = clusters.reduce((sum, { count }) => sum + count, 0)
          expect(inRings + singles.length).toBe(points.length)
          expect(new Set(singles).size).toBe(singles.length)
          for (const cluster of clusters) {
            expect(cluster.count).toBeGreaterThanOrEqual(clusterMinCount(zoom))
            expect(cluster.byStatus.reduce((a, b) => a + b, 0)).toBe(cluster.count)
            expect(cluster.lat).toBeGreaterThanOrEqual(cluster.south - 1e-9)
            expect(cluster.lat).toBeLessThanOrEqual(cluster.north + 1e-9)
          }
        },
      ),
    )
  })

  it('are none at street zoom', () => {
    const points = Array.from({ length: 50 }, () => ({ lat: 52.37, lon: 4.9, status: 1 }))
    expect(createClusters(input(points), clusterMaxZoom, () => {})).toEqual([])
  })

  it('join a crowd at one corner into one ring', () => {
    const points = Array.from({ length: 500 }, (_, i) => ({ lat: 52.37 + i * 1e-7, lon: 4.9, status: 1 }))
    expect(createClusters(input(points), 12, () => {})).toMatchObject([{ count: 500 }])
  })
})
