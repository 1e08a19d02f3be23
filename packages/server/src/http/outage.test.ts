import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Problem } from '@fleet/api'
import { openStore } from '@fleet/store'
import {
  type FaultProxy,
  type MessageFault,
  type PostgresServer,
  startFaultProxy,
  startPostgres,
} from '@fleet/store/testing'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { json, openTestServer, type TestServer } from '../../testing/test-server.ts'
import { openScreen } from '../live/live-fixture.ts'
import type { Readiness } from './health.ts'
import { waitFor } from '../../testing/wait-for.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

const backMs = 30_000

async function prepare() {
  const proxy = await startFaultProxy(postgres)
  const database = await postgres.createDatabase()
  const config = postgres.config(database, 5)
  const client = await postgres.connect(database)
  const store = await openStore({ ...config, port: proxy.port })
  const upkeep = vi.spyOn(store, 'maintain')
  const server = await openTestServer(store, { now: Date.now })
  // Its commits are not to meet what is planned for others.
  await Promise.all(upkeep.mock.results.map(({ value }) => value))
  onTestFinished(async () => {
    proxy.heal()
    await server.close()
    await proxy.close()
  })
  await server.addUser('anna', 'admin')
  return { proxy, server, client, cookie: await server.signIn('anna') }
}

async function readiness(server: TestServer): Promise<Readiness & { code: number }> {
  const response = await server.fetch('/readyz')
  return { code: response.status, ...((await response.json()) as Readiness) }
}

const bike = (cookie: string, key: string, code = 'AMS-0042') =>
  json({ code, kind: 'city' }, { cookie, 'idempotency-key': key })

/** The next commit meets the fault and nobody comes through to the database after it. Resolves then. */
const cutCommit = (proxy: FaultProxy, fault: MessageFault) =>
  new Promise<void>((resolve) => {
    proxy.plan(fault, 'commit', 0, () => {
      // Before the store tries again, which it does at once.
      proxy.refuse()
      proxy.reset()
      resolve()
    })
  })

test('/readyz follows the database, and says since when', async () => {
  const { server } = await prepare()
  expect(await readiness(server)).toMatchObject({ code: 200, status: 'fine', backend: 'postgres' })
  const cutMs = Date.now()
  await postgres.halt('immediate')
  await vi.waitFor(
    async () => expect(await readiness(server)).toMatchObject({ code: 503, status: 'switching' }),
    backMs,
  )
  const { since, sinceSeconds } = await readiness(server)
  expect(Date.parse(since)).toBeGreaterThanOrEqual(cutMs - 1_000)
  expect(Date.parse(since)).toBeLessThanOrEqual(Date.now())
  expect(sinceSeconds).toBeLessThan(backMs / 1_000)
  await postgres.resume()
  await vi.waitFor(
    async () => expect(await readiness(server)).toMatchObject({ code: 200, status: 'fine' }),
    backMs,
  )
  expect(Date.parse((await readiness(server)).since)).toBeGreaterThan(Date.parse(since))
})

test(
  'a command that comes while the database is away is done once when it is back',
  { timeout: 60_000 },
  async () => {
    const { server, cookie } = await prepare()
    await postgres.halt('immediate')
    const key = randomUUID()
    const answer = server.fetch('/api/bikes', bike(cookie, key))
    await vi.waitFor(async () => expect(await readiness(server)).toMatchObject({ code: 503 }), backMs)
    await postgres.resume()
    expect((await answer).status).toBe(201)
    const again = await server.fetch('/api/bikes', bike(cookie, key))
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
  },
)

test('a command whose sender went away while it waited for the database is not done afterwards', async () => {
  const { proxy, server, cookie } = await prepare()
  const cut = cutCommit(proxy, 'cut_before')
  const leaving = new AbortController()
  const left = server.fetch('/api/bikes', {
    ...bike(cookie, randomUUID(), 'AMS-0001'),
    signal: leaving.signal,
  })
  await cut
  leaving.abort()
  await expect(left).rejects.toThrow('aborted')
  const staying = server.fetch('/api/bikes', bike(cookie, randomUUID(), 'AMS-0002'))
  await vi.waitFor(async () => expect(await readiness(server)).toMatchObject({ code: 503 }), backMs)
  proxy.heal()
  expect((await staying).status).toBe(201)
  const list = await server.fetch('/api/bikes', { headers: { cookie } })
  const { items } = (await list.json()) as { items: { code: string }[] }
  expect(items.map(({ code }) => code)).toEqual(['AMS-0002'])
})

test('a command whose sender went away while the database was asked who they are is not done either', async () => {
  const { server, cookie } = await prepare()
  const made = await server.fetch('/api/bikes', bike(cookie, randomUUID()))
  const address = made.headers.get('location')!
  await postgres.halt('immediate')
  await vi.waitFor(async () => expect(await readiness(server)).toMatchObject({ code: 503 }), backMs)
  const leaving = new AbortController()
  const left = server.fetch(address, { method: 'DELETE', headers: { cookie }, signal: leaving.signal })
  setTimeout(() => leaving.abort(), 200)
  await expect(left).rejects.toThrow('aborted')
  await postgres.resume()
  expect((await server.fetch('/api/bikes', bike(cookie, randomUUID(), 'AMS-0043'))).status).toBe(201)
  expect((await server.fetch(address, { headers: { cookie } })).status).toBe(200)
})

test('who signed out elsewhere may look while the database is away, and is told nothing that it tells when it is back', async () => {
  const { server, cookie, client } = await prepare()
  expect((await server.fetch('/api/session', { headers: { cookie } })).status).toBe(200)
  await client.query('DELETE FROM sessions')
  await postgres.halt('immediate')
  await vi.waitFor(async () => expect(await readiness(server)).toMatchObject({ code: 503 }), backMs)
  expect((await server.fetch('/api/session', { headers: { cookie } })).status).toBe(200)
  const users = server.fetch('/api/users', { headers: { cookie } })
  await sleep(200)
  await postgres.resume()
  expect((await users).status).toBe(401)
})

test('a database whose connections are all at work is there', async () => {
  const { server, cookie, client } = await prepare()
  await client.query(`SELECT pg_advisory_lock(hashtextextended('everything', 0))`)
  const waiting = Array.from({ length: 8 }, (_, i) =>
    server.fetch('/api/bikes', bike(cookie, randomUUID(), `AMS-000${i}`)),
  )
  await sleep(1_500)
  expect(await readiness(server)).toMatchObject({ code: 200, status: 'fine' })
  await client.query(`SELECT pg_advisory_unlock(hashtextextended('everything', 0))`)
  for (const answer of waiting) expect((await answer).status).toBe(201)
})

test(
  'a command that cannot be settled in time says whether it was done, and is done once when it is sent again',
  { timeout: 120_000 },
  async () => {
    const { proxy, server, cookie } = await prepare()
    const send = (code: string) => server.fetch('/api/bikes', bike(cookie, `key-of-${code}`, code))
    const cut = cutCommit(proxy, 'cut_during')
    const broken = send('AMS-0001')
    await cut
    const late = send('AMS-0002')
    for (const [answer, code] of [
      [await broken, 'outcome_unknown'],
      [await late, 'database_unavailable'],
    ] as const) {
      expect(answer.status).toBe(503)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect((await answer.json()) as Problem).toMatchObject({ code })
    }
    expect((await broken).headers.get('idempotency-key')).toBe('key-of-AMS-0001')
    proxy.heal()
    for (const code of ['AMS-0001', 'AMS-0002']) expect((await send(code)).status).toBe(201)
    const list = await server.fetch('/api/bikes', { headers: { cookie } })
    expect(((await list.json()) as { items: unknown[] }).items).toHaveLength(2)
  },
)

test('who opens a page while the database is away is known and sees what was known; who signed out is not', async () => {
  const { server, cookie } = await prepare()
  await server.addUser('bram', 'dispatcher')
  const gone = await server.signIn('bram')
  const live = { url: `${server.url.replace('http', 'ws')}/api/live` }
  const before = await openScreen(live, cookie)
  await waitFor(() => expect(before.messages[0]).toMatchObject({ type: 'snapshot' }))
  expect((await server.fetch('/api/bikes', bike(cookie, randomUUID()))).status).toBe(201)
  await waitFor(() => expect(before.changes).toHaveLength(1))
  for (const who of [cookie, gone])
    expect((await server.fetch('/api/session', { headers: { cookie: who } })).status).toBe(200)
  expect((await server.fetch('/api/session', { method: 'DELETE', headers: { cookie: gone } })).status).toBe(
    204,
  )

  await postgres.halt('immediate')
  await vi.waitFor(async () => expect(await readiness(server)).toMatchObject({ code: 503 }), backMs)
  expect((await server.fetch('/api/session', { headers: { cookie } })).status).toBe(200)
  const after = await openScreen(live, cookie)
  await waitFor(() => expect(after.changes.map(({ kind }) => kind)).toEqual(['bike']))
  expect(after.messages.map(({ type }) => type)).toEqual(['database', 'snapshot', 'changes'])
  const snapshot = after.messages.find((message) => message.type === 'snapshot')!
  expect(snapshot).toMatchObject({ serverTimeMs: expect.closeTo(Date.now(), -5) })
  // Not believed: this waits for the database, which answers once it is back.
  const refused = server.fetch('/api/session', { headers: { cookie: gone } })
  await postgres.resume()
  expect((await refused).status).toBe(401)
  expect((await server.fetch('/api/bikes', bike(cookie, randomUUID(), 'AMS-0043'))).status).toBe(201)
  await waitFor(() => expect(after.changes).toHaveLength(2))
})

test('screens are told when the database goes and when it is back, those too that come meanwhile', async () => {
  const { server, cookie } = await prepare()
  const live = { url: `${server.url.replace('http', 'ws')}/api/live` }
  const watching = await openScreen(live, cookie)
  await waitFor(() => expect(watching.messages[0]).toMatchObject({ type: 'snapshot' }))
  const states = (screen: typeof watching) =>
    screen.messages.flatMap((message) => (message.type === 'database' ? [message.state] : []))
  const late = await openScreen(live, cookie, { silent: true })
  await postgres.halt('immediate')
  await vi.waitFor(() => expect(states(watching)).toEqual(['switching']), backMs)
  late.socket.send(JSON.stringify({ type: 'start' }))
  await vi.waitFor(() => expect(states(late)).toEqual(['switching']), backMs)
  const message = watching.messages.find(({ type }) => type === 'database')
  expect(message).toMatchObject({ sinceMs: expect.closeTo(Date.now(), -5), serverTimeMs: expect.any(Number) })
  await postgres.resume()
  for (const screen of [watching, late])
    await vi.waitFor(() => expect(states(screen)).toEqual(['switching', 'fine']), backMs)
})

test('metrics say how it is with the database', async () => {
  const { server } = await prepare()
  const read = async () => (await server.fetch('/metrics')).text()
  expect(await read()).toContain('fleet_database_state{state="fine"} 1')
  expect(await read()).toContain('fleet_database_pool_connections{kind="max"} 5')
  await postgres.halt('immediate')
  await vi.waitFor(
    async () => expect(await read()).toContain('fleet_database_state{state="switching"} 1'),
    backMs,
  )
  expect(await read()).toContain('fleet_database_state{state="fine"} 0')
  await postgres.resume()
  await vi.waitFor(async () => expect(await read()).toContain('fleet_database_state{state="fine"} 1'), backMs)
  expect(await read()).toMatch(/fleet_store_unknown_outcomes_total\{settlement="unsettled"\} 0/)
  expect(await read()).toMatch(/fleet_change_feed_listening [01]/)
})
