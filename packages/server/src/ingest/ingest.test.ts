import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { AppError, type CourierId } from '@fleet/domain'
import type { PostgresConfig, Store } from '@fleet/store'
import { startPostgres, type PostgresServer } from '@fleet/store/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  addBike,
  addTrackedBike,
  addTracker,
  bikeNo,
  countHistory,
  createPostgresConfig,
  execute,
  gateAppends,
  makeFix,
  makeReport,
  markerOf,
  newId,
  openPostgresFleet,
  openSqliteFleet,
  recentMs,
  startIngest,
} from './fleet-fixture.ts'
import type { Ingest } from './ingest.ts'
import { outcomes } from './submission.ts'
import { waitFor } from '../../testing/wait-for.ts'

let server: PostgresServer
let config: PostgresConfig
beforeAll(async () => {
  server = await startPostgres()
  config = await createPostgresConfig(server)
})
afterAll(() => server.stop())

const backends: [string, () => Promise<Store>][] = [
  ['SQLite', openSqliteFleet],
  ['PostgreSQL', () => openPostgresFleet(config)],
]

let lastTracker = 0
const newTracker = () => `tracker-${(lastTracker += 1)}`

async function send(
  ingest: Ingest,
  ...reports: Parameters<Ingest['submit']>[1]
): Promise<{ end: string; results: string[] }> {
  const { end, codes } = await ingest.submit('batch', reports, 100)
  return { end, results: [...codes].map((code) => outcomes[code]!) }
}

describe.each(backends)('ingest on %s', (_, open) => {
  test('a fix moves the marker of the bike that its tracker rides on', async () => {
    const store = await open()
    const tracker = newTracker()
    const { no } = await addTrackedBike(store, tracker)
    const ingest = await startIngest(store)
    const timeMs = recentMs()
    expect(await send(ingest, makeReport(tracker, makeFix(timeMs)))).toEqual({
      end: 'done',
      results: ['stored'],
    })
    expect(await send(ingest, makeReport(tracker, makeFix(timeMs + 2_000, 12)))).toMatchObject({
      end: 'done',
    })
    expect(ingest.moved).toMatchObject([
      { bikeNo: no, timeMs, odometerM: 0 },
      { bikeNo: no, timeMs: timeMs + 2_000 },
    ])
    const { receivedAtMs: _received, ...marker } = ingest.moved[1]!
    const stored = (await markerOf(store, no))!
    expect(stored).toMatchObject({ ...marker, lat: expect.closeTo(marker.lat, 6) })
    expect(stored.odometerM).toBeCloseTo(12, 0)
  })

  test('the same fix again is a duplicate, stored once', async () => {
    const store = await open()
    const tracker = newTracker()
    const { no } = await addTrackedBike(store, tracker)
    const ingest = await startIngest(store)
    const report = makeReport(tracker, makeFix(recentMs()))
    await send(ingest, report)
    expect(await send(ingest, report)).toEqual({ end: 'done', results: ['duplicate'] })
    expect(await send(ingest, report, report)).toEqual({ end: 'done', results: ['duplicate', 'duplicate'] })
    expect(await countHistory(store, no)).toBe(1)
    expect(ingest.moved).toHaveLength(1)
  })

  test('a flagged fix is kept in history and moves nothing', async () => {
    const store = await open()
    const tracker = newTracker()
    const { no } = await addTrackedBike(store, tracker)
    const ingest = await startIngest(store)
    const timeMs = recentMs()
    const { results } = await send(
      ingest,
      makeReport(tracker, makeFix(timeMs)),
      makeReport(tracker, makeFix(timeMs + 1_000, 3_000)),
      makeReport(tracker, makeFix(timeMs + 2_000, 10, { accuracyM: 400 })),
      makeReport(tracker, makeFix(timeMs + 3_600_000)),
    )
    expect(results).toEqual(['stored', 'jump', 'inaccurate', 'future'])
    expect(await countHistory(store, no)).toBe(4)
    expect((await markerOf(store, no))?.timeMs).toBe(timeMs)
  })

  test('a late fix is kept and does not move the marker back', async () => {
    const store = await open()
    const tracker = newTracker()
    const { no } = await addTrackedBike(store, tracker)
    const ingest = await startIngest(store)
    const timeMs = recentMs()
    await send(ingest, makeReport(tracker, makeFix(timeMs + 10_000, 50)))
    expect(await send(ingest, makeReport(tracker, makeFix(timeMs)))).toMatchObject({ results: ['stored'] })
    expect((await markerOf(store, no))?.timeMs).toBe(timeMs + 10_000)
    expect(ingest.moved).toHaveLength(1)
  })

  test('a phone counts for its courier and for the bike that the courier has now', async () => {
    const store = await open()
    const tracker = newTracker()
    const courierId = newId<CourierId>()
    await execute(store, { type: 'courier.create', id: courierId, name: 'Sanne', phone: '' })
    await addTracker(store, tracker, { on: 'courier', courierId })
    const ingest = await startIngest(store)
    const courierNo = (await store.get('courier', courierId))!.no
    const timeMs = recentMs()
    await send(ingest, makeReport(tracker, makeFix(timeMs)))
    expect(ingest.moved).toEqual([])

    const bikeId = await addBike(store)
    const no = await bikeNo(store, bikeId)
    await execute(store, { type: 'courier.shift', id: courierId, expectedVersion: null, event: 'start' })
    await execute(store, { type: 'courier.take_bike', id: courierId, expectedVersion: null, bikeId })
    let step = 0
    await waitFor(async () => {
      await send(ingest, makeReport(tracker, makeFix(timeMs + (step += 1) * 1_000, step * 5)))
      expect(ingest.moved.at(-1)).toMatchObject({ bikeNo: no, courierNo })
    })
    const history = await store.history({ courierNo, fromMs: timeMs, toMs: timeMs + 1, limit: 10 })
    expect(history.items).toMatchObject([{ bikeNo: null, courierNo }])
  })

  test('a tracker that was registered a moment ago, by another process, is known', async () => {
    const store = await open()
    const ingest = await startIngest(store)
    const tracker = newTracker()
    expect(await send(ingest, makeReport(tracker, makeFix(recentMs())))).toEqual({
      end: 'done',
      results: ['unknown_tracker'],
    })
    await addTrackedBike(store, tracker)
    expect(await send(ingest, makeReport(tracker, makeFix(recentMs())))).toEqual({
      end: 'done',
      results: ['stored'],
    })
  })

  test('a removed tracker is unknown', async () => {
    const store = await open()
    const tracker = newTracker()
    const bikeId = await addBike(store)
    const id = await addTracker(store, tracker, { on: 'bike', bikeId })
    const ingest = await startIngest(store)
    await execute(store, { type: 'device.remove', id, expectedVersion: null })
    await waitFor(async () =>
      expect(await send(ingest, makeReport(tracker, makeFix(recentMs())))).toMatchObject({
        results: ['unknown_tracker'],
      }),
    )
  })

  test('a heartbeat is a contact without a position', async () => {
    const store = await open()
    const tracker = newTracker()
    const { no } = await addTrackedBike(store, tracker)
    const ingest = await startIngest(store)
    const heartbeat = { timeMs: 0, batteryPct: 31, charging: true, attributes: null }
    const reported = await send(ingest, { trackerId: tracker, driverId: null, fix: null, heartbeat })
    expect(reported).toEqual({ end: 'done', results: ['heartbeat'] })
    const { items } = await store.list('device', { limit: 500 })
    const deviceNo = items.find(({ trackerId }) => trackerId === tracker)!.no
    expect(await store.deviceContacts()).toContainEqual({
      deviceNo,
      atMs: expect.closeTo(Date.now(), -5),
      batteryPct: 31,
      charging: true,
    })
    expect(await countHistory(store, no)).toBe(0)
  })

  test('fixes that wait share a commit, and each is answered after its own commit', async () => {
    const gate = gateAppends(await open())
    const trackers = Array.from({ length: 30 }, newTracker)
    for (const tracker of trackers) await addTrackedBike(gate.store, tracker)
    const ingest = await startIngest(gate.store)
    gate.shut()
    let answered = 0
    const timeMs = recentMs()
    const first = send(ingest, makeReport(trackers[0]!, makeFix(timeMs)))
    await waitFor(() => expect(gate.sizes).toEqual([1]))
    const rest = trackers.slice(1).map(async (tracker) => {
      const result = await send(ingest, makeReport(tracker, makeFix(timeMs)))
      answered += 1
      return result
    })
    await new Promise(setImmediate)
    expect(answered).toBe(0)
    gate.open()
    await first
    await Promise.all(rest)
    expect(gate.sizes).toEqual([1, 29])
  })

  test('while the store fails nothing is answered as done and no marker moves; afterwards it works again', async () => {
    const gate = gateAppends(await open())
    const tracker = newTracker()
    const { no } = await addTrackedBike(gate.store, tracker)
    const ingest = await startIngest(gate.store)
    const report = makeReport(tracker, makeFix(recentMs()))
    gate.failure = new AppError('database_unavailable', 'away')
    expect(await send(ingest, report)).toMatchObject({ end: 'unavailable' })
    expect(ingest.moved).toEqual([])
    gate.failure = null
    expect(await send(ingest, report)).toEqual({ end: 'done', results: ['stored'] })
    expect(ingest.moved).toMatchObject([{ bikeNo: no }])
    const metrics = await ingest.registry.metrics()
    expect(metrics).toContain('fleet_ingest_fixes_total{protocol="batch",result="stored"} 1')
    expect(metrics).toContain('fleet_ingest_turned_away_total{protocol="batch",reason="unavailable"} 1')
  })

  test('a commit whose answer was lost is found by its repeat, and the marker moves then', async () => {
    const store = await open()
    const tracker = newTracker()
    const { no } = await addTrackedBike(store, tracker)
    let isLost = true
    const lossy = new Proxy(store, {
      get(target, name) {
        if (name !== 'appendFixes') return Reflect.get(target, name, target) as unknown
        return async (batch: Parameters<Store['appendFixes']>[0]) => {
          const result = await target.appendFixes(batch)
          if (isLost) throw new AppError('outcome_unknown', 'the connection broke during COMMIT')
          return result
        }
      },
    })
    const ingest = await startIngest(lossy)
    const report = makeReport(tracker, makeFix(recentMs()))
    expect(await send(ingest, report)).toMatchObject({ end: 'unavailable' })
    isLost = false
    expect(await send(ingest, report)).toEqual({ end: 'done', results: ['duplicate'] })
    expect(await countHistory(store, no)).toBe(1)
    await waitFor(() => expect(ingest.moved).toMatchObject([{ bikeNo: no }]))
  })

  test('markers of before the start are what the first fix is judged against', async () => {
    const store = await open()
    const tracker = newTracker()
    await addTrackedBike(store, tracker)
    const timeMs = recentMs()
    await send(await startIngest(store), makeReport(tracker, makeFix(timeMs)))
    const restarted = await startIngest(store)
    const { results } = await send(
      restarted,
      makeReport(tracker, makeFix(timeMs + 1_000, 2_000)),
      makeReport(tracker, makeFix(timeMs + 2_000, 14)),
    )
    expect(results).toEqual(['jump', 'stored'])
    expect(restarted.moved).toMatchObject([{ odometerM: expect.closeTo(14, 0) }])
  })
})

test('a tracker that was registered behind an older open transaction is asked to come again, not refused', async () => {
  const store = await openPostgresFleet(await createPostgresConfig(server))
  const ingest = await startIngest(store)
  const database = store.location.split('/').at(-1)!
  const older = spawn(
    `${server.binDir}/psql`,
    ['-h', server.host, '-p', String(server.port), '-U', server.user, '-d', database],
    { env: { PGPASSWORD: server.password }, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  older.stdin.write('BEGIN; SELECT pg_current_xact_id();\n')
  await once(older.stdout, 'data')
  const trackerId = newTracker()
  await addTrackedBike(store, trackerId)
  const report = makeReport(trackerId, makeFix(recentMs()))
  expect((await send(ingest, report)).end).toBe('unavailable')
  const sending = send(ingest, report)
  older.stdin.end('COMMIT;\n')
  expect(await sending).toEqual({ end: 'done', results: ['stored'] })
})

test('two instances on one PostgreSQL see the markers that the other moved', async () => {
  const [storeA, storeB] = [await openPostgresFleet(config), await openPostgresFleet(config)]
  const tracker = newTracker()
  const { no } = await addTrackedBike(storeA, tracker)
  const [a, b] = [await startIngest(storeA), await startIngest(storeB)]
  const timeMs = recentMs()
  await send(a, makeReport(tracker, makeFix(timeMs)))
  const ofBike = (ingest: typeof a) => ingest.moved.filter((marker) => marker.bikeNo === no)
  await waitFor(() => expect(ofBike(b)).toMatchObject([{ timeMs }]))
  // And b judges by what a stored.
  expect(await send(b, makeReport(tracker, makeFix(timeMs + 1_000, 3_000)))).toMatchObject({
    results: ['jump'],
  })
  expect(await send(b, makeReport(tracker, makeFix(timeMs + 2_000, 10)))).toMatchObject({
    results: ['stored'],
  })
  await waitFor(() => expect(ofBike(a)).toHaveLength(2))
  expect(ofBike(a)[1]!.odometerM).toBeCloseTo(10, 0)
  // Each marker once, although every read brings the newest of all bikes again.
  expect(ofBike(b)).toHaveLength(2)
})
