import { randomUUID } from 'node:crypto'
import { type ApiClient, ApiError, type BulkCommand, mostCommandsAtOnce } from '@fleet/api'
import type { CourierId, DeliveryId } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

const stop = {
  address: 'Prinsengracht 263',
  point: { lat: 52.37, lon: 4.88 },
  window: { fromMs: 0, toMs: 1 },
  contact: '',
  note: '',
}

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let admin: ApiClient
  let dispatcher: ApiClient
  let courier: ApiClient
  let courierId: CourierId

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    const signedIn = await signInAllRoles(server)
    courierId = signedIn.courierId
    admin = server.client(signedIn.cookies.admin)
    dispatcher = server.client(signedIn.cookies.dispatcher)
    courier = server.client(signedIn.cookies.courier)
    await admin.call('stepShift', { params: { id: courierId }, body: { event: 'start' } })
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const newDelivery = async () =>
    (await dispatcher.call('createDelivery', { body: { pickup: stop, dropoff: stop } })).id
  const problemOf = async (call: Promise<unknown>) => {
    try {
      await call
    } catch (error) {
      if (error instanceof ApiError) return error.problem
      throw error
    }
    throw new Error('It was not refused')
  }

  describe('many at once', () => {
    test('are done together, and the same request again is answered the same', async () => {
      const ids = [await newDelivery(), await newDelivery()]
      const created = randomUUID() as DeliveryId
      const commands: BulkCommand[] = [
        ...ids.map((id) => ({ type: 'delivery.assign' as const, id, courierId })),
        { type: 'delivery.update', id: ids[0]!, expectedVersion: 2, patch: { priority: 'urgent' } },
        { type: 'delivery.create', id: created, pickup: stop, dropoff: stop },
      ]
      const idempotencyKey = randomUUID()
      const { items } = await dispatcher.call('bulk', { body: { commands }, idempotencyKey })
      expect(items.map(({ id, status, priority, version }) => [id, status, priority, version])).toEqual([
        [ids[0], 'assigned', 'urgent', 3],
        [ids[1], 'assigned', 'normal', 2],
        [created, 'unassigned', 'normal', 1],
      ])
      await dispatcher.call('unassignDelivery', { params: { id: ids[0]! } })
      expect(await dispatcher.call('bulk', { body: { commands }, idempotencyKey })).toEqual({ items })
    })

    test('are not done at all when one is refused, and every one at fault is named', async () => {
      const ids = [await newDelivery(), await newDelivery(), await newDelivery()]
      await dispatcher.call('cancelDelivery', { params: { id: ids[1]! }, body: {} })
      const commands: BulkCommand[] = [
        { type: 'delivery.assign', id: ids[0]!, courierId },
        { type: 'delivery.assign', id: ids[1]!, courierId },
        { type: 'delivery.cancel', id: ids[2]!, expectedVersion: 9 },
      ]
      const problem = await problemOf(dispatcher.call('bulk', { body: { commands } }))
      expect(problem).toMatchObject({
        status: 409,
        code: 'impossible_step',
        detail: expect.stringMatching(/^2 of 3 were refused, so nothing was done\. The first: /) as string,
        rows: [
          { index: 1, id: ids[1], code: 'impossible_step', field: 'status' },
          { index: 2, id: ids[2], code: 'stale_version', current: { id: ids[2], version: 1 } },
        ],
      })
      for (const id of [ids[0]!, ids[2]!])
        expect(await dispatcher.call('getDelivery', { params: { id } })).toMatchObject({
          status: 'unassigned',
          version: 1,
        })
    })

    const creations = (count: number, note = '') =>
      Array.from({ length: count }, () => ({
        type: 'delivery.create' as const,
        id: randomUUID() as DeliveryId,
        pickup: { ...stop, note },
        dropoff: { ...stop, note },
      }))

    test('may have notes of full length', async () => {
      const commands = creations(1_000, 'é'.repeat(2_000))
      expect((await dispatcher.call('bulk', { body: { commands } })).items).toHaveLength(1_000)
    })

    test('are a file of deliveries at most, undone at once, and for dispatchers only', async () => {
      const commands = creations(mostCommandsAtOnce)
      const idempotencyKey = randomUUID()
      const { items } = await dispatcher.call('bulk', { body: { commands }, idempotencyKey })
      expect(items.map(({ id }) => id)).toEqual(commands.map(({ id }) => id))
      const known = () => dispatcher.call('knownDeliveries', { body: { ids: commands.map(({ id }) => id) } })
      const { there } = await known()
      expect(new Map(there.map(({ id, code }) => [id, code]))).toEqual(
        new Map(items.map(({ id, code }) => [id, code])),
      )
      const { changes } = await dispatcher.call('undo', { body: { key: idempotencyKey } })
      expect(changes.filter(({ entity }) => entity === null)).toHaveLength(commands.length)
      const after = await known()
      expect(after.there).toEqual([])
      expect(new Set(after.removed)).toEqual(new Set(commands.map(({ id }) => id)))
      const tooMany = creations(mostCommandsAtOnce + 1)
      expect((await problemOf(dispatcher.call('bulk', { body: { commands: tooMany } }))).status).toBe(400)
      expect((await problemOf(dispatcher.call('bulk', { body: { commands: [] } }))).status).toBe(400)
      expect((await problemOf(courier.call('bulk', { body: { commands } }))).status).toBe(403)
    })
  })

  describe('undo', () => {
    test('takes back what was done under a key, and does it again', async () => {
      const [id, key, undoKey] = [await newDelivery(), randomUUID(), randomUUID()]
      const params = { id }
      await dispatcher.call('assignDelivery', { params, body: { courierId }, idempotencyKey: key })
      const undo = () => dispatcher.call('undo', { body: { key }, idempotencyKey: undoKey })
      const { changes } = await undo()
      expect(changes).toMatchObject([
        { kind: 'delivery', id, version: 3, command: 'undo', entity: { status: 'unassigned', version: 3 } },
      ])
      expect(await undo()).toEqual({ changes })
      await dispatcher.call('undo', { body: { key: undoKey } })
      expect(await dispatcher.call('getDelivery', { params })).toMatchObject({
        status: 'assigned',
        courierId,
      })
    })

    test('takes back a bulk action as one', async () => {
      const ids = [await newDelivery(), await newDelivery()]
      const key = randomUUID()
      const commands = ids.map((id) => ({ type: 'delivery.cancel' as const, id }))
      await dispatcher.call('bulk', { body: { commands }, idempotencyKey: key })
      const { changes } = await dispatcher.call('undo', { body: { key } })
      expect(changes.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    })

    test('is refused when somebody changed the row since, with the row as it is', async () => {
      const [id, key] = [await newDelivery(), randomUUID()]
      await dispatcher.call('cancelDelivery', { params: { id }, body: {}, idempotencyKey: key })
      await dispatcher.call('undo', { body: { key } })
      const problem = await problemOf(dispatcher.call('undo', { body: { key } }))
      expect(problem).toMatchObject({ status: 409, code: 'stale_version', current: { id, version: 3 } })
    })

    test('is for whoever did it, and for dispatchers and admins', async () => {
      const [id, key] = [await newDelivery(), randomUUID()]
      const params = { id }
      await dispatcher.call('assignDelivery', { params, body: { courierId } })
      await courier.call('pickUpDelivery', { params, idempotencyKey: key })
      // The key alone names nothing of anybody else's.
      expect((await problemOf(dispatcher.call('undo', { body: { key } }))).code).toBe('not_found')
      await courier.call('undo', { body: { key } })
      const again = randomUUID()
      await courier.call('pickUpDelivery', { params, idempotencyKey: again })
      const { user } = await courier.call('getSession', {})
      const own = await dispatcher.call('getSession', {})
      const others = courier.call('undo', { body: { key: again, userId: own.user.id } })
      expect((await problemOf(others)).code).toBe('forbidden')
      await dispatcher.call('undo', { body: { key: again, userId: user.id } })
      expect((await dispatcher.call('getDelivery', { params })).status).toBe('assigned')
    })

    test('needs the role that the action needs', async () => {
      const key = randomUUID()
      const bike = await admin.call('createBike', { body: { code: 'UND-0001', kind: 'city' } })
      await admin.call('removeBike', { params: { id: bike.id }, idempotencyKey: key })
      const { user } = await admin.call('getSession', {})
      const asDispatcher = dispatcher.call('undo', { body: { key, userId: user.id } })
      expect((await problemOf(asDispatcher)).code).toBe('forbidden')
      const { changes } = await admin.call('undo', { body: { key } })
      expect(changes).toMatchObject([{ kind: 'bike', entity: { code: 'UND-0001', no: bike.no } }])
    })

    test('of an account that was let in ends its sessions', async () => {
      const id = await server.addUser('returner', 'viewer')
      const params = { id }
      await admin.call('updateUser', { params, body: { disabled: true } })
      const key = randomUUID()
      await admin.call('updateUser', { params, body: { disabled: false }, idempotencyKey: key })
      const cookie = await server.signIn('returner')
      await admin.call('undo', { body: { key } })
      await admin.call('updateUser', { params, body: { disabled: false } })
      expect((await server.fetch('/api/session', { headers: { cookie } })).status).toBe(401)
    })
  })
})
