import { type ApiClient, ApiError } from '@fleet/api'
import { type CourierId, type DeliveryId, hourMs } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

const stop = {
  address: 'Prinsengracht 263',
  point: { lat: 52.37, lon: 4.88 },
  window: { fromMs: 0, toMs: 1 },
  contact: 'Secret contact',
  note: 'Secret note',
}

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let dispatcher: ApiClient
  let anyone: ApiClient
  let courierId: CourierId

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    const signedIn = await signInAllRoles(server)
    ;({ courierId } = signedIn)
    dispatcher = server.client(signedIn.cookies.dispatcher)
    anyone = server.client('')
    await dispatcher.call('updateCourier', { params: { id: courierId }, body: { name: 'Sanne de Wit' } })
    await dispatcher.call('stepShift', { params: { id: courierId }, body: { event: 'start' } })
    const bike = await dispatcher.call('createBike', { body: { code: 'AMS-0001', kind: 'city' } })
    await dispatcher.call('takeBike', { params: { id: courierId }, body: { bikeId: bike.id } })
    const { device } = await dispatcher.call('createDevice', {
      body: { name: 'Phone', mount: { on: 'bike', bikeId: bike.id } },
    })
    const timeS = Math.floor(server.clock.nowMs / 1000)
    const query = `id=${device.trackerId}&lat=52.3731&lon=4.8926&timestamp=${timeS}`
    const taken = await server.fetch(`/ingest/osmand?${query}`, { method: 'POST' })
    if (!taken.ok) throw new Error(await taken.text())
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const newDelivery = async (pinRequired = false) => {
    const body = { pickup: stop, dropoff: stop, pinRequired }
    return (await dispatcher.call('createDelivery', { body })).id
  }
  const share = async (id: DeliveryId) => (await dispatcher.call('shareDelivery', { params: { id } })).token
  const track = (token: string) => anyone.call('trackDelivery', { params: { token } })
  const statusOf = (call: Promise<unknown>) =>
    call.then(
      () => 200,
      (error: unknown) => (error instanceof ApiError ? error.problem.status : 0),
    )

  test('a link shows one delivery as far as its customer may see it', async () => {
    const id = await newDelivery(true)
    const { token, path } = await dispatcher.call('shareDelivery', { params: { id } })
    expect(path).toBe(`/#/track/${token}`)
    const { pin } = await dispatcher.call('getDeliveryPin', { params: { id } })
    await dispatcher.call('assignDelivery', { params: { id }, body: { courierId } })
    const before = await track(token)
    expect(before).toMatchObject({ status: 'assigned', courier: null, pin, endedAtMs: null })
    expect(before.etaMs).toBeGreaterThan(server.clock.nowMs)
    await dispatcher.call('pickUpDelivery', { params: { id } })
    const shown = await track(token)
    expect(shown.courier).toMatchObject({ firstName: 'Sanne', position: { lat: 52.3731, lon: 4.8926 } })
    expect(Object.keys(shown).toSorted()).toEqual([
      'address',
      'code',
      'courier',
      'endedAtMs',
      'etaMs',
      'pin',
      'point',
      'serverTimeMs',
      'status',
      'window',
    ])
    expect(JSON.stringify(shown)).not.toMatch(/Secret|de Wit/)
    await dispatcher.call('deliverDelivery', { params: { id } })
    expect(await track(token)).toMatchObject({
      status: 'delivered',
      courier: null,
      etaMs: null,
      pin: null,
      endedAtMs: server.clock.nowMs,
    })
  })

  test('nobody sees the bike while it rides to somebody else first', async () => {
    const { nowMs } = server.clock
    const due = (toMs: number) => ({ ...stop, window: { fromMs: 0, toMs } })
    const pickedUp = async (toMs: number) => {
      const body = { pickup: stop, dropoff: due(toMs) }
      const { id } = await dispatcher.call('createDelivery', { body })
      await dispatcher.call('assignDelivery', { params: { id }, body: { courierId } })
      await dispatcher.call('pickUpDelivery', { params: { id } })
      return id
    }
    const [first, second] = [await pickedUp(nowMs + hourMs), await pickedUp(nowMs + 2 * hourMs)]
    const [firstToken, secondToken] = [await share(first), await share(second)]
    expect((await track(firstToken)).courier?.position).not.toBeNull()
    const waiting = await track(secondToken)
    expect(waiting.courier).toEqual({ firstName: 'Sanne', position: null })
    expect(waiting.etaMs).toBeGreaterThan((await track(firstToken)).etaMs!)
    await dispatcher.call('deliverDelivery', { params: { id: first } })
    expect((await track(secondToken)).courier?.position).not.toBeNull()
    server.clock.nowMs = nowMs + hourMs
    expect((await track(secondToken)).etaMs).toBeNull()
    server.clock.nowMs = nowMs
    await dispatcher.call('deliverDelivery', { params: { id: second } })
  })

  test('whoever asks for the link again gets the same one, until it is taken back', async () => {
    const id = await newDelivery()
    const token = await share(id)
    expect(await share(id)).toBe(token)
    expect(await share(await newDelivery())).not.toBe(token)
    for (let times = 0; times < 2; times++) await dispatcher.call('unshareDelivery', { params: { id } })
    expect(await statusOf(track(token))).toBe(404)
    const next = await share(id)
    expect(next).not.toBe(token)
    expect([await statusOf(track(token)), await statusOf(track(next))]).toEqual([404, 200])
  })

  test('a link ends 24 hours after its delivery', async () => {
    const id = await newDelivery()
    const token = await share(id)
    await dispatcher.call('cancelDelivery', { params: { id }, body: {} })
    const { nowMs } = server.clock
    server.clock.nowMs = nowMs + 24 * hourMs - 1
    expect(await statusOf(track(token))).toBe(200)
    server.clock.nowMs = nowMs + 24 * hourMs
    expect(await statusOf(track(token))).toBe(404)
    server.clock.nowMs = nowMs
  })

  test('guessing is slowed down, and those with a link do not notice', async () => {
    const token = await share(await newDelivery())
    for (let times = 0; times < 60; times++) expect(await statusOf(track(token))).toBe(200)
    const wrong = 'x'.repeat(22)
    const said = new Set<number>()
    for (let times = 0; times < 60 && !said.has(429); times++) said.add(await statusOf(track(wrong)))
    expect([...said]).toEqual([404, 429])
    server.clock.nowMs += 60_000
  })
})
