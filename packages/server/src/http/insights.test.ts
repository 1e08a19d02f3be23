import { type ApiClient, ApiError, decodeTrack } from '@fleet/api'
import { type CourierId, hourMs } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'
import { waitFor } from '../../testing/wait-for.ts'

const point = { lat: 52.3731, lon: 4.8926 }

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let dispatcher: ApiClient
  let courier: ApiClient
  let courierId: CourierId
  let startMs: number

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    startMs = server.clock.nowMs
    const signedIn = await signInAllRoles(server)
    ;({ courierId } = signedIn)
    dispatcher = server.client(signedIn.cookies.dispatcher)
    courier = server.client(signedIn.cookies.courier)
    await dispatcher.call('stepShift', { params: { id: courierId }, body: { event: 'start' } })
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const statusOf = (call: Promise<unknown>) =>
    call.then(
      () => 200,
      (error: unknown) => (error instanceof ApiError ? error.problem.status : 0),
    )

  test('every figure comes with the filter that lists what it counted', async () => {
    const window = { fromMs: startMs, toMs: startMs + 1000 }
    const stop = { address: 'Dam 1', point, window, contact: '', note: '' }
    for (const lateMs of [0, 2000]) {
      const { id } = await dispatcher.call('createDelivery', { body: { pickup: stop, dropoff: stop } })
      await dispatcher.call('assignDelivery', { params: { id }, body: { courierId } })
      await courier.call('pickUpDelivery', { params: { id } })
      server.clock.nowMs = startMs + lateMs
      await courier.call('deliverDelivery', { params: { id } })
    }
    const { id: failed } = await dispatcher.call('createDelivery', { body: { pickup: stop, dropoff: stop } })
    await dispatcher.call('failDelivery', { params: { id: failed }, body: { reason: 'x' } })
    const report = { kind: 'late', reporter: 'customer', description: 'x' } as const
    await dispatcher.call('createIssue', { body: { ...report, courierId } })
    await dispatcher.call('createIssue', { body: report })
    const query = { fromMs: startMs - hourMs, toMs: startMs + hourMs }
    for (const by of ['hour', 'day', 'courier', 'district'] as const) {
      const { total, rows, issues } = await dispatcher.call('insights', { query: { ...query, by } })
      expect(total).toMatchObject({ delivered: 2, onTime: 1, onTimeShare: 0.5, failed: 1, issues: 2 })
      const list = async (filter: object) =>
        (await dispatcher.call('listDeliveries', { query: filter })).items.length
      for (const row of [{ ...total, key: '' }, ...rows]) {
        expect(await list({ ...row.filter, status: 'delivered' })).toBe(row.delivered)
        expect(await list({ ...row.filter, status: 'delivered', late: 'false' })).toBe(row.onTime)
        expect(await list({ ...row.filter, status: 'failed' })).toBe(row.failed)
        expect(await list({ ...row.filter, status: 'cancelled' })).toBe(row.cancelled)
        const { endedFromMs: fromMs, endedToMs: toMs, courierId } = row.filter
        const about = courierId === undefined ? {} : { courierId }
        const { items } = await dispatcher.call('listIssues', { query: { fromMs, toMs, ...about } })
        if (row.issues !== null) expect(items).toHaveLength(row.issues)
      }
      expect(issues.filter(({ count }) => count > 0)).toMatchObject([{ kind: 'late', count: 2 }])
      for (const { filter, count } of issues)
        expect((await dispatcher.call('listIssues', { query: filter })).items).toHaveLength(count)
    }
    const { rows } = await dispatcher.call('insights', { query: { ...query, by: 'district' } })
    expect(rows.map(({ key }) => key)).toEqual(['Centrum'])
  })

  test('a span that is empty or too long is refused', async () => {
    const ask = (query: object) => statusOf(dispatcher.call('insights', { query: query as never }))
    expect(await ask({ fromMs: 5, toMs: 5 })).toBe(400)
    expect(await ask({ fromMs: 0, toMs: 9 * 24 * hourMs, by: 'hour' })).toBe(400)
    expect(await ask({ fromMs: 0, toMs: 9 * 24 * hourMs, by: 'day' })).toBe(200)
    expect(await statusOf(dispatcher.call('replay', { query: { fromMs: 0, toMs: 8 * 24 * hourMs } }))).toBe(
      400,
    )
  })

  test('a courier sees their own shifts', async () => {
    const query = { fromMs: startMs - hourMs, toMs: startMs + hourMs }
    const { items } = await courier.call('courierShifts', { params: { id: courierId }, query })
    expect(items).toMatchObject([{ courierId, fromMs: startMs, toMs: null, breakMs: 0 }])
    const other = await dispatcher.call('createCourier', { body: { name: 'Daan' } })
    expect(await statusOf(courier.call('courierShifts', { params: { id: other.id }, query }))).toBe(403)
  })

  test('a replay holds the tracks of the bikes asked for, and of all when none is named', async () => {
    const nos: number[] = []
    for (const code of ['REP-0001', 'REP-0002']) {
      const bike = await dispatcher.call('createBike', { body: { code, kind: 'city' } })
      const { device } = await dispatcher.call('createDevice', {
        body: { name: code, mount: { on: 'bike', bikeId: bike.id } },
      })
      nos.push(bike.no)
      for (let n = 0; n < 5; n++) {
        const timeS = Math.floor(startMs / 1000) - 100 + n * 20
        const query = `id=${device.trackerId}&lat=${52.37 + n / 10_000}&lon=4.89&timestamp=${timeS}`
        expect((await server.fetch(`/ingest/osmand?${query}`, { method: 'POST' })).status).toBe(200)
      }
    }
    const span = { fromMs: startMs - 200_000, toMs: startMs + 1000 }
    const one = await dispatcher.call('replay', {
      query: { ...span, bikeNos: String(nos[0]), stepMs: 30_000 },
    })
    expect(one).toMatchObject({ stepMs: 30_000, tracks: [{ bikeNo: nos[0] }] })
    const { timesMs, lats } = decodeTrack(one.tracks[0]!, one.fromMs)
    expect([...timesMs].map((timeMs) => Math.round((timeMs - startMs) / 1000 / 20))).toEqual([-5, -3, -1])
    expect(lats[1]).toBeCloseTo(52.3702, 5)
    const all = await dispatcher.call('replay', { query: span })
    expect(all.tracks.map(({ bikeNo }) => bikeNo)).toEqual(nos)
  })

  test('a bike that rides into a zone is listed among its events', async () => {
    const polygon = [
      { lat: 52.4, lon: 4.8 },
      { lat: 52.5, lon: 4.8 },
      { lat: 52.5, lon: 4.9 },
      { lat: 52.4, lon: 4.9 },
    ]
    const zone = await dispatcher.call('createZone', { body: { name: 'Noord', kind: 'slow', polygon } })
    const bike = await dispatcher.call('createBike', { body: { code: 'ZON-0001', kind: 'city' } })
    const { device } = await dispatcher.call('createDevice', {
      body: { name: 'Zone', mount: { on: 'bike', bikeId: bike.id } },
    })
    const report = async (lat: number, afterS: number) => {
      const timeS = Math.floor(startMs / 1000) - 500 + afterS
      const query = `id=${device.trackerId}&lat=${lat}&lon=4.85&timestamp=${timeS}`
      expect((await server.fetch(`/ingest/osmand?${query}`, { method: 'POST' })).status).toBe(200)
      return timeS * 1000
    }
    const events = async () => (await dispatcher.call('listZoneEvents', { query: { zoneId: zone.id } })).items
    // The zone counts as soon as the server has read of it.
    let afterS = 0
    await vi.waitFor(
      async () => {
        await report(52.45, (afterS += 1))
        expect(await events()).toMatchObject([{ kind: 'enter', bikeNo: bike.no, zoneName: 'Noord' }])
      },
      { timeout: 10_000, interval: 50 },
    )
    const leftMs = await report(52.399, 400)
    await waitFor(async () =>
      expect(await events()).toMatchObject([{ kind: 'leave', timeMs: leftMs }, { kind: 'enter' }]),
    )
    expect(
      (await dispatcher.call('listZoneEvents', { query: { bikeNo: bike.no, fromMs: leftMs } })).items,
    ).toHaveLength(1)
    expect(await statusOf(courier.call('listZoneEvents', {}))).toBe(403)
  })

  test('a service book is kept by those who may, and undone', async () => {
    const bike = await dispatcher.call('createBike', { body: { code: 'SRV-0001', kind: 'e-cargo' } })
    const body = { bikeId: bike.id, kind: 'brakes', atMs: startMs, costCents: 4250, note: 'Pads' } as const
    const entry = await dispatcher.call('createServiceEntry', { body })
    const params = { id: entry.id }
    await dispatcher.call('updateServiceEntry', { params, body: { costCents: 5000 }, ifMatch: 1 })
    await dispatcher.call('removeServiceEntry', { params, idempotencyKey: 'remove-entry' })
    await dispatcher.call('undo', { body: { key: 'remove-entry' } })
    const { items } = await dispatcher.call('listServiceEntries', { query: { bikeId: bike.id } })
    expect(items).toMatchObject([{ id: entry.id, costCents: 5000, note: 'Pads', version: 4 }])
    expect(await statusOf(courier.call('listServiceEntries', {}))).toBe(403)
  })

  test('what is due is the newest entry of each kind, where it says when', async () => {
    const bikeId = (await dispatcher.call('createBike', { body: { code: 'SRV-0002', kind: 'city' } })).id
    const write = async (kind: 'brakes' | 'tyres', daysAgo: number, due: object) =>
      (
        await dispatcher.call('createServiceEntry', {
          body: { bikeId, kind, atMs: startMs - daysAgo * 24 * hourMs, ...due },
        })
      ).id
    await write('brakes', 9, { dueMs: startMs })
    const brakes = await write('brakes', 3, { dueKm: 900 })
    await write('tyres', 9, { dueMs: startMs })
    await write('tyres', 3, {})
    const { items } = await dispatcher.call('listDueService', {})
    expect(items.filter((entry) => entry.bikeId === bikeId)).toMatchObject([{ id: brakes, dueKm: 900 }])
    expect(await statusOf(courier.call('listDueService', {}))).toBe(403)
  })
})
