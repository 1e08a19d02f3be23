import { type Delivery, type DeliveryStatus, minuteMs } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axisX, blockSpan } from './lane-axis.ts'
import { deltaAt, grabAt, moveStepMs, movedWindows, neighbourOf } from './lane-moves.ts'

const axis = { fromMs: 8 * 60 * minuteMs, toMs: 20 * 60 * minuteMs, pxPerHour: 240 }
const delivery = (id: string, fromMin: number, status: DeliveryStatus = 'assigned') =>
  ({
    id,
    status,
    pickup: { window: { fromMs: fromMin * minuteMs, toMs: (fromMin + 20) * minuteMs } },
    dropoff: { window: { fromMs: (fromMin + 15) * minuteMs, toMs: (fromMin + 60) * minuteMs } },
  }) as unknown as Delivery
const startMin = fc.integer({ min: 480, max: 1140 })

test('a block that is let go where it was taken stays, and one that is dragged lands on a whole step', () => {
  fc.assert(
    fc.property(
      startMin,
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: -500, max: 500 }),
      (min, at, by) => {
        const row = delivery('a', min)
        const x = axisX(axis, blockSpan(row).fromMs) + at
        const grab = grabAt(row, axis, x)
        expect(deltaAt(grab, axis, x)).toBeCloseTo(0)
        const delta = deltaAt(grab, axis, x + by)
        expect(Math.abs(delta % moveStepMs)).toBe(0)
        // 240 px an hour: a pixel is a quarter of a minute.
        expect(Math.abs(delta - by * 0.25 * minuteMs)).toBeLessThanOrEqual(moveStepMs / 2)
      },
    ),
  )
})

test('both windows move, except the pick-up of what has been picked up; and back again is where it was', () => {
  fc.assert(
    fc.property(startMin, fc.integer({ min: -60, max: 60 }), fc.boolean(), (min, by, onItsWay) => {
      const row = delivery('a', min, onItsWay ? 'picked_up' : 'assigned')
      const moved = { ...row, ...movedWindows(row, by * minuteMs) }
      expect(moved.dropoff.window.fromMs - row.dropoff.window.fromMs).toBe(by * minuteMs)
      expect(moved.pickup.window.toMs - row.pickup.window.toMs).toBe(onItsWay ? 0 : by * minuteMs)
      expect({ ...moved, ...movedWindows(moved, -by * minuteMs) }).toEqual(row)
    }),
  )
})

test('arrows lead through a lane by time, and over empty lanes to what begins at about the same time', () => {
  const lanes = [
    { deliveries: [delivery('c', 700), delivery('a', 500), delivery('b', 600)] },
    { deliveries: [] },
    { deliveries: [delivery('d', 510), delivery('e', 690)] },
  ]
  const to = (id: string, key: string) => neighbourOf(lanes, id, key)?.id ?? null
  expect([to('a', 'ArrowRight'), to('b', 'ArrowRight'), to('c', 'ArrowRight')]).toEqual(['b', 'c', null])
  expect([to('b', 'ArrowLeft'), to('c', 'Home'), to('a', 'End')]).toEqual(['a', 'a', 'c'])
  expect([to('a', 'ArrowDown'), to('c', 'ArrowDown'), to('e', 'ArrowUp')]).toEqual(['d', 'e', 'c'])
  expect([to('a', 'ArrowUp'), to('d', 'ArrowDown'), to('gone', 'ArrowDown')]).toEqual([null, null, null])
})
