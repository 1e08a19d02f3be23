import { randomUUID } from 'node:crypto'
import { type Route, type RouteName, routes } from '@fleet/api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nastyEncoded, nastyHeader, nastyJson, nearly } from '../../testing/arbitraries.ts'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { json, openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

const names = Object.keys(routes) as RouteName[]
const runs = 40

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let cookie: string
  let ids: readonly string[]

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    const signedIn = await signInAllRoles(server)
    cookie = signedIn.cookies.admin
    ids = [...(await someRows(server, cookie)), signedIn.courierId]
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  test.each(names)('%s answers whatever it is sent, and never with 5xx', async (name) => {
    const route: Route = routes[name]
    const input = fc.record({
      id: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...ids) }, nastyEncoded),
      query: route.query
        ? fc.oneof(
            { weight: 4, arbitrary: nearly(route.query, ids) },
            fc.dictionary(nastyEncoded, nastyEncoded),
          )
        : fc.constant({}),
      body: route.body ? fc.oneof({ weight: 6, arbitrary: nearly(route.body, ids) }, nastyJson) : nastyJson,
      headers: fc.record(
        { 'if-match': nastyHeader, 'idempotency-key': nastyHeader, 'if-none-match': nastyHeader },
        { requiredKeys: [] },
      ),
    })
    await fc.assert(
      fc.asyncProperty(input, async ({ id, query, body, headers }) => {
        const response = await server.fetch(`${route.path.replace(/:\w+/, () => id)}${queryString(query)}`, {
          method: route.method,
          headers: {
            // Signing out would end the session that all other requests use.
            cookie: name === 'signOut' ? `fleet_session=${'x'.repeat(43)}` : cookie,
            'content-type': 'application/json',
            ...headers,
          },
          ...(route.method === 'GET' ? {} : { body: JSON.stringify(body) }),
        })
        const text = await response.text()
        expect([response.status < 500, text]).toEqual([true, text])
        if (response.status >= 400) expectProblem(response, text)
        else if (response.status === 200 || response.status === 201)
          // What the server says is what it promised to say.
          expect(route.response?.safeParse(JSON.parse(text)).error).toBeUndefined()
      }),
      { numRuns: runs },
    )
  })

  test.each([
    ['no JSON at all', '{"a":'],
    ['a prototype', '{"__proto__":{"admin":true}}'],
    ['deep nesting', '['.repeat(50_000)],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['a byte order mark', '\ufeff{}'],
    ['nothing', ''],
  ])('a body of %s is the sender’s fault', async (_what, body) => {
    const response = await server.fetch('/api/bikes', { ...json(null, { cookie }), body })
    expect(response.status).toBe(400)
    expectProblem(response, await response.text())
  })

  test('cursors that no page ever gave are the sender’s fault or start at the beginning', async () => {
    const forged = [
      ['\u0000', 'x'],
      ['a', '\u0000'],
      ['a'],
      [1, 2],
      ['99999999999999999999', 'x'],
      ['\ud800', 'é'],
    ]
    const cursors = [
      'x',
      'AAAA',
      ...forged.map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url')),
    ]
    for (const name of names.filter((name) => (routes[name] as Route).query))
      for (const cursor of cursors) {
        const path = routes[name].path.replace(/:\w+/, ids[0]!)
        const response = await server.fetch(`${path}?fromMs=0&toMs=1&cursor=${cursor}`, {
          headers: { cookie },
        })
        expect([path, cursor, response.status < 500]).toEqual([path, cursor, true])
        const other = await server.fetch(`${path}?cursor=${cursor}`, { headers: { cookie } })
        expect([path, cursor, other.status < 500]).toEqual([path, cursor, true])
      }
  })
})

/** One row of each kind, and their ids. */
async function someRows(server: TestServer, cookie: string): Promise<string[]> {
  const client = server.client(cookie)
  const stop = {
    address: 'Prinsengracht 263',
    point: { lat: 52.37, lon: 4.88 },
    window: { fromMs: 0, toMs: 1 },
    contact: '',
    note: '',
  }
  const bike = await client.call('createBike', { body: { code: 'AMS-0001', kind: 'city' } })
  const delivery = await client.call('createDelivery', { body: { pickup: stop, dropoff: stop } })
  const issue = await client.call('createIssue', {
    body: { kind: 'late', reporter: 'customer', description: 'x' },
  })
  const polygon = [
    { lat: 52, lon: 4 },
    { lat: 53, lon: 4 },
    { lat: 53, lon: 5 },
  ]
  const zone = await client.call('createZone', { body: { name: 'West', kind: 'depot', polygon } })
  const { device } = await client.call('createDevice', {
    body: { name: 'Phone', mount: { on: 'bike', bikeId: bike.id } },
  })
  return [bike.id, delivery.id, issue.id, zone.id, device.id, randomUUID()]
}

function queryString(query: unknown): string {
  if (typeof query !== 'object' || query === null) return '?'
  return `?${Object.entries(query)
    .map(([key, value]) => `${key.toWellFormed()}=${encodeURIComponent(asText(value))}`)
    .join('&')
    .replaceAll('#', '%23')}`
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed()

function expectProblem(response: Response, text: string): void {
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  const problem = JSON.parse(text) as Record<string, unknown>
  expect(problem).toMatchObject({ status: response.status })
  for (const member of ['type', 'title', 'detail', 'code', 'fix'])
    expect(problem[member]).toBeTypeOf('string')
}
