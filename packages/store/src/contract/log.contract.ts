import { setImmediate } from 'node:timers/promises'
import {
  type BikeId,
  type CourierId,
  dayMs,
  type DeliveryId,
  type DeviceId,
  type UserId,
} from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Change, ChangeSeq, Store } from '../port.ts'
import {
  checkLog,
  makeBike,
  makeContext,
  makeCourier,
  makeDelivery,
  makeId,
  readLog,
  refusalOf,
  run,
  startMs,
  unique,
  until,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

export function describeLogContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: keys, the change log and the snapshot`, () => {
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

    test('the same key gives the first outcome again, yes or no, also after a restart', async () => {
      const id = makeId<BikeId>()
      const create = { type: 'bike.create', id, code: 'KEY-0001', kind: 'city', note: '' } as const
      const [yes, no] = [makeContext(), makeContext()]
      const first = await store.execute(create, yes)
      const refused = await store.execute({ ...create, id: makeId<BikeId>() }, no)
      expect([first.ok, refused.ok]).toEqual([true, false])
      await run(store, { type: 'bike.step', id, expectedVersion: 1, event: 'service' })
      const lines = (await readLog(store)).length
      const restarted = await database.open()
      // The keys of a command in another order are the same command; another time is the same intent.
      const { type, ...fields } = create
      const again = await restarted.execute({ ...fields, type }, { ...yes, nowMs: startMs + 1 })
      expect(again).toEqual({ ...first, replayed: true })
      if (refused.ok || !again.ok) throw new Error('unreachable')
      expect((await readLog(restarted)).length).toBe(lines)
      await restarted.close()
    })

    test('a key that was used for something else is refused, and what it did stays', async () => {
      const context = makeContext()
      const id = makeId<BikeId>()
      const create = { type: 'bike.create', id, code: 'KEY-0002', kind: 'city', note: '' } as const
      await store.execute(create, context)
      const other = await store.execute({ ...create, note: 'x' }, context)
      expect(other).toMatchObject({ ok: false, replayed: false, refusal: { code: 'key_reused' } })
      expect(await store.execute(create, context)).toMatchObject({ ok: true, replayed: true })
    })

    test('a key sent many times at once, by several instances, is executed once', async () => {
      const others = await Promise.all([database.open(), database.open()])
      const context = makeContext()
      const command = { type: 'courier.create', id: makeId<CourierId>(), name: 'Once', phone: '' } as const
      const outcomes = await Promise.all(
        [store, ...others, store, ...others].map((instance) => instance.execute(command, context)),
      )
      expect(outcomes.every(({ ok }) => ok)).toBe(true)
      expect(outcomes.filter(({ replayed }) => !replayed)).toHaveLength(1)
      expect((await store.audit({ limit: 10, id: command.id })).items).toHaveLength(1)
      await Promise.all(others.map((other) => other.close()))
    })

    test('old keys are forgotten, young ones are not', async () => {
      const [old, young] = [makeContext({ nowMs: startMs - 8 * dayMs }), makeContext()]
      const command = (id: CourierId) => ({ type: 'courier.create', id, name: 'Key', phone: '' }) as const
      const [a, b] = [makeId<CourierId>(), makeId<CourierId>()]
      await store.execute(command(a), old)
      await store.execute(command(b), young)
      await store.maintain(startMs, { positionsDays: 90, idempotencyDays: 7 })
      expect(await store.execute(command(a), old)).toMatchObject({
        ok: false,
        refusal: { code: 'already_exists' },
      })
      expect(await store.execute(command(b), young)).toMatchObject({ ok: true, replayed: true })
    })

    test('every change has a line with the row after it, the command and the actor; secrets have none', async () => {
      const since = await store.headSeq()
      const actor = { id: makeId<UserId>(), name: 'eva' }
      const bikeId = await makeBike(store)
      const deviceId = makeId<DeviceId>()
      const device = { type: 'device.create', id: deviceId, trackerId: unique('t'), name: 'x' } as const
      await run(store, { ...device, mount: { on: 'bike', bikeId }, secretHash: 'top-secret' }, { actor })
      await run(store, { type: 'device.rotate', id: deviceId, expectedVersion: 1, secretHash: 'new-secret' })
      await run(store, { type: 'device.remove', id: deviceId, expectedVersion: 2 })
      const lines = await store.changes(since, 100)
      expect(lines.map(({ command, version }) => [command, version])).toEqual([
        ['bike.create', 1],
        ['device.create', 1],
        ['device.rotate', 2],
        ['device.remove', 3],
      ])
      expect(lines[1]).toMatchObject({
        kind: 'device',
        id: deviceId,
        atMs: startMs,
        actorId: actor.id,
        actor: 'eva',
      })
      expect(lines[1]!.entity).toMatchObject({ id: deviceId, name: 'x', version: 1 })
      expect(lines[3]!.entity).toBeNull()
      expect(JSON.stringify(lines)).not.toContain('secret')
    })

    test('a refusal leaves no line', async () => {
      const before = await store.headSeq()
      await refusalOf(store, { type: 'bike.remove', id: makeId(), expectedVersion: null })
      expect(await store.headSeq()).toBe(before)
    })

    test('the audit trail is read newest first, by row, by person and by word, page after page', async () => {
      const actor = { id: makeId<UserId>(), name: 'Wim' }
      const id = await makeBike(store)
      for (const event of ['service', 'release', 'charge'] as const)
        await run(store, { type: 'bike.step', id, expectedVersion: null, event }, { actor })
      const versions: number[] = []
      for (let cursor: string | undefined; ;) {
        const page = await store.audit({ limit: 3, id, ...(cursor === undefined ? {} : { cursor }) })
        versions.push(...page.items.map(({ version }) => version))
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      expect(versions).toEqual([4, 3, 2, 1])
      expect((await store.audit({ limit: 9, actorId: actor.id })).items).toHaveLength(3)
      expect((await store.audit({ limit: 9, id, search: 'wim BIKE.step' })).items).toHaveLength(3)
      expect((await store.audit({ limit: 9, id, search: 'wim create' })).items).toHaveLength(0)
    })

    test('a snapshot and the changes after it make the present', async () => {
      const snapshot = await store.snapshot()
      expect((await store.snapshot()).logId).toBe(snapshot.logId)
      const bikeId = await makeBike(store)
      await makeDelivery(store)
      await run(store, { type: 'bike.remove', id: bikeId, expectedVersion: null })
      const now = await store.snapshot()
      expect(applyAll(snapshot.deliveries, await store.changes(snapshot.seq, 1000))).toEqual(
        new Map(now.deliveries.map((delivery) => [delivery.id, delivery])),
      )
      expect(now.bikes.some(({ id }) => id === bikeId)).toBe(false)
    })

    test('a snapshot holds the deliveries that somebody must still do something about, and no others', async () => {
      const [open, done] = [await makeDelivery(store), await makeDelivery(store)]
      await run(store, { type: 'delivery.cancel', id: done, expectedVersion: 1, reason: 'no' })
      const ids = new Set((await store.snapshot()).deliveries.map(({ id }) => id))
      expect([ids.has(open), ids.has(done)]).toEqual([true, false])
    })

    test('a commit wakes subscribers of this instance and of others, until they unsubscribe', async () => {
      const other = await database.open()
      let [here, there] = [0, 0]
      const stop = [store.onChange(() => (here += 1)), other.onChange(() => (there += 1))]
      await makeBike(store)
      await until(() => here > 0 && there > 0, 'both were woken')
      for (const unsubscribe of stop) unsubscribe()
      await other.close()
    })

    test('instances that write at the same time: a reader sees every change once, versions rising by one', async () => {
      const instances = await Promise.all(Array.from({ length: 3 }, () => database.open()))
      const bikes = await Promise.all(Array.from({ length: 4 }, () => makeBike(store)))
      const deliveries = await Promise.all(Array.from({ length: 4 }, () => makeDelivery(store)))
      const couriers = await Promise.all(Array.from({ length: 3 }, () => makeCourier(store)))
      const seen: Change[] = []
      let writing = true
      const tail = (async () => {
        for (;;) {
          const wasWriting = writing
          const page = await store.changes(seen.at(-1)?.seq ?? ('0' as ChangeSeq), 7)
          seen.push(...page)
          if (page.length === 0 && !wasWriting) return
          // SQLite answers at once: without this, nobody else would ever run.
          await setImmediate()
        }
      })()
      const pick = <T>(all: readonly T[], index: number) => all[index % all.length]!
      await Promise.all(
        instances.flatMap((instance, worker) =>
          Array.from({ length: 4 }, async (_, lane) => {
            for (let i = 0; i < 12; i++) {
              const n = worker * 31 + lane * 17 + i * 7
              const [bikeId, courierId] = [pick(bikes, n), pick(couriers, n >> 1)]
              const id: DeliveryId = pick(deliveries, n)
              const expectedVersion = null
              const commands = [
                { type: 'courier.take_bike', id: courierId, expectedVersion, bikeId },
                { type: 'delivery.assign', id, expectedVersion, courierId },
                { type: 'bike.update', id: bikeId, expectedVersion, patch: { note: `n${n}` } },
                { type: 'courier.return_bike', id: courierId, expectedVersion },
                { type: 'delivery.update', id, expectedVersion, patch: { priority: 'high' } },
              ] as const
              await instance.execute(pick(commands, n + i), makeContext())
            }
          }),
        ),
      )
      writing = false
      await tail
      expect(checkLog(seen)).toEqual([])
      // What the log says last of a row is the row.
      for (const id of bikes) {
        const last = seen.findLast((change) => change.id === id)
        expect(last?.entity).toEqual(await store.get('bike', id))
      }
      const ridden = new Set<string>()
      for (const id of couriers) {
        const courier = await store.get('courier', id)
        if (courier?.bikeId) ridden.add(courier.bikeId)
      }
      for (const id of bikes) expect((await store.get('bike', id))!.status === 'in_use').toBe(ridden.has(id))
      expect(await readLog(store)).toEqual(seen)
      await Promise.all(instances.map((instance) => instance.close()))
    })
  })
}

/** Deliveries of a snapshot with changes on top, as the live screen keeps them. */
function applyAll(
  start: readonly { readonly id: string }[],
  changes: readonly Change[],
): Map<string, unknown> {
  const rows = new Map<string, unknown>(start.map((row) => [row.id, row]))
  for (const { kind, id, entity } of changes) if (kind === 'delivery') rows.set(id, entity)
  return rows
}
