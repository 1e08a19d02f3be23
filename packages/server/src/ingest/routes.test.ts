import { createHash } from 'node:crypto'
import { AppError } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { expect, onTestFinished, test } from 'vitest'
import { createSessions } from '../auth/sessions.ts'
import { createApp } from '../http/app.ts'
import type { BatchAnswer } from './batch-handler.ts'
import type { QueueBounds } from './queue-room.ts'
import {
  addTrackedBike,
  type AppendGate,
  countHistory,
  execute,
  gateAppends,
  openSqliteFleet,
  quietLog,
  recentMs,
  secretOf,
  startIngest,
} from './fleet-fixture.ts'
import { registerIngestRoutes } from './routes.ts'
import { waitFor } from '../../testing/wait-for.ts'

interface Api {
  readonly store: Store
  readonly gate: AppendGate
  readonly no: number
  readonly post: (path: string, body?: string, headers?: Record<string, string>) => Promise<Response>
  readonly get: (path: string) => Promise<Response>
}

/** The app with the routes of trackers on a real port, over SQLite, with the tracker `bike-1`. */
async function openApi(bounds: Partial<QueueBounds> = {}, receivingBytes = 64 * 1024 * 1024): Promise<Api> {
  const gate = gateAppends(await openSqliteFleet())
  const { store } = gate
  const { no } = await addTrackedBike(store, 'bike-1')
  const ingest = await startIngest(store, { bounds })
  const app = await createApp({
    sessions: createSessions(store, Date.now),
    host: '127.0.0.1',
    publicUrl: null,
    trustProxy: false,
    now: Date.now,
    log: quietLog,
  })
  registerIngestRoutes(app, ingest, { log: quietLog, timeZone: 'Europe/Amsterdam', receivingBytes })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  return {
    store,
    gate,
    no,
    post: (path, body = '', headers = {}) => fetch(`${url}${path}`, { method: 'POST', body, headers }),
    get: (path) => fetch(`${url}${path}`),
  }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const json = { 'content-type': 'application/json' }
const place = 'lat=52.373&lon=4.8925'

test('OsmAnd: a query, a form, the JSON of Traccar Client and a heartbeat are taken', async () => {
  const { get, post, store, no } = await openApi()
  const timeMs = recentMs()
  const byQuery = await get(`/ingest/osmand?id=bike-1&${place}&timestamp=${timeMs}`)
  expect([byQuery.status, await byQuery.text()]).toEqual([200, ''])
  const byForm = await post('/ingest/osmand', `id=bike-1&${place}&timestamp=${timeMs + 1_000}`, form)
  expect(byForm.status).toBe(200)
  const location = {
    timestamp: new Date(timeMs + 2_000).toISOString(),
    coords: { latitude: 52.373, longitude: 4.8925, accuracy: 5, speed: -1, heading: -1, altitude: 1 },
  }
  const byJson = await post('/ingest/osmand', JSON.stringify({ device_id: 'bike-1', location }), json)
  expect(byJson.status).toBe(200)
  expect((await get('/ingest/osmand?id=bike-1&batt=40')).status).toBe(200)
  expect(await countHistory(store, no)).toBe(3)
})

test('OsmAnd: what cannot be taken is said in one line of text', async () => {
  const { get, post } = await openApi()
  const cases: [Promise<Response>, number, string][] = [
    [get(`/ingest/osmand?${place}`), 400, 'id is missing'],
    [get(`/ingest/osmand?id=nobody&${place}`), 400, 'No tracker with this id'],
    [get('/ingest/osmand?id=bike-1&lat=95&lon=4'), 400, 'lat is "95"'],
    [post('/ingest/osmand', '{"device_id":"nobody","location":{}}', json), 404, 'No tracker with this id'],
    [post('/ingest/osmand', '{"device_id":', json), 400, 'no JSON object'],
    [post('/ingest/osmand', 'x'.repeat(65_537), form), 413, 'at most 65536 bytes'],
    [post('/ingest/osmand', 'id=bike-1', { ...form, 'content-encoding': 'gzip' }), 415, 'Compressed'],
  ]
  for (const [request, status, line] of cases) {
    const response = await request
    const text = await response.text()
    expect([response.status, text]).toEqual([status, expect.stringContaining(line)])
    expect(text.trimEnd()).not.toContain('\n')
    expect(response.headers.get('content-type')).toContain('text/plain')
  }
})

const basic = (user: string, password: string) => ({
  ...json,
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})
const location = (tst: number) =>
  JSON.stringify({ _type: 'location', lat: 52.373, lon: 4.8925, tst, tid: 'b1' })

test('OwnTracks: the tracker may be the user or the device, and its secret is the password', async () => {
  const { post, store, no } = await openApi()
  const tst = recentMs() / 1000
  const asUser = await post('/ingest/owntracks', location(tst), {
    ...basic('bike-1', secretOf('bike-1')),
    'x-limit-u': 'bike-1',
    'x-limit-d': 'anna-phone',
  })
  expect([asUser.status, await asUser.json()]).toEqual([200, []])
  const asDevice = await post(
    '/ingest/owntracks?u=anna&d=bike-1',
    location(tst + 1),
    basic('anna', secretOf('bike-1')),
  )
  expect([asDevice.status, await asDevice.json()]).toEqual([200, []])
  expect(await countHistory(store, no)).toBe(2)
})

test('OwnTracks: without the right password nothing is stored', async () => {
  const { post, store, no } = await openApi()
  await addTrackedBike(store, 'bike-2')
  const body = location(recentMs() / 1000)
  const wrong: (Record<string, string> | undefined)[] = [
    undefined,
    json,
    { ...json, authorization: 'Bearer abc' },
    basic('bike-1', 'wrong'),
    basic('bike-1', ''),
    basic('bike-1', secretOf('bike-2')),
    basic('nobody', secretOf('bike-1')),
    // A known user with its own password cannot speak for another's device.
    { ...basic('anna', secretOf('bike-2')), 'x-limit-d': 'bike-1' },
  ]
  for (const headers of wrong) {
    const response = await post('/ingest/owntracks', body, headers)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('Basic')
    await response.text()
  }
  expect(await countHistory(store, no)).toBe(0)
})

test('OwnTracks: a new secret holds at once and the old one no longer', async () => {
  const { post, store } = await openApi()
  const tst = recentMs() / 1000
  expect((await post('/ingest/owntracks', location(tst), basic('bike-1', secretOf('bike-1')))).status).toBe(
    200,
  )
  const device = (await store.list('device', { limit: 10 })).items[0]!
  const secretHash = createHash('sha256').update('new').digest('hex')
  await execute(store, { type: 'device.rotate', id: device.id, expectedVersion: null, secretHash })
  expect((await post('/ingest/owntracks', location(tst + 1), basic('bike-1', 'new'))).status).toBe(200)
  await waitFor(async () =>
    expect(
      (await post('/ingest/owntracks', location(tst + 2), basic('bike-1', secretOf('bike-1')))).status,
    ).toBe(401),
  )
})

test('OwnTracks: other messages are answered with an empty list, encrypted ones are refused', async () => {
  const { post } = await openApi()
  const own = basic('bike-1', secretOf('bike-1'))
  for (const body of ['', '{"_type":"status"}', '{"_type":"transition"}']) {
    const response = await post('/ingest/owntracks', body, own)
    expect([response.status, await response.json()]).toEqual([200, []])
  }
  expect((await post('/ingest/owntracks', '{"_type":"encrypted","data":"x"}', own)).status).toBe(422)
  expect((await post('/ingest/owntracks', '{"_type":"location"}', own)).status).toBe(400)
})

const item = (device: string, time: number, more: object = {}) => ({
  device,
  time,
  lat: 52.373,
  lon: 4.8925,
  ...more,
})

test('a batch is answered item by item', async () => {
  const { post, store, no } = await openApi()
  const timeMs = recentMs()
  const items = [
    item('bike-1', timeMs),
    item('bike-1', timeMs),
    item('bike-1', timeMs + 1_000, { lat: 52.5 }),
    item('bike-1', timeMs + 2_000, { lat: 95 }),
    item('nobody', timeMs),
    item('bike-1', timeMs + 5 * 86_400_000),
  ]
  const response = await post('/ingest/positions', JSON.stringify(items), json)
  expect(response.status).toBe(200)
  const answer = (await response.json()) as BatchAnswer
  expect(answer).toEqual({
    stored: 1,
    duplicate: 1,
    accepted: 0,
    flagged: 1,
    rejected: 3,
    results: [
      { result: 'stored' },
      { result: 'duplicate' },
      { result: 'flagged', reason: 'jump' },
      { result: 'rejected', reason: expect.stringMatching(/^Item 4: lat is 95/) },
      { result: 'rejected', reason: 'Item 5: no tracker "nobody" is registered.' },
      { result: 'rejected', reason: expect.stringMatching(/^Item 6: the time is more than two days ahead/) },
    ],
  })
  expect(await countHistory(store, no)).toBe(2)
  const short = await post('/ingest/positions?results=errors', JSON.stringify(items.slice(0, 5)), json)
  expect(await short.json()).toMatchObject({
    stored: 0,
    duplicate: 3,
    results: [
      { item: 4, result: 'rejected' },
      { item: 5, result: 'rejected' },
    ],
  })
})

test('a batch may be lines', async () => {
  const { post } = await openApi()
  const lines = [item('bike-1', recentMs()), item('bike-1', recentMs() + 1_000)]
  const body = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`
  const response = await post('/ingest/positions', body, { 'content-type': 'application/x-ndjson' })
  expect(await response.json()).toMatchObject({ stored: 2, rejected: 0 })
})

test('a batch that cannot be read as a whole is a problem', async () => {
  const { post } = await openApi()
  const cases: [string, Record<string, string>, number, string][] = [
    ['{}', json, 400, 'malformed_request'],
    ['[', json, 400, 'malformed_request'],
    ['[]', { 'content-type': 'text/csv' }, 415, 'unsupported_media_type'],
    [`[${'{},'.repeat(10_001)}{}]`, json, 413, 'payload_too_large'],
    [`[${' '.repeat(8 * 1024 * 1024)}]`, json, 413, 'payload_too_large'],
  ]
  for (const [body, headers, status, code] of cases) {
    const response = await post('/ingest/positions', body, headers)
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ code })])
  }
})

test('when the database is away every protocol is asked to send again', async () => {
  const { get, post, gate, store, no } = await openApi()
  gate.failure = new AppError('database_unavailable', 'away')
  const timeMs = recentMs()
  const responses = [
    await get(`/ingest/osmand?id=bike-1&${place}&timestamp=${timeMs}`),
    await post('/ingest/owntracks', location(timeMs / 1000), basic('bike-1', secretOf('bike-1'))),
    await post('/ingest/positions', JSON.stringify([item('bike-1', timeMs)]), json),
  ]
  for (const response of responses) {
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    await response.text()
  }
  expect(await countHistory(store, no)).toBe(0)
})

test('a bug of ours reads "send again" too', async () => {
  const { get, gate } = await openApi()
  gate.failure = new TypeError('a bug')
  expect((await get(`/ingest/osmand?id=bike-1&${place}`)).status).toBe(503)
})

test('when the queue is full, requests are turned away before their bodies are read, and nothing of them is taken', async () => {
  const { get, post, gate, store, no } = await openApi({ queuedFixes: 2 })
  const timeMs = recentMs()
  gate.shut()
  const taken = [0, 1].map((i) => get(`/ingest/osmand?id=bike-1&${place}&timestamp=${timeMs + i}`))
  await waitFor(async () => {
    const refused = await post('/ingest/positions', JSON.stringify([item('bike-1', timeMs + 9)]), json)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
  })
  const refused = await get(`/ingest/osmand?id=bike-1&${place}&timestamp=${timeMs + 8}`)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
  gate.open()
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200])
  const { items } = await store.history({ bikeNo: no, fromMs: timeMs, toMs: timeMs + 10, limit: 10 })
  expect(items.map((position) => position.timeMs - timeMs).filter((ms) => ms >= 8)).toEqual([])
})

test('bodies on their way in are bounded, and what they held is given back', async () => {
  const { post } = await openApi({}, 1_000)
  const body = JSON.stringify([item('bike-1', recentMs())])
  for (let i = 0; i < 30; i++) {
    const response = await post('/ingest/positions', body, json)
    await response.text()
    // The room is given back when the answer has left, which the client may see first.
    if (response.status === 503) i -= 1
    else expect(response.status).toBe(200)
  }
  expect((await post('/ingest/positions', `[${' '.repeat(2_000)}]`, json)).status).toBe(503)
})
