import {
  step,
  bikeTransitions,
  type BikeId,
  type DeviceId,
  type IssueId,
  type UserId,
  type ZoneId,
} from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../port.ts'
import {
  makeBike,
  makeContext,
  makeCourier,
  makeDelivery,
  makeId,
  makeStop,
  refusalOf,
  run,
  startMs,
  unique,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

export function describeCommandsContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: the rules of commands`, () => {
    let database: FreshDatabase
    let store: Store
    beforeAll(async () => {
      database = await makeDatabase()
      store = await database.open()
    })
    afterAll(async () => {
      await store.close()
      await database.close()
    })

    test('a created row can be read and carries a number of its own', async () => {
      const [first, second] = [await makeBike(store), await makeBike(store)]
      const [a, b] = [await store.get('bike', first), await store.get('bike', second)]
      expect(a).toMatchObject({
        id: first,
        version: 1,
        status: 'available',
        demo: false,
        createdAtMs: startMs,
      })
      expect(b!.no).toBe(a!.no + 1)
      expect(await store.get('bike', 'nobody')).toBeNull()
    })

    test('every kind of row is read back as it was written', async () => {
      const courierId = await makeCourier(store)
      const bikeId = await makeBike(store)
      const zoneId = makeId<ZoneId>()
      const polygon = [
        { lat: 52.1, lon: 4.1 },
        { lat: 52.2, lon: 4.1 },
        { lat: 52.2, lon: 4.123456789012 },
      ]
      const zone = await run(store, {
        type: 'zone.create',
        id: zoneId,
        name: 'Depot Oost',
        kind: 'depot',
        polygon,
      })
      const issueId = makeId<IssueId>()
      await run(store, {
        type: 'issue.create',
        id: issueId,
        kind: 'bike_problem',
        reporter: 'courier',
        description: 'Flat tyre, "again" \\ 100 %',
        bikeId,
        courierId,
        deliveryId: null,
      })
      const issue = await run(store, { type: 'issue.comment', id: issueId, text: 'On its way 🚲' })
      const device = await run(store, {
        type: 'device.create',
        id: makeId<DeviceId>(),
        trackerId: unique('tracker'),
        name: 'Phone of Daan',
        mount: { on: 'courier', courierId },
        secretHash: 'ab'.repeat(32),
      })
      const user = await run(store, {
        type: 'user.create',
        id: makeId<UserId>(),
        name: unique('Mechanic'),
        role: 'mechanic',
        courierId: null,
        passwordHash: null,
      })
      expect(await store.get('zone', zoneId)).toEqual(zone.entity)
      expect(await store.get('issue', issueId)).toEqual(issue.entity)
      expect(issue.entity?.comments).toEqual([{ atMs: startMs, author: 'anna', text: 'On its way 🚲' }])
      expect(await store.get('device', device.entity!.id)).toEqual(device.entity)
      expect(await store.get('user', user.entity!.id)).toEqual(user.entity)
      expect(user.entity!.name).toBe(user.entity!.name.toLowerCase())
    })

    test('a step that the state table does not know is refused in its words', async () => {
      const id = await makeBike(store)
      const outcome = await store.execute(
        { type: 'bike.step', id, expectedVersion: 1, event: 'find' },
        makeContext(),
      )
      const expected = step('bike', bikeTransitions, 'available', 'find')
      expect(outcome).toEqual({ ...expected, replayed: false })
    })

    test('a courier who takes a bike puts it in use; ending the shift gives it back', async () => {
      const bikeId = await makeBike(store)
      const id = await makeCourier(store)
      await run(store, { type: 'courier.take_bike', id, expectedVersion: 2, bikeId })
      expect(await store.get('bike', bikeId)).toMatchObject({ status: 'in_use', version: 2 })
      const other = await makeCourier(store)
      expect(
        await refusalOf(store, { type: 'courier.take_bike', id: other, expectedVersion: null, bikeId }),
      ).toBe('impossible_step')
      await run(store, { type: 'courier.shift', id, expectedVersion: null, event: 'end' })
      expect(await store.get('courier', id)).toMatchObject({ shift: 'off', bikeId: null, version: 4 })
      expect(await store.get('bike', bikeId)).toMatchObject({ status: 'available', version: 3 })
    })

    test('a bike cannot be removed while it is ridden or carries a tracker', async () => {
      const bikeId = await makeBike(store)
      const courierId = await makeCourier(store)
      const deviceId = makeId<DeviceId>()
      const remove = { type: 'bike.remove', id: bikeId, expectedVersion: null } as const
      await run(store, { type: 'courier.take_bike', id: courierId, expectedVersion: null, bikeId })
      expect(await refusalOf(store, remove)).toBe('in_use')
      await run(store, { type: 'courier.return_bike', id: courierId, expectedVersion: null })
      await run(store, {
        type: 'device.create',
        id: deviceId,
        trackerId: unique('tracker'),
        name: 'Frame',
        mount: { on: 'bike', bikeId },
        secretHash: 'x',
      })
      expect(await refusalOf(store, remove)).toBe('in_use')
      await run(store, { type: 'device.remove', id: deviceId, expectedVersion: 1 })
      expect(await run(store, remove)).toMatchObject({ entity: null })
      expect(await store.get('bike', bikeId)).toBeNull()
      expect(
        await refusalOf(store, { type: 'bike.create', id: bikeId, code: 'AMS-0001', kind: 'city', note: '' }),
      ).toBe('already_exists')
    })

    test('a courier cannot be removed with deliveries under way, a bike, a tracker or an account', async () => {
      const id = await makeCourier(store)
      const remove = { type: 'courier.remove', id, expectedVersion: null } as const
      const deliveryId = await makeDelivery(store)
      await run(store, { type: 'delivery.assign', id: deliveryId, expectedVersion: 1, courierId: id })
      expect(await refusalOf(store, remove)).toBe('in_use')
      await run(store, { type: 'delivery.pick_up', id: deliveryId, expectedVersion: 2 })
      await run(store, { type: 'delivery.deliver', id: deliveryId, expectedVersion: 3 })
      const userId = makeId<UserId>()
      const name = unique('courier')
      await run(store, {
        type: 'user.create',
        id: userId,
        name,
        role: 'courier',
        courierId: id,
        passwordHash: null,
      })
      expect(await refusalOf(store, remove)).toBe('in_use')
      await run(store, { type: 'user.update', id: userId, expectedVersion: 1, patch: { courierId: null } })
      await run(store, remove)
      expect((await store.get('delivery', deliveryId))?.courierId).toBe(id)
    })

    test('a delivery goes to a courier who works, and to nobody else', async () => {
      const id = await makeDelivery(store)
      const courierId = await makeCourier(store)
      await run(store, { type: 'courier.shift', id: courierId, expectedVersion: null, event: 'end' })
      const assign = { type: 'delivery.assign', id, expectedVersion: null, courierId } as const
      expect(await refusalOf(store, assign)).toBe('invalid_reference')
      expect(await refusalOf(store, { ...assign, courierId: makeId() })).toBe('invalid_reference')
      await run(store, { type: 'courier.shift', id: courierId, expectedVersion: null, event: 'start' })
      expect((await run(store, assign)).entity).toMatchObject({ status: 'assigned', courierId })
      expect(await refusalOf(store, assign)).toBe('impossible_step')
    })

    test('the timeline says who did what, also across a handover, a failure and a retry', async () => {
      const id = await makeDelivery(store)
      const [first, second] = [await makeCourier(store), await makeCourier(store)]
      const by = (actor: string) => ({ actor: { id: null, name: actor } })
      await run(store, { type: 'delivery.assign', id, expectedVersion: null, courierId: first }, by('eva'))
      await run(store, { type: 'delivery.pick_up', id, expectedVersion: null }, by('daan'))
      await run(store, { type: 'delivery.assign', id, expectedVersion: null, courierId: second }, by('eva'))
      await run(
        store,
        { type: 'delivery.fail', id, expectedVersion: null, reason: 'Nobody home' },
        by('gijs'),
      )
      const failed = await store.get('delivery', id)
      expect(failed).toMatchObject({ status: 'failed', failureReason: 'Nobody home', courierId: second })
      const { entity } = await run(store, { type: 'delivery.retry', id, expectedVersion: null }, by('eva'))
      expect(entity).toMatchObject({ status: 'unassigned', failureReason: null, courierId: null })
      expect(entity!.timeline.map(({ actor, event, status }) => [actor, event, status])).toEqual([
        ['anna', 'create', 'unassigned'],
        ['eva', 'assign', 'assigned'],
        ['daan', 'pick_up', 'picked_up'],
        ['eva', 'assign', 'picked_up'],
        ['gijs', 'fail', 'failed'],
        ['eva', 'retry', 'unassigned'],
      ])
      expect(entity!.timeline[4]!.note).toBe('Nobody home')
    })

    test('delivery codes follow the order of creation', async () => {
      const codes = []
      for (let i = 0; i < 3; i++) codes.push((await store.get('delivery', await makeDelivery(store)))!.code)
      expect(codes[0]).toMatch(/^D-\d{6}$/)
      expect(codes).toEqual(codes.toSorted())
      expect(new Set(codes).size).toBe(3)
    })

    test('codes, tracker ids and user names are unique', async () => {
      const bike = { type: 'bike.create', code: 'UNI-0001', kind: 'city', note: '' } as const
      await run(store, { ...bike, id: makeId<BikeId>() })
      expect(await refusalOf(store, { ...bike, id: makeId<BikeId>() })).toBe('already_exists')
      const other = await makeBike(store)
      const rename = {
        type: 'bike.update',
        id: other,
        expectedVersion: null,
        patch: { code: 'UNI-0001' },
      } as const
      expect(await refusalOf(store, rename)).toBe('already_exists')
      expect((await run(store, { ...rename, patch: { code: 'UNI-0002' } })).entity?.code).toBe('UNI-0002')
      // To its own code is no conflict.
      await run(store, { ...rename, patch: { code: 'UNI-0002', note: 'new saddle' } })

      const user = { type: 'user.create', role: 'viewer', courierId: null, passwordHash: null } as const
      await run(store, { ...user, id: makeId<UserId>(), name: 'Sanne' })
      expect(await refusalOf(store, { ...user, id: makeId<UserId>(), name: 'sANNE' })).toBe('already_exists')

      const device = { type: 'device.create', trackerId: 'same', name: 'x', secretHash: 'x' } as const
      const mount = { on: 'bike', bikeId: other } as const
      await run(store, { ...device, id: makeId<DeviceId>(), mount })
      expect(await refusalOf(store, { ...device, id: makeId<DeviceId>(), mount })).toBe('already_exists')
    })

    test('the only admin who can sign in can neither be disabled nor demoted', async () => {
      const [first, second] = [makeId<UserId>(), makeId<UserId>()]
      const admin = { type: 'user.create', role: 'admin', courierId: null, passwordHash: 'hash' } as const
      await run(store, { ...admin, id: first, name: unique('admin') })
      const disable = {
        type: 'user.update',
        id: first,
        expectedVersion: null,
        patch: { disabled: true },
      } as const
      expect(await refusalOf(store, disable)).toBe('in_use')
      expect(await refusalOf(store, { ...disable, patch: { role: 'viewer' } })).toBe('in_use')
      await run(store, { ...admin, id: second, name: unique('admin') })
      await run(store, disable)
      expect(await refusalOf(store, { ...disable, id: second })).toBe('in_use')
    })

    test('two admins who disable each other at the same moment: one stays', async () => {
      const fresh = await makeDatabase()
      const [one, two] = [await fresh.open(), await fresh.open()]
      const ids = [makeId<UserId>(), makeId<UserId>()] as const
      for (const id of ids)
        await run(one, {
          type: 'user.create',
          id,
          name: unique('boss'),
          role: 'admin',
          courierId: null,
          passwordHash: null,
        })
      const outcomes = await Promise.all(
        [one, two].map((instance, index) =>
          instance.execute(
            { type: 'user.update', id: ids[index]!, expectedVersion: null, patch: { disabled: true } },
            makeContext(),
          ),
        ),
      )
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
      await Promise.all([one.close(), two.close()])
      await fresh.close()
    })

    test('a stale version is refused with the row as it is and the names of the fields that differ', async () => {
      const id = await makeDelivery(store)
      await run(store, { type: 'delivery.update', id, expectedVersion: 1, patch: { priority: 'urgent' } })
      await run(store, {
        type: 'delivery.update',
        id,
        expectedVersion: 2,
        patch: { dropoff: makeStop('Damrak 2'), size: 'small' },
      })
      const outcome = await store.execute(
        { type: 'delivery.unassign', id, expectedVersion: 1 },
        makeContext(),
      )
      if (outcome.ok) throw new Error('not refused')
      expect(outcome.refusal).toMatchObject({ code: 'stale_version', current: { id, version: 3 } })
      expect(outcome.refusal.changedFields?.toSorted()).toEqual(['dropoff', 'priority', 'timeline'])
    })

    test('commands together happen together, each seeing those before it, or not at all', async () => {
      const [bikeId, courierId] = [makeId(), makeId()] as never[]
      const commands = [
        { type: 'bike.create', id: bikeId!, code: unique('BULK'), kind: 'city', note: '' },
        { type: 'courier.create', id: courierId!, name: 'Bulk', phone: '' },
        { type: 'courier.shift', id: courierId!, expectedVersion: 1, event: 'start' },
        { type: 'courier.take_bike', id: courierId!, expectedVersion: 2, bikeId: bikeId! },
      ] as const
      const refused = await store.executeAll(
        [...commands, { type: 'bike.remove', id: bikeId!, expectedVersion: null }],
        makeContext(),
      )
      expect(refused).toMatchObject({ ok: false, refusal: { code: 'in_use' } })
      expect(await store.get('bike', bikeId!)).toBeNull()
      const done = await store.executeAll(commands, makeContext())
      expect(done).toMatchObject({ ok: true, entity: { bikeId, version: 3 } })
      const bike = await store.get('bike', bikeId!)
      expect(bike).toMatchObject({ status: 'in_use', version: 2 })
      expect(bike!.no).toBeGreaterThan(0)
      const lines = await store.audit({ limit: 10, id: bikeId! })
      // Every version in the log carries the number that was given.
      expect(lines.items.map(({ entity }) => entity && 'no' in entity && entity.no)).toEqual([
        bike!.no,
        bike!.no,
      ])
    })

    test('a thousand commands together are one transaction', async () => {
      const commands = Array.from({ length: 1000 }, (_, index) => ({
        type: 'bike.create' as const,
        id: makeId<never>(),
        code: `THO-${index + 100}`,
        kind: 'city' as const,
        note: '',
      }))
      const before = await store.headSeq()
      expect((await store.executeAll(commands, makeContext())).ok).toBe(true)
      expect(await store.changes(before, 2000)).toHaveLength(1000)
    })
  })
}
