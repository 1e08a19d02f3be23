import { type Delivery, hourMs } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axisHours, axisX, blockSpan, createLaneAxis, packLane } from './lane-axis.ts'

const day = { fromMs: 0, toMs: 24 * hourMs }
const delivery = (id: number, fromMs: number, toMs: number) =>
  ({
    id: String(id),
    pickup: { window: { fromMs, toMs: fromMs } },
    dropoff: { window: { fromMs: toMs, toMs } },
  }) as unknown as Delivery

const lane = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 24 * 60 }), fc.integer({ min: 0, max: 240 })), { maxLength: 30 })
  .map((spans) => spans.map(([from, length], id) => delivery(id, from * 60_000, (from + length) * 60_000)))

test('no two blocks of a track overlap, and no delivery is lost', () => {
  fc.assert(
    fc.property(lane, (deliveries) => {
      const { blocks, tracks } = packLane(deliveries, 20 * 60_000)
      expect(blocks).toHaveLength(deliveries.length)
      for (const a of blocks) {
        expect(a.track).toBeLessThan(tracks)
        for (const b of blocks) {
          if (a === b || a.track !== b.track) continue
          const [left, right] = [blockSpan(a.delivery), blockSpan(b.delivery)]
          expect(left.toMs <= right.fromMs || right.toMs <= left.fromMs).toBe(true)
        }
      }
    }),
  )
})

test('the axis holds every window and the present', () => {
  fc.assert(
    fc.property(lane, fc.integer({ min: 2, max: 22 }), (deliveries, hour) => {
      const axis = createLaneAxis(day, deliveries, hour * hourMs, 100)
      expect(axisX(axis, hour * hourMs)).toBeGreaterThanOrEqual(0)
      for (const one of deliveries) {
        expect(axis.fromMs).toBeLessThanOrEqual(blockSpan(one).fromMs)
        expect(axis.toMs).toBeGreaterThanOrEqual(blockSpan(one).toMs)
      }
    }),
  )
})

test('a day without anything shows its working hours', () => {
  const axis = createLaneAxis(day, [], null, 100)
  expect(axisHours(axis)).toHaveLength(13)
  expect(axisX(axis, 9 * hourMs)).toBe(100)
})
