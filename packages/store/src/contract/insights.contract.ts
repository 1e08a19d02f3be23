import { workedShifts, type CourierId, type IssueId, hourMs, minuteMs } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../port.ts'
import {
  makeBike,
  makeContext,
  makeDelivery,
  makeId,
  makeStop,
  run,
  startMs,
  unique,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

export function describeInsightsContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: what is counted`, () => {
    let database: FreshDatabase
    let store: Store
    let courierId: CourierId
    const at = (minutes: number) => ({ nowMs: startMs + minutes * minuteMs })
    beforeAll(async () => {
      database = await makeDatabase()
      store = await database.open()
      courierId = makeId<CourierId>()
      await run(store, { type: 'courier.create', id: courierId, name: 'Daan', phone: '' }, at(-600))
      await run(
        store,
        { type: 'courier.shift', id: courierId, expectedVersion: null, event: 'start' },
        at(-60),
      )
    })
    afterAll(async () => {
      await store.close()
      await database.close()
    })

    const expectedVersion = null
    /** Due at 60 minutes past the start. */
    const deliver = async (pickedUpMin: number, deliveredMin: number) => {
      const id = await makeDelivery(store, makeStop('Dam 1', { point: { lat: 52.3731, lon: 4.8926 } }), at(0))
      await run(store, { type: 'delivery.assign', id, expectedVersion, courierId }, at(1))
      await run(store, { type: 'delivery.pick_up', id, expectedVersion }, at(pickedUpMin))
      await run(store, { type: 'delivery.deliver', id, expectedVersion }, at(deliveredMin))
      return id
    }

    test('deliveries are counted by their end, and the filters list the same ones', async () => {
      const [onTime, late] = [await deliver(10, 60), await deliver(20, 61)]
      const open = await makeDelivery(store, makeStop('Dam 2'), at(0))
      const { deliveries } = await store.insightData(startMs, startMs + 2 * hourMs)
      expect(deliveries.toSorted((a, b) => a.endedAtMs - b.endedAtMs)).toMatchObject([
        {
          status: 'delivered',
          courierId,
          endedAtMs: startMs + hourMs,
          dueMs: startMs + hourMs,
          district: 'Centrum',
        },
        { endedAtMs: startMs + 61 * minuteMs },
      ])
      expect((await store.insightData(startMs, startMs + 61 * minuteMs)).deliveries).toHaveLength(1)
      const list = async (filter: object) =>
        (await store.list('delivery', { limit: 50, ...filter })).items.map(({ id }) => id)
      const ended = { endedFromMs: startMs, endedToMs: startMs + 2 * hourMs }
      expect((await list(ended)).toSorted()).toEqual([onTime, late].toSorted())
      const first = await store.list('delivery', { limit: 1, ...ended })
      const second = await store.list('delivery', { limit: 1, ...ended, cursor: first.nextCursor! })
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(await list(ended))
      expect(second.nextCursor).toBeNull()
      expect(await list({ ...ended, late: true })).toEqual([late])
      expect(await list({ ...ended, late: false, district: 'Centrum' })).toEqual([onTime])
      expect(await list({ ...ended, district: 'Noord' })).toEqual([])
      expect(await list({ district: 'Centrum', search: 'dam', late: true })).toEqual([late])
      expect(await list({ endedToMs: startMs, status: ['unassigned'] })).not.toContain(open)
    })

    test('a parcel is carried from pick-up to its end, also across the borders of the span', async () => {
      const at = (minutes: number) => startMs + minutes * minuteMs
      const across = { courierId, fromMs: at(110), toMs: at(130), district: 'Centrum' }
      await deliver(110, 130)
      const id = await makeDelivery(store, makeStop('Dam 1'), { nowMs: at(0) })
      await run(store, { type: 'delivery.assign', id, expectedVersion, courierId }, { nowMs: at(1) })
      await run(store, { type: 'delivery.pick_up', id, expectedVersion }, { nowMs: at(140) })
      const carried = async (fromMin: number, toMin: number) =>
        (await store.insightData(at(fromMin), at(toMin))).carried
      expect(await carried(105, 120)).toEqual([across])
      expect(await carried(120, 135)).toEqual([across])
      expect(await carried(135, 150)).toMatchObject([{ fromMs: at(140), toMs: null }])
      await run(store, { type: 'delivery.fail', id, expectedVersion, reason: 'x' }, { nowMs: at(150) })
      expect(await carried(135, 145)).toMatchObject([{ fromMs: at(140), toMs: at(150) }])
      await run(store, { type: 'delivery.cancel', id, expectedVersion, reason: '' }, { nowMs: at(900) })
      expect(await carried(135, 1000)).toEqual([])
    })

    test('an undo takes the end back', async () => {
      const id = await makeDelivery(store, makeStop('Dam 1'), at(0))
      const key = unique('cancel')
      await run(store, { type: 'delivery.cancel', id, expectedVersion, reason: '' }, { key, ...at(200) })
      const count = async () =>
        (await store.insightData(startMs + 200 * minuteMs, startMs + 201 * minuteMs)).deliveries.length
      expect(await count()).toBe(1)
      await store.undo({ key, allowed: ['delivery.cancel'] }, makeContext())
      expect(await count()).toBe(0)
    })

    test('issues are counted by kind when they were reported, and the filter lists the same ones', async () => {
      const report = {
        type: 'issue.create',
        reporter: 'customer',
        description: 'x',
        bikeId: null,
        courierId: null,
        deliveryId: null,
      } as const
      await run(store, { ...report, id: makeId<IssueId>(), kind: 'late' }, at(5))
      await run(store, { ...report, id: makeId<IssueId>(), kind: 'late' }, at(6))
      const damaged = makeId<IssueId>()
      await run(store, { ...report, id: damaged, kind: 'damaged' }, at(7))
      expect(
        (await store.insightData(startMs, startMs + 7 * minuteMs)).issues.toSorted(
          (a, b) => a.reportedAtMs - b.reportedAtMs,
        ),
      ).toEqual([
        { kind: 'late', courierId: null, reportedAtMs: startMs + 5 * minuteMs },
        { kind: 'late', courierId: null, reportedAtMs: startMs + 6 * minuteMs },
      ])
      const filter = { fromMs: startMs + 6 * minuteMs, toMs: startMs + 8 * minuteMs }
      const { items } = await store.list('issue', { limit: 5, kind: ['damaged'], ...filter })
      expect(items.map(({ id }) => id)).toEqual([damaged])
    })

    test('the states of couriers tell their shifts, and the state at the beginning is there', async () => {
      const id = makeId<CourierId>()
      const bikeId = await makeBike(store)
      await run(store, { type: 'courier.create', id, name: 'Eva', phone: '' }, at(300))
      const shift = (event: 'start' | 'pause' | 'resume' | 'end', minutes: number) =>
        run(store, { type: 'courier.shift', id, expectedVersion, event }, at(minutes))
      await shift('start', 310)
      await run(store, { type: 'courier.take_bike', id, expectedVersion, bikeId }, at(315))
      await shift('pause', 340)
      await shift('resume', 350)
      await shift('end', 400)
      await shift('start', 500)
      const states = await store.courierStates(id, startMs, startMs + 1000 * minuteMs)
      expect(workedShifts(states, startMs + 520 * minuteMs)).toEqual([
        {
          courierId: id,
          fromMs: startMs + 310 * minuteMs,
          toMs: startMs + 400 * minuteMs,
          workedMs: 80 * minuteMs,
          breakMs: 10 * minuteMs,
          bikeIds: [bikeId],
        },
        {
          courierId: id,
          fromMs: startMs + 500 * minuteMs,
          toMs: null,
          workedMs: 20 * minuteMs,
          breakMs: 0,
          bikeIds: [],
        },
      ])
      const data = await store.insightData(startMs + 345 * minuteMs, startMs + 360 * minuteMs)
      expect(data.states.get(id)!.map((state) => [(state.atMs - startMs) / minuteMs, state.shift])).toEqual([
        [340, 'break'],
        [350, 'on'],
      ])
    })
  })
}
