import { connect } from 'node:net'
import { liveSnapshot } from '@fleet/api'
import type { User, ZoneEvent } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { expect, test, vi } from 'vitest'
import {
  addBike,
  addTrackedBike,
  execute,
  makeFix,
  makeReport,
  openSqliteFleet,
  recentMs,
  startIngest,
} from '../ingest/fleet-fixture.ts'
import { cut, openLive, openScreen, waitForStart } from './live-fixture.ts'
import { waitFor } from '../../testing/wait-for.ts'

async function openWatched(role: User['role'] = 'dispatcher') {
  const store = await openSqliteFleet()
  const live = await openLive(store)
  const account = await live.signIn(role)
  return { store, live, ...account }
}

const setUser = (store: Store, user: User, patch: { disabled?: boolean; role?: User['role'] }) =>
  execute(store, { type: 'user.update', id: user.id, expectedVersion: null, patch })

test('a client starts with a snapshot and then hears of every change', async () => {
  const { store, live, cookie } = await openWatched()
  await addBike(store)
  const screen = await openScreen(live, cookie)
  await waitForStart(screen)
  expect(liveSnapshot.parse(screen.messages[0]).bikes).toHaveLength(1)
  const id = await addBike(store)
  await waitFor(() => expect(screen.changes).toMatchObject([{ kind: 'bike', id, command: 'bike.create' }]))
  expect(screen.seq).toBe(await store.headSeq())
})

test('accounts are not shown, neither in the snapshot nor as changes', async () => {
  const { store, live, cookie } = await openWatched()
  const screen = await openScreen(live, cookie)
  await waitForStart(screen)
  await live.signIn('mechanic', 'hidden-name')
  await addBike(store)
  await waitFor(() => expect(screen.changes).toHaveLength(1))
  expect(JSON.stringify(screen.messages)).not.toContain('hidden-name')
  expect(screen.messages[0]).not.toHaveProperty('users')
})

test('bikes that cross the border of a zone are told to those who follow', async () => {
  const { live, cookie } = await openWatched()
  const screen = await openScreen(live, cookie)
  await waitForStart(screen)
  const event = {
    no: 1,
    timeMs: recentMs(),
    kind: 'enter',
    zoneId: '00000000-0000-7000-8000-000000000001' as ZoneEvent['zoneId'],
    zoneName: 'West',
    zoneKind: 'slow',
    bikeNo: 1,
    courierNo: null,
    lat: 52.3,
    lon: 4.9,
  } as const
  live.hub.publishZoneEvents([])
  live.hub.publishZoneEvents([event])
  const told = () => screen.messages.filter(({ type }) => type === 'zone_events')
  await waitFor(() => expect(told()).toEqual([{ type: 'zone_events', events: [event] }]))
})

test('markers come in the snapshot, then as frames', async () => {
  const { store, live, cookie } = await openWatched()
  const { no } = await addTrackedBike(store, 'bike-1')
  const ingest = await startIngest(store, { onMarkers: (moved) => live.hub.publishMarkers(moved) })
  const timeMs = recentMs()
  const send = (at: number) => ingest.submit('batch', [makeReport('bike-1', makeFix(at))], 100)
  await send(timeMs)
  const screen = await openScreen(live, cookie)
  await waitForStart(screen)
  expect(screen.markers.get(no)?.timeMs).toBe(timeMs)
  await send(timeMs + 1_000)
  await waitFor(() => expect(screen.markers.get(no)?.timeMs).toBe(timeMs + 1_000))
  const metrics = await live.registry.metrics()
  expect(metrics).toContain('fleet_live_clients 1')
  expect(metrics).toContain('fleet_live_joins_total{how="snapshot"} 1')
})

test('whoever comes back gets what was missed and all markers, without a snapshot', async () => {
  const { store, live, cookie } = await openWatched()
  const { no } = await addTrackedBike(store, 'bike-1')
  const ingest = await startIngest(store, { onMarkers: (moved) => live.hub.publishMarkers(moved) })
  const first = await openScreen(live, cookie)
  await waitForStart(first)
  const [seq, logId] = [first.seq!, first.logId!]
  await cut(first)
  const ids = [await addBike(store), await addBike(store)]
  const timeMs = recentMs()
  await ingest.submit('batch', [makeReport('bike-1', makeFix(timeMs))], 100)
  const second = await openScreen(live, cookie, { resume: { logId, seq } })
  await waitFor(() => expect(second.changes.map(({ id }) => id)).toEqual(ids))
  expect(second.messages[0]).toMatchObject({ type: 'resumed', seq })
  await waitFor(() => expect(second.markers.get(no)?.timeMs).toBe(timeMs))
})

test('after a restart of the server a client resumes from the log itself', async () => {
  const { store, live, cookie } = await openWatched()
  const screen = await openScreen(live, cookie)
  await waitForStart(screen)
  const resume = { logId: screen.logId!, seq: screen.seq! }
  const ids = [await addBike(store), await addBike(store), await addBike(store)]
  const restarted = await openLive(store)
  const again = await openScreen(restarted, cookie, { resume })
  await waitFor(() => expect(again.changes.map(({ id }) => id)).toEqual(ids))
  expect(again.messages.map(({ type }) => type)).not.toContain('snapshot')
})

test('a place of another log, or one that lies ahead, is worth a snapshot', async () => {
  const { store, live, cookie } = await openWatched()
  await addBike(store)
  const screen = await openScreen(live, cookie)
  await waitForStart(screen)
  for (const resume of [
    { logId: 'another', seq: '1' },
    { logId: screen.logId!, seq: '999999' },
  ]) {
    const other = await openScreen(live, cookie, { resume })
    await waitForStart(other)
    expect(other.messages[0]).toMatchObject({ type: 'snapshot' })
  }
})

test('what is not one start message ends the connection', async () => {
  const { live, cookie } = await openWatched()
  for (const text of ['hello', '{"type":"stop"}', '{"type":"start","resume":{"logId":"x","seq":"-1"}}']) {
    const screen = await openScreen(live, cookie, { silent: true })
    screen.socket.send(text)
    await waitFor(() => expect(screen.closed?.code).toBe(1008))
  }
  const twice = await openScreen(live, cookie)
  await waitForStart(twice)
  twice.socket.send('{"type":"start"}')
  await waitFor(() => expect(twice.closed?.code).toBe(1008))
  const large = await openScreen(live, cookie, { silent: true })
  large.socket.send('x'.repeat(10_000))
  await waitFor(() => expect(large.closed?.code).toBe(1009))
})

test('only people who may watch get in, and only from pages of this app', async () => {
  const { live, cookie } = await openWatched()
  const courier = await live.signIn('courier')
  const open = (cookieOf: string, origin?: string) =>
    openScreen(live, cookieOf, origin === undefined ? {} : { headers: { origin } })
  await expect(open('')).rejects.toThrow('401')
  await expect(open('session=forged')).rejects.toThrow('401')
  await expect(open(courier.cookie)).rejects.toThrow('403')
  await expect(open(cookie, 'https://evil.example')).rejects.toThrow('403')
  await expect(open(cookie, new URL(live.url).origin.replace('ws', 'https'))).resolves.toBeDefined()
  for (const role of ['admin', 'mechanic', 'viewer'] as const)
    await waitForStart(await open((await live.signIn(role)).cookie))
})

test('the socket of a refused upgrade is closed, whichever address it was for', async () => {
  const { live } = await openWatched()
  const { hostname, port } = new URL(live.url)
  for (const path of ['/api/live', '/api/bikes', '/nothing']) {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    await new Promise((resolve) => socket.once('end', resolve))
    expect(answer).toMatch(/^HTTP\/1\.1 40[14] /)
    socket.destroy()
  }
})

test('a person who is disabled is cut off within seconds, others stay', async () => {
  const { store, live, cookie } = await openWatched()
  const leaver = await live.signIn('dispatcher')
  const [stays, leaves] = [await openScreen(live, cookie), await openScreen(live, leaver.cookie)]
  await waitForStart(leaves)
  await setUser(store, leaver.user, { disabled: true })
  await waitFor(() => expect(leaves.closed).toEqual({ code: 1008, reason: 'The session has ended' }))
  expect(stays.closed).toBeNull()
  await expect(openScreen(live, leaver.cookie)).rejects.toThrow('401')
})

test('a person who becomes a courier is cut off', async () => {
  const { store, live, user, cookie } = await openWatched('viewer')
  const screen = await openScreen(live, cookie)
  await waitForStart(screen)
  await setUser(store, user, { role: 'courier' })
  await waitFor(() => expect(screen.closed?.code).toBe(1008))
})

test('signing out ends the live connection of that session', async () => {
  const { live, token, cookie } = await openWatched()
  const screen = await openScreen(live, cookie)
  await waitForStart(screen)
  await live.signOut(token)
  live.hub.recheckSessions()
  await waitFor(() => expect(screen.closed?.code).toBe(1008))
})

test('a stopping server says so and comes to an end', async () => {
  const { live, cookie } = await openWatched()
  const screen = await openScreen(live, cookie)
  await waitForStart(screen)
  await live.hub.close()
  await waitFor(() => expect(screen.closed?.code).toBe(1001))
  expect(live.hub.clientCount).toBe(0)
})

test('a client that reads nothing costs a bounded amount, and gets the newest state when it reads', async () => {
  const { store, live, cookie } = await openWatched()
  const { no } = await addTrackedBike(store, 'bike-1')
  const ingest = await startIngest(store)
  await ingest.submit('batch', [makeReport('bike-1', makeFix(recentMs()))], 100)
  const sample = ingest.moved[0]!
  const slow = await openScreen(live, cookie)
  const quick = await openScreen(live, cookie)
  await waitForStart(slow)
  await waitForStart(quick)
  slow.socket.pause()
  // 20,000 bikes make a frame of 640 kB: the buffers of the system are full after some of them.
  const markers = (timeMs: number) =>
    Array.from({ length: 20_000 }, (_, i) => ({ ...sample, bikeNo: 1_000_000 + i, timeMs }))
  let timeMs = sample.timeMs
  const publishUntilSeen = async () => {
    timeMs += 1_000
    live.hub.publishMarkers([...markers(timeMs), { ...sample, timeMs }])
    await vi.waitFor(() => expect(quick.markers.get(no)?.timeMs).toBe(timeMs), {
      interval: 5,
      timeout: 30_000,
    })
  }
  for (let i = 0; i < 40; i++) await publishUntilSeen()
  const lastSeen = slow.markers.get(no)?.timeMs ?? 0
  expect(lastSeen).toBeLessThan(timeMs)
  // One frame above the bound at most, of all that were sent meanwhile.
  expect(live.hub.waitingBytes).toBeLessThan(2 * 1024 * 1024)
  const framesBefore = slow.frames
  slow.socket.resume()
  await waitFor(() => expect(slow.markers.get(no)?.timeMs).toBe(timeMs))
  expect(slow.frames - framesBefore).toBeLessThan(quick.frames)
})

test('a client that falls out of the window of changes is given a snapshot', async () => {
  const { store, live, cookie } = await openWatched()
  const slow = await openScreen(live, cookie)
  await waitForStart(slow)
  slow.socket.pause()
  const note = 'x'.repeat(2_000)
  const bikeId = await addBike(store)
  const commands = (from: number) =>
    Array.from({ length: 1_000 }, (_, i) => ({
      type: 'bike.update' as const,
      id: bikeId,
      expectedVersion: null,
      patch: { note: `${from + i} ${note}`.slice(0, 2_000) },
    }))
  const context = (key: string) => ({ key, actor: { id: null, name: 'test' }, nowMs: Date.now() })
  for (let from = 0; from < 16_000; from += 1_000)
    await store.executeAll(commands(from), context(`bulk-${from}`))
  const head = await store.headSeq()
  expect(live.hub.waitingBytes).toBeLessThan(4 * 1024 * 1024)
  slow.socket.resume()
  await vi.waitFor(() => expect(BigInt(slow.seq!)).toBeGreaterThanOrEqual(BigInt(head)), { timeout: 15_000 })
  const snapshots = slow.messages.filter(({ type }) => type === 'snapshot')
  expect(snapshots.length).toBeGreaterThan(1)
  const newest =
    slow.changes.findLast(({ id }) => id === bikeId)?.entity ?? liveSnapshot.parse(snapshots.at(-1)).bikes[0]
  expect(newest).toMatchObject({ note: expect.stringMatching(/^15999 /) })
})
