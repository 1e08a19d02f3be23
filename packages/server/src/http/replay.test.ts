import { type ApiClient, ApiError, decodeTrack } from '@fleet/api'
import { type BikeId, type CourierId, hourMs, minuteMs } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let dispatcher: ApiClient
  let courierId: CourierId
  let bike: { readonly id: BikeId; readonly no: number }
  let startMs: number

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    startMs = server.clock.nowMs
    const signedIn = await signInAllRoles(server)
    ;({ courierId } = signedIn)
    dispatcher = server.client(signedIn.cookies.dispatcher)
    await dispatcher.call('stepShift', { params: { id: courierId }, body: { event: 'start' } })
    bike = await dispatcher.call('createBike', { body: { code: 'RPL-0001', kind: 'city' } })
    const { device } = await dispatcher.call('createDevice', {
      body: { name: 'RPL-0001', mount: { on: 'bike', bikeId: bike.id } },
    })
    // It stands, rides north for five minutes, 100 m a minute, and stands again.
    for (const [minutesAgo, thousandths] of [
      [60, 0],
      [10, 0],
      [9, 0.9],
      [8, 1.8],
      [7, 2.7],
      [6, 3.6],
      [5, 4.5],
      [4, 4.5],
      [3, 4.5],
    ] as const) {
      const timeS = Math.floor((startMs - minutesAgo * minuteMs) / 1000)
      const query = `id=${device.trackerId}&lat=${52.37 + thousandths / 1000}&lon=4.89&timestamp=${timeS}`
      await server.fetch(`/ingest/osmand?${query}`, { method: 'POST' })
    }
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const minutesAgo = (timeMs: number) => Math.round((startMs - timeMs) / minuteMs)

  test('a track begins with where the bike was before, when that is asked for', async () => {
    const span = { fromMs: startMs - 9.5 * minuteMs, toMs: startMs - 6.5 * minuteMs }
    const times = async (lookBackMs: number) => {
      const { tracks, fromMs } = await dispatcher.call('replay', {
        query: { ...span, bikeNos: String(bike.no), lookBackMs },
      })
      return Array.from(decodeTrack(tracks[0]!, fromMs).timesMs, minutesAgo)
    }
    expect(await times(0)).toEqual([9, 8, 7])
    expect(await times(hourMs)).toEqual([10, 9, 8, 7])
  })

  test('activity counts the bikes that moved, part by part', async () => {
    const span = { fromMs: startMs - 10.5 * minuteMs, toMs: startMs - 2.5 * minuteMs }
    const { moving } = await dispatcher.call('replayActivity', { query: { ...span, slots: 8 } })
    expect(moving).toEqual([1, 1, 1, 1, 1, 1, 0, 0])
    const others = await dispatcher.call('replayActivity', {
      query: { ...span, slots: 8, bikeNos: '999999' },
    })
    expect(Math.max(...others.moving)).toBe(0)
  })

  test('events are what happened in the span, with who had what', async () => {
    const stop = (address: string) => ({
      address,
      point: { lat: 52.3731, lon: 4.8926 },
      window: { fromMs: startMs, toMs: startMs + hourMs },
      contact: 'Bram +31 6 12345678',
      note: 'Code 1234',
    })
    await dispatcher.call('takeBike', { params: { id: courierId }, body: { bikeId: bike.id } })
    const delivery = await dispatcher.call('createDelivery', {
      body: { pickup: stop('Rokin 9'), dropoff: stop('Dam 1') },
    })
    const params = { id: delivery.id }
    await dispatcher.call('assignDelivery', { params, body: { courierId } })
    await dispatcher.call('updateDelivery', { params, body: { priority: 'high' } })
    server.clock.nowMs = startMs + minuteMs
    await dispatcher.call('pickUpDelivery', { params })
    const issue = await dispatcher.call('createIssue', {
      body: { kind: 'late', reporter: 'customer', description: 'Where is it?', deliveryId: delivery.id },
    })
    server.clock.nowMs = startMs + 10 * minuteMs
    await dispatcher.call('deliverDelivery', { params })
    const answer = await dispatcher.call('replayEvents', {
      query: { fromMs: startMs, toMs: startMs + 5 * minuteMs },
    })
    expect(answer.rides).toEqual([{ courierId, bikeId: bike.id, fromMs: startMs, toMs: null }])
    expect(answer.issues).toMatchObject([{ id: issue.id, atMs: startMs + minuteMs, deliveryId: delivery.id }])
    expect(answer.deliveries).toMatchObject([{ code: delivery.code, dropoff: { address: 'Dam 1' } }])
    expect(
      answer.deliveries[0]!.steps.map((step) => [step.event, step.status, (step.atMs - startMs) / minuteMs]),
    ).toEqual([
      ['create', 'unassigned', 0],
      ['assign', 'assigned', 0],
      ['pick_up', 'picked_up', 1],
    ])
    // Whoever may see the map need not see who is called and which code opens the door.
    expect(JSON.stringify(answer)).not.toMatch(/Bram|1234/)
  })

  test('a span that is empty or too long is refused', async () => {
    for (const name of ['replay', 'replayActivity', 'replayEvents'] as const)
      for (const span of [
        { fromMs: 5, toMs: 5 },
        { fromMs: 0, toMs: 8 * 24 * hourMs },
      ]) {
        const call = dispatcher.call(name, { query: span })
        await expect(call).rejects.toThrow(ApiError)
      }
  })
})
