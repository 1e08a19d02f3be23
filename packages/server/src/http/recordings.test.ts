import { type ApiClient, decodeTrack } from '@fleet/api'
import { dayMs, minuteMs } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let mechanic: ApiClient
  let viewer: ApiClient
  let startMs: number
  let codes = 0

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    startMs = server.clock.nowMs - 60 * minuteMs
    const { cookies } = await signInAllRoles(server)
    mechanic = server.client(cookies.mechanic)
    viewer = server.client(cookies.viewer)
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const addBike = () =>
    mechanic.call('createBike', { body: { code: `REC-${String(++codes).padStart(4, '0')}`, kind: 'city' } })
  /** Rides north, 100 m a minute, a fix each minute. */
  const ride = (fixes: number, fromMs = startMs) =>
    Array.from({ length: fixes }, (_, i) => ({
      timeMs: fromMs + i * minuteMs,
      lat: 52.37 + i * 0.0009,
      lon: 4.89,
    }))
  const nothing = { stored: 0, known: 0, inaccurate: 0, jump: 0, future: 0, tooOld: 0 }

  test('a recording is in the history once, however often it comes, and replay shows it', async () => {
    const bike = await addBike()
    const send = (check: boolean) =>
      mechanic.call('importRecording', { params: { id: bike.id }, body: { fixes: ride(10), check } })
    expect(await send(true)).toEqual({ ...nothing, stored: 10 })
    expect(await send(false)).toEqual({ ...nothing, stored: 10 })
    expect(await send(true)).toEqual({ ...nothing, known: 10 })
    expect(await send(false)).toEqual({ ...nothing, known: 10 })
    const { items } = await viewer.call('bikePositions', {
      params: { id: bike.id },
      query: { fromMs: startMs, toMs: startMs + 60 * minuteMs },
    })
    expect(items.map(({ timeMs }) => timeMs)).toEqual(ride(10).map(({ timeMs }) => timeMs))
    const { tracks, fromMs } = await viewer.call('replay', {
      query: { fromMs: startMs, toMs: startMs + 60 * minuteMs, bikeNos: String(bike.no) },
    })
    expect(decodeTrack(tracks[0]!, fromMs).timesMs).toHaveLength(10)
    const latest = await viewer.call('listLatest', { query: {} })
    const marker = latest.items.find(({ bikeNo }) => bikeNo === bike.no)
    expect(marker?.timeMs).toBe(startMs + 9 * minuteMs)
    expect(marker?.odometerM).toBeCloseTo(900, -1)
  })

  test('what a tracker of the bike has sent is known, and the same ride on another bike is not', async () => {
    const [bike, other] = [await addBike(), await addBike()]
    const { device } = await mechanic.call('createDevice', {
      body: { name: 'Phone', mount: { on: 'bike', bikeId: bike.id } },
    })
    const wholeSeconds = ride(5, Math.floor(startMs / 1000) * 1000)
    for (const { timeMs, lat, lon } of wholeSeconds)
      await server.fetch(
        `/ingest/osmand?id=${device.trackerId}&lat=${lat}&lon=${lon}&timestamp=${timeMs / 1000}`,
        { method: 'POST' },
      )
    const fixes = ride(8, wholeSeconds[0]!.timeMs)
    const add = (id: typeof bike.id) => mechanic.call('importRecording', { params: { id }, body: { fixes } })
    expect(await add(bike.id)).toEqual({ ...nothing, known: 5, stored: 3 })
    expect(await add(other.id)).toEqual({ ...nothing, stored: 8 })
  })

  test('an older ride leaves the marker where it is', async () => {
    const bike = await addBike()
    const add = (fixes: ReturnType<typeof ride>) =>
      mechanic.call('importRecording', { params: { id: bike.id }, body: { fixes } })
    await add(ride(5))
    await add(ride(5, startMs - dayMs))
    const { items } = await viewer.call('listLatest', { query: {} })
    expect(items.find(({ bikeNo }) => bikeNo === bike.no)?.timeMs).toBe(startMs + 4 * minuteMs)
  })

  test('times ahead, times past retention, jumps and guesses are counted', async () => {
    const bike = await addBike()
    const [first, second, third] = ride(3)
    const fixes = [first!, { ...second!, lat: 53 }, { ...third!, accuracyM: 500 }]
    const add = (fixes: readonly { timeMs: number; lat: number; lon: number }[]) =>
      mechanic.call('importRecording', { params: { id: bike.id }, body: { fixes: [...fixes] } })
    expect(await add(fixes)).toEqual({ ...nothing, stored: 3, jump: 1, inaccurate: 1 })
    const ahead = { ...first!, timeMs: server.clock.nowMs + 10 * minuteMs }
    expect(await add([ahead])).toEqual({ ...nothing, future: 1 })
    expect(await add(ride(2, startMs - 31 * dayMs))).toEqual({ ...nothing, tooOld: 2 })
  })

  test('a part of a ride is judged by where the part before it ended', async () => {
    const bike = await addBike()
    const fixes = ride(4).map((fix, i) => (i === 2 ? { ...fix, lat: 53 } : fix))
    const add = (part: typeof fixes) =>
      mechanic.call('importRecording', { params: { id: bike.id }, body: { fixes: part } })
    await add(fixes.slice(0, 2))
    expect(await add(fixes.slice(2))).toEqual({ ...nothing, stored: 2, jump: 1 })
  })

  test('what the database keeps no longer is not called known', async () => {
    const bike = await addBike()
    // As when another instance keeps positions for a shorter time.
    await server.store.maintain(server.clock.nowMs, { positionsDays: 5, idempotencyDays: 7 })
    const fixes = ride(3, startMs - 10 * dayMs)
    const add = () => mechanic.call('importRecording', { params: { id: bike.id }, body: { fixes } })
    expect(await add()).toEqual({ ...nothing, tooOld: 3 })
  })

  test('viewers may not, and what is out of order or too long is refused with a sentence', async () => {
    const bike = await addBike()
    const params = { id: bike.id }
    await expect(viewer.call('importRecording', { params, body: { fixes: ride(2) } })).rejects.toThrow(
      'The role viewer may not do this.',
    )
    await expect(
      mechanic.call('importRecording', { params, body: { fixes: ride(2).toReversed() } }),
    ).rejects.toThrow('fixes: must be in the order of their times.')
    const long = [...ride(1), { ...ride(1)[0]!, timeMs: startMs + 7 * dayMs + 1 }]
    await expect(mechanic.call('importRecording', { params, body: { fixes: long } })).rejects.toThrow(
      'fixes: must be within 7 days.',
    )
  })
})
