import type { BikeId, CourierId, DeliveryId, DeviceId, UserId, ZoneId } from '@fleet/domain'
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

export function describeListsContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: lists, search, sign-in and demonstration data`, () => {
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

    test('a new database is empty, answers and has an empty log', async () => {
      expect(await store.isEmpty()).toBe(true)
      await store.ping()
      expect(await store.headSeq()).toBe('0')
      expect(await store.snapshot()).toMatchObject({ seq: '0', bikes: [], latest: [] })
    })

    test('says which database it is and how much is in it', async () => {
      const before = await store.figures()
      expect(before.version).toMatch(
        name.toLowerCase().includes('sqlite') ? /^SQLite 3\./ : /^PostgreSQL 1\d\./,
      )
      expect(before.sizeBytes).toBeGreaterThan(10_000)
      await makeBike(store)
      const { rows } = await store.figures()
      expect(rows['bikes']).toBe(before.rows['bikes']! + 1)
      expect(rows['changes']).toBe(before.rows['changes']! + 1)
    })

    test('pages follow each other without gap or repetition, also with equal sort keys', async () => {
      const all = new Set<string>()
      // Three of a millisecond each.
      for (let i = 0; i < 12; i++)
        all.add(await makeDelivery(store, makeStop('Pagestraat 1'), { nowMs: startMs + Math.floor(i / 3) }))
      const seen: string[] = []
      const createdAt: number[] = []
      for (let cursor: string | undefined; ;) {
        const page = await store.list('delivery', {
          limit: 5,
          search: 'pagestraat',
          ...(cursor ? { cursor } : {}),
        })
        seen.push(...page.items.map(({ id }) => id))
        createdAt.push(...page.items.map(({ createdAtMs }) => createdAtMs))
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      expect(seen).toHaveLength(12)
      expect(new Set(seen)).toEqual(all)
      expect(createdAt).toEqual(createdAt.toSorted((a, b) => b - a))
    })

    test('a search finds rows that hold all words, in any case and without accents', async () => {
      const id = await makeDelivery(
        store,
        makeStop('Zuidplein 7', { contact: 'Café Zoë', note: '100 % _sure_' }),
      )
      const find = async (search: string) =>
        (await store.list('delivery', { limit: 10, search })).items.map((delivery) => delivery.id)
      expect(await find('zuidPLEIN cafe')).toEqual([id])
      expect(await find('ZOË')).toEqual([id])
      expect(await find('zoe damrak')).toEqual([])
      expect(await find('100 %')).toEqual([id])
      expect(await find('_sure_')).toEqual([id])
      expect(await find('1%0')).toEqual([])
      const code = (await store.get('delivery', id))!.code
      expect(await find(code.toLowerCase())).toEqual([id])
    })

    test('a search finds what lies behind thousands of newer rows, as it is now', async () => {
      const fresh = await makeDatabase()
      const one = await fresh.open()
      const find = async (search: string, filter: object = {}) =>
        (await one.list('delivery', { limit: 5, search, ...filter })).items.map((delivery) => delivery.id)
      const old = await makeDelivery(one, makeStop('Zuidplein 7', { contact: 'Zoë [x]* ?', note: '100 %' }))
      const stop = makeStop('Rokin 9')
      const commands = Array.from({ length: 3_100 }, () => ({
        type: 'delivery.create' as const,
        id: makeId<DeliveryId>(),
        pickup: stop,
        dropoff: stop,
        size: 'small' as const,
        priority: 'normal' as const,
      }))
      await one.executeAll(commands, makeContext({ nowMs: startMs + 1 }))
      for (const search of [
        'zuidplein',
        'uidpl',
        'zoe',
        '[x]*',
        '100 %',
        'zu',
        '?',
        'rokin zuidplein',
        'D-000001',
      ])
        expect([search, await find(search)]).toEqual([search, [old]])
      for (const search of ['zuidpleyn', '[y]*', 'zq', '""', '%%', 'zoe nowhere'])
        expect([search, await find(search)]).toEqual([search, []])
      expect(await find('zuidplein', { status: ['delivered'] })).toEqual([])
      const move = { type: 'delivery.update', id: old, expectedVersion: null } as const
      await run(one, { ...move, patch: { dropoff: makeStop('Museumplein 1') } })
      expect([await find('zuidplein'), await find('museum')]).toEqual([[], [old]])
      const key = unique('create')
      const gone = makeId<DeliveryId>()
      const create = { ...commands[0]!, id: gone, dropoff: makeStop('Vondelpark 3') }
      await run(one, create, { key, nowMs: startMs - 1 })
      expect(await find('vondelpark')).toEqual([gone])
      await one.undo({ key, allowed: ['delivery.create'] }, makeContext())
      expect(await find('vondelpark')).toEqual([])
      await one.close()
      await fresh.close()
    })

    test('lists can be filtered by what the port names', async () => {
      const courierId = await makeCourier(store, 'Fatima')
      const window = { fromMs: startMs + 86_400_000, toMs: startMs + 90_000_000 }
      const id = await makeDelivery(store, makeStop('Later 1', { window }))
      await run(store, { type: 'delivery.assign', id, expectedVersion: 1, courierId })
      const list = async (filter: object) =>
        (await store.list('delivery', { limit: 50, ...filter })).items.map((delivery) => delivery.id)
      expect(await list({ courierId })).toEqual([id])
      expect(await list({ courierId, status: ['delivered'] })).toEqual([])
      expect(await list({ courierId, status: ['delivered', 'assigned'] })).toEqual([id])
      expect(await list({ status: [] })).toEqual([])
      expect(await list({ fromMs: startMs + 80_000_000 })).toEqual([id])
      expect(await list({ courierId, toMs: window.fromMs })).toEqual([])
      const bikeId = await makeBike(store)
      await run(store, { type: 'courier.take_bike', id: courierId, expectedVersion: null, bikeId })
      expect(
        (await store.list('bike', { limit: 5, status: ['in_use'] })).items.map((bike) => bike.id),
      ).toEqual([bikeId])
      const device = { type: 'device.create', trackerId: unique('t'), name: 'x', secretHash: 'x' } as const
      const deviceId = makeId<DeviceId>()
      await run(store, { ...device, id: deviceId, mount: { on: 'bike', bikeId } })
      expect((await store.list('device', { limit: 5, bikeId })).items.map((one) => one.id)).toEqual([
        deviceId,
      ])
    })

    test('ids are known as there, as removed, or not at all, however many are asked about', async () => {
      const there = await makeDelivery(store)
      const key = unique('key')
      const removed = await makeDelivery(store, makeStop('Weg 1'), { key })
      await store.undo({ key, allowed: ['delivery.create'] }, makeContext())
      const never = Array.from({ length: 1_200 }, () => makeId<DeliveryId>())
      expect(await store.knownIds('delivery', [...never, removed, there])).toEqual({
        there: [await store.get('delivery', there)],
        removed: [removed],
      })
      expect(await store.knownIds('zone', [there as string as ZoneId])).toEqual({ there: [], removed: [] })
    })

    test('people are listed by name, whatever the case', async () => {
      for (const person of ['zoë', 'Anna', 'Çelik', 'bram']) await makeCourier(store, `Sorted ${person}`)
      const { items } = await store.list('courier', { limit: 50, search: 'sorted' })
      expect(items.map((courier) => courier.name.slice(7))).toEqual(['Anna', 'bram', 'Çelik', 'zoë'])
    })

    test('a cursor that cannot be read starts at the beginning', async () => {
      const [first, odd] = [
        await store.list('bike', { limit: 2 }),
        await store.list('bike', { limit: 2, cursor: 'no cursor' }),
      ]
      expect(odd).toEqual(first)
    })

    test('a cursor of the audit trail that no log can hold starts at the beginning', async () => {
      await makeBike(store)
      const cursor = Buffer.from(JSON.stringify(['9999999999999999999', 'x'])).toString('base64url')
      expect((await store.audit({ limit: 1, cursor })).items).toHaveLength(1)
    })

    test('a session signs in until it expires, is deleted, or the user is disabled', async () => {
      const userId = makeId<UserId>()
      const user = { type: 'user.create', id: userId, role: 'dispatcher', courierId: null } as const
      await run(store, { ...user, name: 'Signe', passwordHash: 'argon' })
      expect(await store.userByName('SIGNE')).toMatchObject({ user: { id: userId }, passwordHash: 'argon' })
      expect(await store.userByName('nobody')).toBeNull()
      const session = (tokenHash: string) =>
        store.createSession({ tokenHash, userId, nowMs: startMs, expiresAtMs: startMs + 1000 })
      await session('a')
      // Sent twice, since the answer to the first was lost.
      await session('a')
      await session('b')
      expect(await store.findSession('a', startMs)).toMatchObject({
        user: { name: 'signe' },
        expiresAtMs: startMs + 1000,
      })
      expect(await store.findSession('a', startMs + 1000)).toBeNull()
      await store.deleteSession('a')
      expect(await store.findSession('a', startMs)).toBeNull()
      await run(store, { type: 'user.update', id: userId, expectedVersion: null, patch: { disabled: true } })
      expect(await store.findSession('b', startMs)).toBeNull()
      await run(store, { type: 'user.update', id: userId, expectedVersion: null, patch: { disabled: false } })
      expect(await store.findSession('b', startMs)).not.toBeNull()
      await store.deleteSessionsOf(userId)
      expect(await store.findSession('b', startMs)).toBeNull()
      await run(store, { type: 'user.password', id: userId, expectedVersion: null, passwordHash: 'new' })
      expect((await store.userByName('signe'))?.passwordHash).toBe('new')
    })

    test('a tracker is known by its secret, which can be changed', async () => {
      const bikeId = await makeBike(store)
      const [id, trackerId] = [makeId<DeviceId>(), unique('tracker')]
      const create = { type: 'device.create', id, trackerId, name: 'x', secretHash: 'one' } as const
      await run(store, { ...create, mount: { on: 'bike', bikeId } })
      expect(await store.deviceSecretHash(trackerId)).toBe('one')
      await run(store, { type: 'device.update', id, expectedVersion: null, patch: { name: 'y' } })
      expect(await store.deviceSecretHash(trackerId)).toBe('one')
      await run(store, { type: 'device.rotate', id, expectedVersion: null, secretHash: 'two' })
      expect(await store.deviceSecretHash(trackerId)).toBe('two')
      expect(await store.deviceSecretHash('unknown')).toBeNull()
    })

    test('clearing demonstration data removes it with its positions, and keeps what real work rests on', async () => {
      const demo = { demo: true }
      const [bikeId, riddenId] = [makeId<BikeId>(), makeId<BikeId>()]
      const courierId = makeId<CourierId>()
      const deliveryId = makeId<DeliveryId>()
      const create = { type: 'bike.create', kind: 'city', note: '' } as const
      await run(store, { ...create, id: bikeId, code: 'DEM-0001' }, demo)
      await run(store, { ...create, id: riddenId, code: 'DEM-0002' }, demo)
      await run(store, { type: 'courier.create', id: courierId, name: 'Demo', phone: '' }, demo)
      await run(store, { type: 'courier.shift', id: courierId, expectedVersion: null, event: 'start' })
      const stop = makeStop('Demo 1')
      const delivery = {
        type: 'delivery.create',
        pickup: stop,
        dropoff: stop,
        size: 'small',
        priority: 'normal',
      } as const
      await run(store, { ...delivery, id: deliveryId }, demo)
      const device = {
        type: 'device.create',
        id: makeId<DeviceId>(),
        trackerId: unique('t'),
        name: 'x',
      } as const
      await run(store, { ...device, mount: { on: 'bike', bikeId }, secretHash: 'x' }, demo)
      const bike = (await store.get('bike', bikeId))!
      const { no: deviceNo } = (await store.get('device', device.id))!
      await store.appendFixes({
        receivedAtMs: startMs,
        heartbeats: [],
        fixes: [
          {
            deviceNo,
            bikeNo: bike.no,
            courierNo: null,
            lat: 52.3,
            lon: 4.9,
            timeMs: startMs,
            speedMps: null,
            headingDeg: null,
            accuracyM: null,
            altitudeM: null,
            batteryPct: null,
            charging: null,
            attributes: null,
            flag: null,
            riddenM: 0,
          },
        ],
      })
      expect((await store.snapshot()).latest.map((fix) => fix.bikeNo)).toEqual([bike.no])
      // A real courier rides a demonstration bike; the demonstration courier rides a real one.
      const realCourier = await makeCourier(store)
      await run(store, {
        type: 'courier.take_bike',
        id: realCourier,
        expectedVersion: null,
        bikeId: riddenId,
      })
      const realBike = await makeBike(store)
      await run(store, { type: 'courier.take_bike', id: courierId, expectedVersion: null, bikeId: realBike })

      const context = makeContext()
      expect(await store.clearDemo(context)).toEqual({ removed: 4 })
      for (const [kind, id] of [
        ['bike', bikeId],
        ['courier', courierId],
        ['delivery', deliveryId],
        ['device', device.id],
      ] as const)
        expect(await store.get(kind, id)).toBeNull()
      expect(await store.get('bike', riddenId)).toMatchObject({ status: 'in_use', demo: true })
      expect(await store.get('bike', realBike)).toMatchObject({ status: 'available', version: 3 })
      const history = { bikeNo: bike.no, fromMs: startMs - 1000, toMs: startMs + 1000, limit: 10 }
      expect((await store.history(history)).items).toEqual([])
      expect((await store.audit({ limit: 1, id: bikeId })).items[0]).toMatchObject({
        command: 'demo.clear',
        entity: null,
      })
      // The same key again has nothing left to do.
      expect(await store.clearDemo(context)).toEqual({ removed: 0 })
      expect(await refusalOf(store, { ...create, id: bikeId, code: 'DEM-0001' })).toBe('already_exists')
    })

    test('a closed store refuses, after it has finished what it was doing', async () => {
      const other = await database.open()
      const writing = makeBike(other)
      await other.close()
      expect(await store.get('bike', await writing)).not.toBeNull()
      await expect(other.ping()).rejects.toThrow('closed')
    })
  })
}
