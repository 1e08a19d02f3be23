import { ridesOf, type CourierId, type IssueId, minuteMs } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../port.ts'
import {
  makeBike,
  makeDelivery,
  makeId,
  makeStop,
  run,
  startMs,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

export function describeReplayContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: what a replay shows`, () => {
    let database: FreshDatabase
    let store: Store
    const atMs = (minutes: number) => startMs + minutes * minuteMs
    const at = (minutes: number) => ({ nowMs: atMs(minutes) })
    const expectedVersion = null
    beforeAll(async () => {
      database = await makeDatabase()
      store = await database.open()
    })
    afterAll(async () => {
      await store.close()
      await database.close()
    })

    test('the deliveries that were not over before the span, with what happened to each', async () => {
      const courierId = makeId<CourierId>()
      await run(store, { type: 'courier.create', id: courierId, name: 'Daan', phone: '' }, at(-60))
      await run(store, { type: 'courier.shift', id: courierId, expectedVersion, event: 'start' }, at(-60))
      const create = (minutes: number) => makeDelivery(store, makeStop('Dam 1'), at(minutes))
      const end = async (id: Awaited<ReturnType<typeof create>>, minutes: number) => {
        await run(store, { type: 'delivery.assign', id, expectedVersion, courierId }, at(minutes - 3))
        await run(store, { type: 'delivery.pick_up', id, expectedVersion }, at(minutes - 2))
        await run(store, { type: 'delivery.deliver', id, expectedVersion }, at(minutes))
      }
      const over = await create(0)
      await end(over, 9)
      const within = await create(1)
      await end(within, 15)
      const later = await create(2)
      await end(later, 90)
      const open = await create(3)
      await create(20)
      const { deliveries } = await store.replayData(atMs(10), atMs(20))
      expect(deliveries.map(({ id }) => id)).toEqual([within, later, open])
      expect(
        deliveries[0]!.timeline.map((entry) => [entry.event, (entry.atMs - startMs) / minuteMs]),
      ).toEqual([
        ['create', 1],
        ['assign', 12],
        ['pick_up', 13],
        ['deliver', 15],
      ])
    })

    test('the issues that were reported in it', async () => {
      const report = async (minutes: number) => {
        const id = makeId<IssueId>()
        await run(
          store,
          {
            type: 'issue.create',
            id,
            kind: 'late',
            reporter: 'customer',
            description: 'x',
            bikeId: null,
            courierId: null,
            deliveryId: null,
          },
          at(minutes),
        )
        return id
      }
      await report(9)
      const [first, last] = [await report(10), await report(19)]
      await report(20)
      const { issues } = await store.replayData(atMs(10), atMs(20))
      expect(issues.map(({ id }) => id)).toEqual([first, last])
    })

    test('who rode which bike, also who set out before', async () => {
      const id = makeId<CourierId>()
      const bikeId = await makeBike(store)
      await run(store, { type: 'courier.create', id, name: 'Eva', phone: '' }, at(300))
      await run(store, { type: 'courier.shift', id, expectedVersion, event: 'start' }, at(301))
      await run(store, { type: 'courier.take_bike', id, expectedVersion, bikeId }, at(302))
      await run(store, { type: 'courier.return_bike', id, expectedVersion }, at(330))
      const rides = async (fromMin: number, toMin: number) =>
        ridesOf((await store.replayData(atMs(fromMin), atMs(toMin))).states).map(({ fromMs, toMs }) => [
          (fromMs - startMs) / minuteMs,
          toMs === null ? null : (toMs - startMs) / minuteMs,
        ])
      expect(await rides(310, 320)).toEqual([[302, null]])
      expect(await rides(310, 340)).toEqual([[302, 330]])
      expect(await rides(331, 340)).toEqual([])
    })
  })
}
