import {
  undoable,
  type BikeId,
  type Command,
  type CommandType,
  type CourierId,
  type DeviceId,
  type UserId,
  type ZoneId,
} from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CommandContext, CommandOutcome, Store } from '../port.ts'
import {
  makeBike,
  makeContext,
  makeCourier,
  makeDelivery,
  makeId,
  run,
  unique,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

const everything = Object.keys(undoable) as CommandType[]

export function describeUndoContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: undo`, () => {
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

    const undo = (key: string, more: Partial<CommandContext> = {}, allowed = everything) =>
      store.undo({ key, allowed }, makeContext(more))
    /** Executes, and gives the key to undo it by. */
    const act = async (command: Command, more: Partial<CommandContext> = {}) => {
      const key = unique('act')
      await run(store, command, { ...more, key })
      return key
    }
    const codeOf = (outcome: CommandOutcome) => (outcome.ok ? 'done' : outcome.refusal.code)

    test('a change is taken back as a new version that says who took it back', async () => {
      const id = await makeBike(store)
      const key = await act({ type: 'bike.update', id, expectedVersion: 1, patch: { note: 'new saddle' } })
      expect(await undo(key, { actor: { id: null, name: 'eva' } })).toMatchObject({
        ok: true,
        replayed: false,
        entity: { id, version: 3, note: '' },
      })
      expect(await store.get('bike', id)).toMatchObject({ version: 3, note: '' })
      const [line] = (await store.audit({ limit: 1, id })).items
      expect(line).toMatchObject({ command: 'undo', actor: 'eva', version: 3 })
    })

    test('the same undo twice happens once, and undoing it does the action again', async () => {
      const id = await makeBike(store)
      const key = await act({ type: 'bike.update', id, expectedVersion: 1, patch: { note: 'x' } })
      const context = makeContext()
      const first = await store.undo({ key, allowed: everything }, context)
      expect(await store.undo({ key, allowed: everything }, context)).toEqual({ ...first, replayed: true })
      expect(await store.get('bike', id)).toMatchObject({ version: 3, note: '' })
      expect(codeOf(await undo(context.key))).toBe('done')
      expect(await store.get('bike', id)).toMatchObject({ version: 4, note: 'x' })
    })

    test('what was created goes, and comes back with its number; what was removed the same', async () => {
      const [bikeId, zoneId] = [makeId<BikeId>(), makeId<ZoneId>()]
      const create = await act({
        type: 'bike.create',
        id: bikeId,
        code: unique('UND'),
        kind: 'city',
        note: '',
      })
      const bike = (await store.get('bike', bikeId))!
      const undone = makeContext()
      await store.undo({ key: create, allowed: everything }, undone)
      expect(await store.get('bike', bikeId)).toBeNull()
      expect(codeOf(await undo(undone.key))).toBe('done')
      expect(await store.get('bike', bikeId)).toEqual({ ...bike, version: 3 })

      const polygon = [1, 2, 3].map((n) => ({ lat: 52 + n / 7, lon: 4 + (n % 2) }))
      await act({ type: 'zone.create', id: zoneId, name: 'West', kind: 'depot', polygon })
      const remove = await act({ type: 'zone.remove', id: zoneId, expectedVersion: null })
      expect(codeOf(await undo(remove))).toBe('done')
      expect(await store.get('zone', zoneId)).toMatchObject({ name: 'West', polygon, version: 3 })
      expect(codeOf(await undo(remove))).toBe('stale_version')
    })

    test('a row that changed since is not touched, and shown as it is', async () => {
      const id = await makeDelivery(store)
      const key = await act({
        type: 'delivery.update',
        id,
        expectedVersion: 1,
        patch: { priority: 'urgent' },
      })
      await run(store, { type: 'delivery.update', id, expectedVersion: 2, patch: { size: 'large' } })
      const outcome = await undo(key)
      expect(outcome).toMatchObject({
        ok: false,
        refusal: { code: 'stale_version', current: { id, version: 3, priority: 'urgent', size: 'large' } },
      })
      expect(!outcome.ok && outcome.refusal.message).toMatch(/^D-\d{6} was changed after this action/)
    })

    test('one action after another is undone, newest first, and done again', async () => {
      const id = await makeBike(store)
      const keys: string[] = []
      for (const note of ['one', 'two', 'three'])
        keys.push(await act({ type: 'bike.update', id, expectedVersion: null, patch: { note } }))
      // Not in another order: what came later would be lost.
      expect(codeOf(await undo(keys[0]!))).toBe('stale_version')
      const undone: string[] = []
      for (const key of keys.toReversed()) {
        const context = makeContext()
        expect(codeOf(await store.undo({ key, allowed: everything }, context))).toBe('done')
        undone.push(context.key)
      }
      expect(await store.get('bike', id)).toMatchObject({ note: '', version: 7 })
      for (const key of undone.toReversed()) expect(codeOf(await undo(key))).toBe('done')
      expect(await store.get('bike', id)).toMatchObject({ note: 'three', version: 10 })
    })

    test('a delivery keeps its timeline and says that it was undone', async () => {
      const id = await makeDelivery(store)
      const courierId = await makeCourier(store)
      const key = await act({ type: 'delivery.assign', id, expectedVersion: null, courierId })
      await undo(key, { actor: { id: null, name: 'eva' } })
      const delivery = await store.get('delivery', id)
      expect(delivery).toMatchObject({ status: 'unassigned', courierId: null })
      expect(delivery!.timeline.map(({ actor, event, status }) => [actor, event, status])).toEqual([
        ['anna', 'create', 'unassigned'],
        ['anna', 'assign', 'assigned'],
        ['eva', 'undo', 'unassigned'],
      ])
    })

    test('many rows changed by one action go back together, or none does', async () => {
      const courierId = await makeCourier(store)
      const ids = [await makeDelivery(store), await makeDelivery(store), await makeDelivery(store)]
      const key = unique('bulk')
      const assign = ids.map((id) => ({
        type: 'delivery.assign' as const,
        id,
        expectedVersion: null,
        courierId,
      }))
      expect((await store.executeAll(assign, makeContext({ key }))).ok).toBe(true)
      await run(store, { type: 'delivery.pick_up', id: ids[2]!, expectedVersion: null })
      expect(codeOf(await undo(key))).toBe('stale_version')
      expect(await store.get('delivery', ids[0]!)).toMatchObject({ status: 'assigned', version: 2 })

      const second = unique('bulk')
      const unassign = ids.slice(0, 2).map((id) => ({
        type: 'delivery.unassign' as const,
        id,
        expectedVersion: null,
      }))
      await store.executeAll(unassign, makeContext({ key: second }))
      expect(codeOf(await undo(second))).toBe('done')
      for (const id of ids.slice(0, 2))
        expect(await store.get('delivery', id)).toMatchObject({ status: 'assigned', courierId, version: 4 })
    })

    test('what depends on each other is taken back in the right order', async () => {
      const [bikeId, courierId] = [makeId<BikeId>(), makeId<CourierId>()]
      const key = unique('bulk')
      const commands = [
        { type: 'bike.create', id: bikeId, code: unique('UND'), kind: 'city', note: '' },
        { type: 'courier.create', id: courierId, name: 'Bulk', phone: '' },
        { type: 'courier.shift', id: courierId, expectedVersion: 1, event: 'start' },
        { type: 'courier.take_bike', id: courierId, expectedVersion: 2, bikeId },
      ] as const
      await store.executeAll(commands, makeContext({ key }))
      const undone = makeContext()
      expect(codeOf(await store.undo({ key, allowed: everything }, undone))).toBe('done')
      expect([await store.get('bike', bikeId), await store.get('courier', courierId)]).toEqual([null, null])
      expect(codeOf(await undo(undone.key))).toBe('done')
      expect(await store.get('courier', courierId)).toMatchObject({ bikeId, shift: 'on' })
      expect(await store.get('bike', bikeId)).toMatchObject({ status: 'in_use' })
    })

    test('what came to depend on the rows since is named', async () => {
      const bikeId = makeId<BikeId>()
      const key = await act({ type: 'bike.create', id: bikeId, code: unique('UND'), kind: 'city', note: '' })
      await run(store, {
        type: 'device.create',
        id: makeId<DeviceId>(),
        trackerId: unique('tracker'),
        name: 'Frame',
        mount: { on: 'bike', bikeId },
        secretHash: 'x',
      })
      expect(codeOf(await undo(key))).toBe('in_use')

      const courierId = await makeCourier(store)
      const id = await makeDelivery(store)
      await run(store, { type: 'delivery.assign', id, expectedVersion: null, courierId })
      const unassign = await act({ type: 'delivery.unassign', id, expectedVersion: null })
      await run(store, { type: 'courier.remove', id: courierId, expectedVersion: null })
      expect(codeOf(await undo(unassign))).toBe('invalid_reference')
    })

    test('a code that somebody else has by now is not given twice', async () => {
      const [id, code] = [makeId<BikeId>(), unique('UND')]
      await act({ type: 'bike.create', id, code, kind: 'city', note: '' })
      const remove = await act({ type: 'bike.remove', id, expectedVersion: null })
      await makeBike(store, code)
      expect(codeOf(await undo(remove))).toBe('already_exists')
    })

    test('secrets, refusals and unknown keys are not undone, and why is said', async () => {
      const bikeId = await makeBike(store)
      const id = makeId<DeviceId>()
      const create = await act({
        type: 'device.create',
        id,
        trackerId: unique('tracker'),
        name: 'Frame',
        mount: { on: 'bike', bikeId },
        secretHash: 'x',
      })
      const rotate = await act({ type: 'device.rotate', id, expectedVersion: null, secretHash: 'y' })
      const remove = await act({ type: 'device.remove', id, expectedVersion: null })
      for (const key of [create, rotate, remove]) expect(codeOf(await undo(key))).toBe('impossible_step')
      const refused = makeContext()
      await store.execute({ type: 'bike.step', id: bikeId, expectedVersion: null, event: 'find' }, refused)
      expect(codeOf(await undo(refused.key))).toBe('impossible_step')
      expect(codeOf(await undo('never used'))).toBe('not_found')
      const before = await store.headSeq()
      await undo('never used')
      expect(await store.headSeq()).toBe(before)
    })

    test('whoever may not do it may not undo it', async () => {
      const id = await makeBike(store)
      const key = await act({ type: 'bike.remove', id, expectedVersion: null })
      expect(codeOf(await undo(key, {}, ['bike.update']))).toBe('forbidden')
      // Nor through the undo of an undo.
      const undone = makeContext()
      await store.undo({ key, allowed: everything }, undone)
      expect(codeOf(await undo(undone.key, {}, ['bike.update']))).toBe('forbidden')
    })

    test('a courier undoes what is theirs only', async () => {
      const [own, other] = [await makeCourier(store), await makeCourier(store)]
      const id = await makeDelivery(store)
      await run(store, { type: 'delivery.assign', id, expectedVersion: null, courierId: own })
      const key = await act({ type: 'delivery.pick_up', id, expectedVersion: null })
      expect(codeOf(await undo(key, { onlyForCourier: other }))).toBe('forbidden')
      expect(codeOf(await undo(key, { onlyForCourier: own }))).toBe('done')
    })

    test('the last admin stays one', async () => {
      const fresh = await makeDatabase()
      const one = await fresh.open()
      const [first, second] = [makeId<UserId>(), makeId<UserId>()]
      const admin = { type: 'user.create', role: 'admin', courierId: null, passwordHash: null } as const
      await run(one, { ...admin, id: first, name: 'first' })
      await run(one, { ...admin, id: second, name: 'second', role: 'viewer' })
      const key = unique('act')
      await run(
        one,
        { type: 'user.update', id: second, expectedVersion: null, patch: { role: 'admin' } },
        { key },
      )
      await run(one, { type: 'user.update', id: first, expectedVersion: null, patch: { disabled: true } })
      expect(codeOf(await one.undo({ key, allowed: everything }, makeContext()))).toBe('in_use')
      await one.close()
      await fresh.close()
    })

    test('an undo that is sent while its action is under way waits for it', async () => {
      const id = await makeDelivery(store)
      const other = await database.open()
      const key = unique('act')
      const doing = store.execute(
        { type: 'delivery.update', id, expectedVersion: null, patch: { priority: 'high' } },
        makeContext({ key }),
      )
      const undoing = other.undo({ key, allowed: everything }, makeContext())
      const [, undone] = await Promise.all([doing, undoing])
      // Either it came first and there was nothing to undo yet, or it undid all of it.
      const { priority } = (await store.get('delivery', id))!
      expect([codeOf(undone), priority]).toEqual(undone.ok ? ['done', 'normal'] : ['not_found', 'high'])
      await other.close()
    })

    test('what an action wrote can be read by its key', async () => {
      const id = await makeDelivery(store)
      const key = await act({ type: 'delivery.update', id, expectedVersion: 1, patch: { priority: 'high' } })
      expect(await store.writtenUnder(key)).toMatchObject([{ id, version: 2, command: 'delivery.update' }])
      expect(await store.writtenUnder('never used')).toEqual([])
    })
  })
}
