import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import type { Command } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sqliteBackend, type TestBackend } from '../../testing/backends.ts'
import { cookieOf, json, openTestServer, password, type TestServer } from '../../testing/test-server.ts'
import { sessionLifetimeMs } from '../auth/sessions.ts'

let backend: TestBackend
let server: TestServer
let people = 0
let name: string

beforeAll(async () => {
  backend = await sqliteBackend()
  server = await openTestServer(await backend.open())
})
afterAll(async () => {
  await server.close()
  await backend.stop()
})
beforeEach(async () => {
  // All tests come from one address: an hour later its tries are forgotten.
  server.clock.nowMs += 3_600_000
  name = `person-${(people += 1)}`
  await server.addUser(name, 'viewer')
})

const signIn = (body: unknown, headers: Record<string, string> = {}) =>
  server.fetch('/api/session', json(body, headers))
const session = (cookie: string) => server.fetch('/api/session', { headers: { cookie } })

describe('a session', () => {
  test('begins with the right password, in whatever case the name is typed', async () => {
    const response = await signIn({ name: ` ${name.toUpperCase()} `, password })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      user: { name },
      expiresAtMs: server.clock.nowMs + sessionLifetimeMs,
    })
    const header = response.headers.getSetCookie()[0]!
    expect(header).toMatch(
      /^fleet_session=[A-Za-z0-9_-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    )
    expect((await session(cookieOf(response))).status).toBe(200)
  })

  test('ends by signing out, and its cookie is cleared', async () => {
    const cookie = await server.signIn(name)
    const response = await server.fetch('/api/session', { method: 'DELETE', headers: { cookie } })
    expect([response.status, cookieOf(response)]).toEqual([204, 'fleet_session='])
    expect((await session(cookie)).status).toBe(401)
  })

  test('does not begin with a password that was replaced, or for an account that was disabled, meanwhile', async () => {
    const store = await backend.open()
    let meanwhile: () => Promise<unknown> = () => Promise.resolve()
    const slow: Store = {
      ...store,
      async createSession(session) {
        await meanwhile()
        await store.createSession(session)
      },
    }
    const other = await openTestServer(slow)
    const id = await other.addUser('leaver', 'viewer')
    const context = () => ({ key: randomUUID(), actor: { id: null, name: 'test' }, nowMs: Date.now() })
    const change = async (command: Command) => {
      await store.execute(command, context())
      await store.deleteSessionsOf(id)
    }
    meanwhile = () => change({ type: 'user.password', id, expectedVersion: null, passwordHash: 'another' })
    await expect(other.signIn('leaver')).rejects.toThrow('wrong_credentials')
    await other.addUser('switched', 'viewer')
    const switched = (await store.userByName('switched'))!.user.id
    const set = (disabled: boolean) =>
      change({ type: 'user.update', id: switched, expectedVersion: null, patch: { disabled } })
    meanwhile = () => set(true)
    await expect(other.signIn('switched')).rejects.toThrow('wrong_credentials')
    await other.close()
  })

  test('ends after thirty days, however much it was used', async () => {
    const cookie = await server.signIn(name)
    server.clock.nowMs += sessionLifetimeMs - 1
    expect((await session(cookie)).status).toBe(200)
    server.clock.nowMs += 1
    expect((await session(cookie)).status).toBe(401)
  })

  test('is replaced by the next one in the same browser', async () => {
    const first = await server.signIn(name)
    const second = cookieOf(await signIn({ name, password }, { cookie: first }))
    expect([(await session(first)).status, (await session(second)).status]).toEqual([401, 200])
  })

  test.each(['', 'x', 'x'.repeat(43), '%00', '"; drop'])(
    'does not come from a cookie that says %s',
    async (token) => {
      expect((await session(`fleet_session=${token}`)).status).toBe(401)
    },
  )
})

describe('a wrong sign-in', () => {
  test('gets the same answer whatever was wrong', async () => {
    const answers = []
    for (const body of [
      { name, password: 'not the password' },
      { name: 'nobody-of-that-name', password },
      { name: '\u0000\ud800', password },
      { name: 'owner', password },
    ]) {
      const response = await signIn(body)
      const { instance: _instance, ...problem } = (await response.json()) as Record<string, unknown>
      answers.push({ status: response.status, problem, cookies: response.headers.getSetCookie() })
    }
    expect(answers[0]).toMatchObject({ status: 401, problem: { code: 'wrong_credentials' }, cookies: [] })
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  test('is limited for a name, and then the right password is refused, too', async () => {
    const statuses = []
    for (let i = 0; i < 12; i++) statuses.push((await signIn({ name, password: `guess ${i}` })).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
    const right = await signIn({ name, password })
    expect([right.status, right.headers.get('retry-after')]).toEqual([429, '60'])
    server.clock.nowMs += 60_000
    expect((await signIn({ name, password })).status).toBe(200)
  })

  test('is limited for an address, whatever names it tries', async () => {
    const statuses = []
    for (let i = 0; i < 22; i++) statuses.push((await signIn({ name: `guess-${i}`, password })).status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  })

  test('of an address is not made good by a right one', async () => {
    const statuses = []
    for (let i = 0; i < 22; i++) {
      statuses.push((await signIn({ name: `guess-${i}`, password })).status)
      if (i < 15) await server.signIn(name)
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  })

  test('sent a hundred times at once is a hundred tries', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => signIn({ name, password: 'guess' }).then(({ status }) => status)),
    )
    expect(answers.filter((status) => status === 401)).toHaveLength(10)
  })
})

describe('the sign-in link', () => {
  test('signs the first account in, once', async () => {
    const store = await backend.open()
    const fresh = await openTestServer(store)
    const token = fresh.signInLink!.split('/#/link/')[1]!
    const use = () => fresh.fetch('/api/session/link', json({ token }))
    const first = await use()
    expect(await first.json()).toMatchObject({ user: { name: 'owner', role: 'admin' } })
    expect((await fresh.fetch('/api/users', { headers: { cookie: cookieOf(first) } })).status).toBe(200)
    expect((await use()).status).toBe(401)
    await fresh.close()
  })

  test('does not sign in who was disabled meanwhile', async () => {
    const fresh = await openTestServer(await backend.open())
    await fresh.addUser('second', 'admin')
    const admin = fresh.client(await fresh.signIn('second'))
    const owner = (await admin.call('listUsers', {})).items.find((user) => user.name === 'owner')!
    await admin.call('updateUser', { params: { id: owner.id }, body: { disabled: true } })
    const token = fresh.signInLink!.split('/#/link/')[1]!
    expect((await fresh.fetch('/api/session/link', json({ token }))).status).toBe(401)
    await fresh.close()
  })
})

/** Without `fetch`, which does not let a test choose its Host. */
function raw(headers: Record<string, string>, method = 'GET', path = '/api/docs/'): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(server.url)
    httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

describe('pages of other sites', () => {
  test.each([
    ['localhost:8484', 200],
    ['127.0.0.1', 200],
    ['[::1]:8484', 200],
    ['rebound.example', 403],
    ['localhost.example:8484', 403],
    ['127.0.0.1.example', 403],
  ])('that point the name %s at this machine get %i', async (host, status) => {
    expect(await raw({ host })).toBe(status)
  })

  test.each([
    ['http://localhost:8484', 401],
    ['http://localhost:9999', 403],
    ['https://evil.example', 403],
    ['null', 403],
    ['not a URL', 403],
  ])('of origin %s that change something get %i', async (origin, status) => {
    expect(await raw({ host: 'localhost:8484', origin }, 'DELETE', '/api/session')).toBe(status)
  })

  test('cannot open the live channel', async () => {
    const headers = {
      host: 'localhost:8484',
      origin: 'https://evil.example',
      upgrade: 'websocket',
      connection: 'upgrade',
    }
    expect(await raw(headers, 'GET', '/api/live')).toBe(403)
  })

  test('may be the app’s own behind a proxy that is configured', async () => {
    const behind = await openTestServer(await backend.open(), {
      publicUrl: new URL('https://fleet.example.nl'),
    })
    const headers = { origin: 'https://fleet.example.nl' }
    const response = await behind.fetch('/api/session', json({ name: 'x', password: 'y' }, headers))
    expect(response.status).toBe(401)
    await behind.addUser('anna', 'viewer')
    const signedIn = await behind.fetch('/api/session', json({ name: 'anna', password }, headers))
    expect(signedIn.headers.getSetCookie()[0]).toContain('; Secure')
    expect(signedIn.headers.get('strict-transport-security')).toContain('max-age=')
    await behind.close()
  })
})

test('strangers who ask too much are told when to come again', async () => {
  const statuses = []
  for (let i = 0; i < 301; i++) statuses.push((await server.fetch('/api/bikes')).status)
  expect([statuses[0], statuses.at(-1)]).toEqual([401, 429])
  expect((await server.fetch('/healthz')).status).toBe(200)
})
