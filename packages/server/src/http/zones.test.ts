import { randomUUID } from 'node:crypto'
import { type ApiClient, ApiError } from '@fleet/api'
import { circleAround, type Point, type ZoneId } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

const round = circleAround({ lat: 52.37, lon: 4.9 }, 200)
const newId = () => randomUUID() as ZoneId

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let dispatcher: ApiClient
  let mechanic: ApiClient

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    const { cookies } = await signInAllRoles(server)
    dispatcher = server.client(cookies.dispatcher)
    mechanic = server.client(cookies.mechanic)
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const problemOf = async (call: Promise<unknown>) => {
    try {
      await call
    } catch (error) {
      if (error instanceof ApiError) return error.problem
      throw error
    }
    throw new Error('It was not refused')
  }
  const create = (polygon: Point[]) =>
    dispatcher.call('createZone', { body: { name: 'West', kind: 'slow', polygon } })

  test('an outline that crosses itself or is too small is refused in a sentence', async () => {
    const crossing = round.with(3, round[9]!).with(9, round[3]!)
    const small = circleAround(round[0]!, 4)
    expect(await problemOf(create(crossing))).toMatchObject({
      status: 400,
      errors: [{ field: 'polygon', message: 'must not cross or touch itself' }],
    })
    expect(await problemOf(create(small))).toMatchObject({
      status: 400,
      errors: [{ field: 'polygon', message: 'must enclose at least 100 m²' }],
    })
    expect(await problemOf(create(round.slice(0, 2)))).toMatchObject({
      errors: [{ field: 'polygon', message: 'must have at least 3 items' }],
    })
    const { id } = await create(round)
    const update = dispatcher.call('updateZone', { params: { id }, body: { polygon: crossing } })
    expect(await problemOf(update)).toMatchObject({ status: 400 })
    expect((await dispatcher.call('getZone', { params: { id } })).polygon).toEqual(round)
  })

  test('two who change the same outline: the second is told what the first did', async () => {
    const { id } = await create(round)
    const change = (polygon: Point[]) =>
      dispatcher.call('updateZone', { params: { id }, body: { polygon }, ifMatch: 1 })
    const wider = circleAround({ lat: 52.37, lon: 4.9 }, 300)
    await change(wider)
    expect(await problemOf(change(round.slice(2)))).toMatchObject({
      code: 'stale_version',
      changedFields: ['polygon'],
      current: { polygon: wider, version: 2 },
    })
  })

  test('zones are imported together, once for the same key, and undone together', async () => {
    const zones = ['Oost', 'Zuid'].map((name) => ({
      id: newId(),
      name,
      kind: 'depot' as const,
      polygon: round,
    }))
    const idempotencyKey = randomUUID()
    const first = await dispatcher.call('importZones', { body: { zones }, idempotencyKey })
    const again = await dispatcher.call('importZones', { body: { zones }, idempotencyKey })
    expect(first.items).toMatchObject(zones)
    expect(again).toEqual(first)
    const ids = zones.map(({ id }) => id)
    const known = () => dispatcher.call('knownZones', { body: { ids: [...ids, newId()] } })
    const here = await known()
    expect(new Map(here.there.map(({ id, name }) => [id, name]))).toEqual(
      new Map(zones.map(({ id, name }) => [id, name])),
    )
    expect(here.removed).toEqual([])
    await dispatcher.call('undo', { body: { key: idempotencyKey } })
    for (const { id } of zones)
      expect(await problemOf(dispatcher.call('getZone', { params: { id } }))).toMatchObject({ status: 404 })
    expect(await known()).toEqual({ there: [], removed: ids })
  })

  test('one zone that cannot be imported keeps all others out', async () => {
    const { id: taken } = await create(round)
    const zones = [newId(), taken].map((id) => ({ id, name: 'Twice', kind: 'slow' as const, polygon: round }))
    const importing = dispatcher.call('importZones', { body: { zones } })
    expect(await problemOf(importing)).toMatchObject({ code: 'already_exists' })
    const missing = dispatcher.call('getZone', { params: { id: zones[0]!.id } })
    expect(await problemOf(missing)).toMatchObject({ status: 404 })
  })

  test('a mechanic sees zones and who came and went, and draws none', async () => {
    const { id, version } = await create(round)
    expect(await mechanic.call('getZone', { params: { id } })).toMatchObject({ version })
    expect(await mechanic.call('listZoneEvents', { query: { zoneId: id } })).toMatchObject({ items: [] })
    const zone = { name: 'Mine', kind: 'slow' as const, polygon: round }
    for (const call of [
      () => mechanic.call('createZone', { body: zone }),
      () => mechanic.call('importZones', { body: { zones: [{ id: newId(), ...zone }] } }),
      () => mechanic.call('updateZone', { params: { id }, body: { name: 'Mine' } }),
      () => mechanic.call('removeZone', { params: { id } }),
    ])
      expect(await problemOf(call())).toMatchObject({ status: 403 })
  })
})
