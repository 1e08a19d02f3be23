import { connect } from 'node:net'
import { AppError } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sqliteBackend, type TestBackend } from '../../testing/backends.ts'
import { json, openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

let backend: TestBackend
let server: TestServer
let cookie: string
/** What the store fails with next, by operation. */
const failures = new Map<string, Error>()

beforeAll(async () => {
  backend = await sqliteBackend()
  server = await openTestServer(failing(await backend.open()))
  cookie = (await signInAllRoles(server)).cookies.admin
})
afterAll(async () => {
  failures.clear()
  await server.close()
  await backend.stop()
})

/** The same store, until it is told to fail. */
const failing = (store: Store): Store =>
  new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        const failure = failures.get(String(name))
        return failure ? Promise.reject(failure) : (Reflect.apply(member, target, args) as unknown)
      }
    },
  })

async function problemOf(
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
) {
  const response = await server.fetch(path, { ...init, headers: { cookie, ...init.headers } })
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const problem = (await response.json()) as Record<string, unknown>
  expect(problem).toMatchObject({
    type: `urn:fleet:problem:${String(problem.code)}`,
    status: response.status,
    instance: `urn:uuid:${response.headers.get('x-request-id')}`,
  })
  return { problem, status: response.status, headers: response.headers }
}

describe('a request with faults', () => {
  test('is told all of them at once, without the values', async () => {
    const { problem, status } = await problemOf(
      '/api/users',
      json({ name: 'Anna!', password: 'hunter2', extra: 1 }),
    )
    expect(status).toBe(400)
    expect(problem.errors).toEqual([
      { field: 'name', message: 'must be lower-case letters, digits, dot, dash or underscore' },
      { field: 'role', message: 'is required' },
      { field: 'password', message: 'must have at least 12 characters' },
      { field: 'extra', message: 'is not a field of this request' },
    ])
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })

  test('is told of path, query, headers and nested fields by name', async () => {
    const path = await problemOf('/api/bikes/42', {
      ...json({ kind: 'tandem' }, { 'if-match': 'x', 'idempotency-key': 'a b' }),
      method: 'PATCH',
    })
    expect((path.problem.errors as { field: string }[]).map(({ field }) => field)).toEqual([
      'path id',
      'kind',
      'Idempotency-Key',
      'If-Match',
    ])
    const query = await problemOf('/api/bikes?limit=0&statuss=available&status=available,lost')
    expect(query.problem.errors).toEqual([
      { field: 'query limit', message: 'must be at least 1' },
      { field: 'query status[1]', message: expect.stringContaining('must be one of') },
      { field: 'query statuss', message: 'is not a field of this request' },
    ])
    const nested = await problemOf('/api/zones', json({ name: 'x', kind: 'depot', polygon: [{ lat: 99 }] }))
    expect((nested.problem.errors as { field: string }[]).map(({ field }) => field)).toEqual([
      'polygon[0].lat',
      'polygon[0].lon',
      'polygon',
    ])
  })

  test('with ten thousand unknown names gets an answer of bounded length', async () => {
    const body = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`name${i}`, 1]))
    const { problem } = await problemOf('/api/bikes', json(body))
    expect((problem.errors as unknown[]).length).toBeLessThanOrEqual(100)
  })
})

describe('the edges of HTTP', () => {
  test.each([
    ['an unknown address', '/api/nothing', {}, 404, 'no_such_route'],
    ['an unknown row', '/api/bikes/0199c0de-0000-7000-8000-000000000000', {}, 404, 'not_found'],
    ['a method that is not there', '/api/bikes', { method: 'PUT' }, 405, 'method_not_allowed'],
    [
      'a body that is no JSON',
      '/api/bikes',
      { method: 'POST', body: 'hello' },
      415,
      'unsupported_media_type',
    ],
    ['an address that cannot be decoded', '/api/bikes/%zz', {}, 400, 'malformed_request'],
    ['a body that is too large', '/api/bikes', json('x'.repeat(600_000)), 413, 'payload_too_large'],
  ] as const)('%s', async (_what, path, init, status, code) => {
    const { problem } = await problemOf(path, init)
    expect([problem.status, problem.code]).toEqual([status, code])
  })

  test('405 says what there is', async () => {
    expect((await problemOf('/api/bikes', { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD, POST')
  })

  test('401 names its scheme, which is none that browsers ask a password for', async () => {
    const { headers } = await problemOf('/api/bikes', { headers: { cookie: '' } })
    expect(headers.get('www-authenticate')).toBe('Session realm="fleet"')
  })

  test('bytes that are not HTTP get a 400 and the connection is closed', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.end('GARBAGE\r\n\r\n')
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    const answer = Buffer.concat(chunks).toString()
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain('"code":"malformed_request"')
  })
})

describe('a database that fails', () => {
  test('is away: 503, when to try again, and nothing about where it is', async () => {
    failures.set('list', new AppError('database_unavailable', 'No answer from 10.0.0.100:5432'))
    const { problem, status, headers } = await problemOf('/api/bikes')
    failures.clear()
    expect([status, problem.code, headers.get('retry-after')]).toEqual([503, 'database_unavailable', '2'])
    expect(JSON.stringify(problem)).not.toContain('10.0.0.100')
  })

  test('leaves the outcome open: 503 with the key to ask again with', async () => {
    failures.set('execute', new AppError('outcome_unknown', 'The connection broke during COMMIT'))
    const bike = json({ code: 'AMS-0042', kind: 'city' })
    const { problem, status, headers } = await problemOf('/api/bikes', bike)
    failures.clear()
    expect([status, problem.code, headers.get('retry-after')]).toEqual([503, 'outcome_unknown', '1'])
    const key = headers.get('idempotency-key')!
    const again = await server.fetch(
      '/api/bikes',
      json({ code: 'AMS-0042', kind: 'city' }, { cookie, 'idempotency-key': key }),
    )
    expect(again.status).toBe(201)
  })

  test('also while it looks up who wants to do something; who only looks is believed', async () => {
    const look = async () => (await server.fetch('/api/session', { headers: { cookie } })).status
    expect(await look()).toBe(200)
    failures.set('findSession', new AppError('database_unavailable', 'away'))
    const acts = await problemOf('/api/bikes', json({ code: 'AMS-0043', kind: 'city' }))
    const looks = await look()
    failures.clear()
    expect([acts.status, acts.problem.code, looks]).toEqual([503, 'database_unavailable', 200])
  })

  test('is away after the commit: nobody is told that nothing was changed', async () => {
    const made = json({ code: 'AMS-0044', kind: 'city' }, { cookie, 'idempotency-key': 'to-be-undone' })
    expect((await server.fetch('/api/bikes', made)).status).toBe(201)
    const undo = json({ key: 'to-be-undone' }, { cookie, 'idempotency-key': 'the-undo' })
    failures.set('writtenUnder', new AppError('database_unavailable', 'away'))
    const { problem, status } = await problemOf('/api/undo', undo)
    failures.clear()
    expect([status, problem.code]).toEqual([503, 'outcome_unknown'])
    const again = await server.fetch('/api/undo', undo)
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
  })

  test('makes /readyz say so and leaves /healthz alone', async () => {
    expect((await server.fetch('/readyz')).status).toBe(200)
    failures.set('ping', new Error('away'))
    server.clock.nowMs += 1_000
    const ready = await server.fetch('/readyz')
    const since = new Date(server.clock.nowMs).toISOString()
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'switching', backend: 'sqlite', since, sinceSeconds: 0 },
    ])
    server.clock.nowMs += 7_000
    const later = (await (await server.fetch('/readyz')).json()) as object
    expect(later).toMatchObject({ since, sinceSeconds: 7 })
    expect((await server.fetch('/healthz')).status).toBe(200)
    failures.clear()
    server.clock.nowMs += 1_000
    expect((await server.fetch('/readyz')).status).toBe(200)
  })

  test('is noticed by /readyz also after the clock was set back', async () => {
    expect((await server.fetch('/readyz')).status).toBe(200)
    failures.set('ping', new Error('away'))
    server.clock.nowMs -= 3_600_000
    expect((await server.fetch('/readyz')).status).toBe(503)
    failures.clear()
    server.clock.nowMs += 3_601_000
    expect((await server.fetch('/readyz')).status).toBe(200)
  })
})

test('a bug gives 500 without its insides, and the log has them under the request’s id', async () => {
  failures.set('list', new TypeError('cannot read secret_column of undefined'))
  const { problem, status, headers } = await problemOf('/api/bikes')
  failures.clear()
  expect([status, problem.code]).toEqual([500, 'internal_error'])
  expect(JSON.stringify(problem)).not.toContain('secret_column')
  const line = server.logged.find((text) => text.includes('secret_column'))
  expect(line).toContain(headers.get('x-request-id'))
})
