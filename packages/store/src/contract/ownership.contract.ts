import {
  dayMs,
  endedAtMs,
  hourMs,
  pickedUpAtMs,
  type Command,
  type CourierId,
  type DeliveryId,
  type IssueId,
} from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../port.ts'
import {
  makeBike,
  makeContext,
  makeCourier,
  makeDelivery,
  makeId,
  run,
  startMs,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

export function describeOwnershipContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: commands on behalf of one courier`, () => {
    let database: FreshDatabase
    let store: Store
    let own: CourierId
    let other: CourierId
    beforeAll(async () => {
      database = await makeDatabase()
      store = await database.open()
      own = await makeCourier(store)
      other = await makeCourier(store, 'Sanne Visser')
    })
    afterAll(async () => {
      await store.close()
      await database.close()
    })

    const assigned = async (courierId: CourierId) => {
      const id = await makeDelivery(store)
      await run(store, { type: 'delivery.assign', id, expectedVersion: null, courierId })
      return id
    }
    const asOwn = (command: Command, key?: string, nowMs = startMs) =>
      store.execute(
        command,
        makeContext({ onlyForCourier: own, nowMs, ...(key === undefined ? {} : { key }) }),
      )
    const codeOf = async (command: Command) => {
      const outcome = await asOwn(command)
      return outcome.ok ? 'done' : outcome.refusal.code
    }

    test('what is theirs is done', async () => {
      const id = await assigned(own)
      expect(await codeOf({ type: 'delivery.pick_up', id, expectedVersion: null })).toBe('done')
      expect(await codeOf({ type: 'delivery.deliver', id, expectedVersion: null })).toBe('done')
      const bikeId = await makeBike(store)
      expect(await codeOf({ type: 'courier.take_bike', id: own, expectedVersion: null, bikeId })).toBe('done')
      expect(await codeOf({ type: 'courier.return_bike', id: own, expectedVersion: null })).toBe('done')
      expect(await codeOf(issueOf({ courierId: own, deliveryId: id }))).toBe('done')
    })

    test('another’s delivery is as if it were not there, whatever version was seen', async () => {
      const id = await assigned(other)
      const nowhere = makeId<never>()
      for (const type of ['delivery.pick_up', 'delivery.deliver'] as const) {
        const refused = await asOwn({ type, id, expectedVersion: 1 })
        expect(refused).toEqual(await asOwn({ type, id: nowhere, expectedVersion: 1 }))
        expect(refused).toMatchObject({ ok: false, refusal: { code: 'not_found' } })
      }
      expect(await codeOf({ type: 'delivery.fail', id, expectedVersion: null, reason: 'no' })).toBe(
        'not_found',
      )
      expect(await codeOf(issueOf({ courierId: own, deliveryId: id }))).toBe('not_found')
      expect(await store.get('delivery', id)).toMatchObject({ version: 2, status: 'assigned' })
    })

    test('acting for somebody else is refused', async () => {
      const id = await assigned(own)
      const bikeId = await makeBike(store)
      const commands: Command[] = [
        { type: 'courier.shift', id: other, expectedVersion: null, event: 'pause' },
        { type: 'courier.take_bike', id: other, expectedVersion: null, bikeId },
        { type: 'delivery.assign', id, expectedVersion: null, courierId: other },
        { type: 'bike.remove', id: bikeId, expectedVersion: null },
        issueOf({ courierId: other, deliveryId: null }),
        issueOf({ courierId: null, deliveryId: null }),
        { ...issueOf({ courierId: own, deliveryId: null }), reporter: 'customer' },
      ]
      for (const command of commands) expect([command, await codeOf(command)]).toEqual([command, 'forbidden'])
    })

    test('a repeated request gets its outcome, though the row is no longer theirs', async () => {
      const id = await assigned(own)
      const fail = { type: 'delivery.fail', id, expectedVersion: null, reason: 'nobody home' } as const
      const first = await asOwn(fail, 'fail-once')
      await run(store, { type: 'delivery.retry', id, expectedVersion: null })
      await run(store, { type: 'delivery.assign', id, expectedVersion: null, courierId: other })
      expect(first.ok).toBe(true)
      expect(await asOwn(fail, 'fail-once')).toEqual({ ...first, replayed: true })
    })

    test('a step counts from when they took it, and the change log from when it came', async () => {
      const id = await assigned(own)
      const nowMs = startMs + 5 * hourMs
      const [pickedUpMs, deliveredMs] = [startMs + 2 * hourMs, startMs + 3 * hourMs]
      const step = (command: Command, key: string) =>
        store.execute(command, makeContext({ onlyForCourier: own, nowMs, key }))
      const taken = { id, expectedVersion: null } as const
      await step({ type: 'delivery.pick_up', ...taken, happenedAtMs: pickedUpMs }, 'offline-1')
      const deliver = { type: 'delivery.deliver', ...taken, happenedAtMs: deliveredMs } as const
      const done = await step(deliver, 'offline-2')
      expect(await step(deliver, 'offline-2')).toEqual({ ...done, replayed: true })
      const delivered = (await store.get('delivery', id))!
      expect(pickedUpAtMs(delivered)).toBe(pickedUpMs)
      expect(endedAtMs(delivered)).toBe(deliveredMs)
      expect(delivered.updatedAtMs).toBe(nowMs)
      const { items } = await store.audit({ limit: 2, id })
      expect(items.map(({ atMs }) => atMs)).toEqual([nowMs, nowMs])
      const endedIds = async (endedFromMs: number) =>
        (await store.list('delivery', { limit: 500, courierId: own, endedFromMs })).items.map((row) => row.id)
      expect(await endedIds(deliveredMs)).toContain(id)
      expect(await endedIds(deliveredMs + 1)).not.toContain(id)

      await store.undo({ key: 'offline-2', allowed: ['delivery.deliver'] }, makeContext({ nowMs }))
      const undone = (await store.get('delivery', id))!
      expect([undone.status, pickedUpAtMs(undone)]).toEqual(['picked_up', pickedUpMs])
      expect(undone.timeline.at(-1)).toMatchObject({ event: 'undo', atMs: nowMs })
    })

    test.each([
      ['before what was done with it last', -1, 0],
      ['in the future', 6 * hourMs, 5 * hourMs],
      ['when it was', hourMs, hourMs],
    ])('a step that their phone says was %s', async (_when, saidMs, countsMs) => {
      const id = await assigned(own)
      await asOwn(
        { type: 'delivery.pick_up', id, expectedVersion: null, happenedAtMs: startMs + saidMs },
        undefined,
        startMs + 5 * hourMs,
      )
      expect(pickedUpAtMs((await store.get('delivery', id))!)).toBe(startMs + countsMs)
    })

    test('a step of more than a day ago counts from a day ago', async () => {
      const id = await assigned(own)
      const nowMs = startMs + 3 * dayMs
      const reason = 'nobody home'
      await asOwn(
        { type: 'delivery.fail', id, expectedVersion: null, reason, happenedAtMs: startMs + dayMs },
        undefined,
        nowMs,
      )
      expect(endedAtMs((await store.get('delivery', id))!)).toBe(nowMs - dayMs)
    })

    test('nobody else says when a step was taken', async () => {
      const id = await assigned(own)
      const pickUp = { type: 'delivery.pick_up', id, expectedVersion: null, happenedAtMs: startMs } as const
      expect(await store.execute(pickUp, makeContext())).toMatchObject({
        ok: false,
        refusal: { code: 'forbidden', field: 'happenedAtMs' },
      })
    })

    test('whoever loses the race against a handover does nothing', async () => {
      for (let round = 0; round < 20; round += 1) {
        const id = await assigned(own)
        const [taken] = await Promise.all([
          asOwn({ type: 'delivery.pick_up', id, expectedVersion: null }),
          run(store, { type: 'delivery.assign', id, expectedVersion: null, courierId: other }),
        ])
        const { timeline } = (await store.get('delivery', id))!
        const pickUps = timeline.filter(({ event }) => event === 'pick_up')
        expect(pickUps.map(({ courierId }) => courierId)).toEqual(taken.ok ? [own] : [])
      }
    })
  })
}

const issueOf = (about: { courierId: CourierId | null; deliveryId: DeliveryId | null }) => ({
  type: 'issue.create' as const,
  id: makeId<IssueId>(),
  kind: 'late' as const,
  reporter: 'courier' as const,
  description: 'Flat tyre',
  bikeId: null,
  ...about,
})
