import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import type { Store } from '@fleet/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, sqliteBackend, type TestBackend } from '../testing/backends.ts'
import { json, openTestServer, password, signInAllRoles } from '../testing/test-server.ts'

let backend: TestBackend
beforeAll(async () => {
  backend = await sqliteBackend()
})
afterAll(() => backend.stop())

/** The store, with one operation that waits until it is let go. */
function holding<K extends keyof Store>(store: Store, operation: K) {
  const reached = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const events: string[] = []
  const proxy = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        if (name === 'close') events.push('store closed')
        if (name !== operation) return Reflect.apply(member, target, args) as unknown
        reached.resolve()
        return held.promise
          .then(() => Reflect.apply(member, target, args) as unknown)
          .finally(() => events.push('answered'))
      }
    },
  })
  return { store: proxy, reached: reached.promise, letGo: held.resolve, events }
}

describe('stopping', () => {
  test('lets a request in flight finish, takes no new one, and closes the store last', async () => {
    const { store, reached, letGo, events } = holding(await backend.open(), 'get')
    const server = await openTestServer(store)
    const { cookies } = await signInAllRoles(server)
    const flying = server.fetch(`/api/bikes/${randomUUID()}`, { headers: { cookie: cookies.admin } })
    await reached
    const startedMs = performance.now()
    const closed = server.close()
    expect(await fetchUntilRefused(server.url)).toBe('refused')
    expect(events).toEqual([])
    letGo()
    expect((await flying).status).toBe(404)
    await closed
    expect(events).toEqual(['answered', 'store closed'])
    // Not by cutting what is left after ten seconds.
    expect(performance.now() - startedMs).toBeLessThan(8_000)
  })

  test('twice is stopping once', async () => {
    const server = await openTestServer(await backend.open())
    await Promise.all([server.close(), server.close()])
    await server.close()
  })
})

/** New connections are refused from some moment on: no sleeping, each try is a round trip. */
async function fetchUntilRefused(url: string): Promise<string> {
  const deadline = Date.now() + 30_000
  while (Date.now() < deadline) {
    const open = await fetch(`${url}/healthz`, { headers: { connection: 'close' } }).then(
      () => true,
      () => false,
    )
    if (!open) return 'refused'
  }
  return 'still open'
}

describe('starting', () => {
  test('on a port that is taken says so, and lets the store go', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const { store, events } = holding(await backend.open(), 'get')
    await expect(openTestServer(store, { port })).rejects.toMatchObject({ code: 'address_in_use' })
    expect(events).toEqual(['store closed'])
    await new Promise((resolve) => taken.close(resolve))
  })

  test('on an address of another machine says so', async () => {
    await expect(openTestServer(await backend.open(), { host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
  })

  test('beyond this machine gives no link, and says how to make an account', async () => {
    const server = await openTestServer(await backend.open(), { host: '0.0.0.0' })
    expect(server.signInLink).toBeNull()
    expect((await server.store.list('user', { limit: 1 })).items).toEqual([])
    expect(server.logged.join()).toContain('npm run fleet -- user add NAME --role admin')
    await server.close()
  })

  test('beyond this machine with an admin says nothing of accounts', async () => {
    const store = await backend.open()
    const first = await openTestServer(keptOpen(store))
    await first.addUser('anna', 'admin')
    await first.close()
    const server = await openTestServer(store, { host: '0.0.0.0' })
    expect(server.logged.join()).not.toContain('user add')
    await server.close()
  })

  test('again gives the link to the same account', async () => {
    const store = await backend.open()
    const first = await openTestServer(keptOpen(store))
    await first.close()
    const server = await openTestServer(store)
    expect(server.signInLink).not.toBe(first.signInLink)
    expect((await store.list('user', { limit: 10 })).items.map(({ name }) => name)).toEqual(['owner'])
    await server.close()
  })
})

/** A store that outlives its server, for the next one. */
const keptOpen = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target)
      if (name === 'close') return () => Promise.resolve()
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })

describe.each(backends)('with %s', (_name, openBackend) => {
  test('no secret is ever logged, and metrics name routes, not addresses', async () => {
    const backend = await openBackend()
    const server = await openTestServer(await backend.open())
    const { cookies } = await signInAllRoles(server)
    const client = server.client(cookies.admin)
    const bike = await client.call('createBike', { body: { code: 'AMS-0042', kind: 'cargo' } })
    const { device, secret } = await client.call('createDevice', {
      body: { name: 'Phone', mount: { on: 'bike', bikeId: bike.id } },
    })
    await server.fetch(`/ingest/osmand?id=${device.trackerId}&lat=52.37&lon=4.89`)
    await server.fetch('/ingest/osmand?id=nobody-knows-it&lat=52.37&lon=4.89')
    await server.fetch('/api/session', json({ name: 'the-admin', password: 'a wrong password' }))
    await server.fetch(`/api/bikes?cursor=${secret}`, { headers: { cookie: cookies.admin } })
    const token = server.signInLink!.split('/#/link/')[1]!
    await server.fetch('/api/session/link', json({ token }))
    const metrics = await (await server.fetch('/metrics')).text()
    await server.close()
    await backend.stop()

    const log = server.logged.join('')
    expect(log).toContain('"route":"/api/devices"')
    const secrets = [secret, password, 'a wrong password', token, device.trackerId, '$argon2id']
    for (const text of [...secrets, ...Object.values(cookies).map((cookie) => cookie.split('=')[1]!)])
      expect({ text, logged: log.includes(text) }).toEqual({ text, logged: false })
    expect(metrics).toMatch(
      /fleet_http_request_duration_seconds_count\{method="POST",route="\/api\/devices",status="201"\} 1/,
    )
    expect(metrics).toMatch(
      /fleet_store_operation_duration_seconds_count\{operation="execute",outcome="ok"\} \d+/,
    )
    expect(metrics).not.toContain(bike.id)
  })
})

test('metrics are for this machine, unless they are opened', async () => {
  const closed = await openTestServer(await backend.open())
  expect((await closed.fetch('/metrics')).status).toBe(200)
  const forwarded = { headers: { 'x-forwarded-for': '192.0.2.7' } }
  expect((await closed.fetch('/metrics', forwarded)).status).toBe(403)
  await closed.close()
  const open = await openTestServer(await backend.open(), { metricsOpen: true })
  expect((await open.fetch('/metrics', forwarded)).status).toBe(200)
  await open.close()
})
