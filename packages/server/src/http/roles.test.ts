import { randomUUID } from 'node:crypto'
import { type Route, routes } from '@fleet/api'
import { type CourierId, type Role, roles } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'
import type { Access, DeclaredRoute } from './access.ts'

/** All that the app serves besides the table. A route that is in neither fails the test below. */
const outsideTheTable: Readonly<Record<string, Access>> = {
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  'GET /metrics': 'anyone',
  'GET /api/openapi.json': 'anyone',
  'GET /api/map/tiles/:id': ['admin', 'dispatcher', 'mechanic', 'courier', 'viewer'],
  'GET /api/live': ['admin', 'dispatcher', 'mechanic', 'viewer'],
  'GET /api/live/mine': ['courier'],
  'GET /ingest/osmand': 'tracker',
  'POST /ingest/osmand': 'tracker',
  'POST /ingest/owntracks': 'tracker',
  'POST /ingest/positions': 'tracker',
  'GET /*': 'anyone',
}

const callers = [...roles, null] as const
type Caller = Role | null

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let cookies: Readonly<Record<Role, string>>
  let courierId: CourierId

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    ;({ cookies, courierId } = await signInAllRoles(server))
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  test('the running app has the routes of the table, those named here, and no other', () => {
    const found = server.routes.filter(({ method }) => method !== 'HEAD')
    for (const { method, url, access, name } of found) {
      if (url.startsWith('/api/docs')) continue
      const expected = name === null ? outsideTheTable[`${method} ${url}`] : routes[name].roles
      expect({ method, url, access }).toEqual({ method, url, access: expected })
    }
    expect(found.map(({ name }) => name).filter((name) => name !== null)).toEqual(Object.keys(routes))
  })

  test.each(callers)('%s may use what the table says, and nothing else', async (caller) => {
    const found = server.routes.filter(({ access, name }) => access !== 'tracker' && name !== 'signOut')
    expect(found.length).toBeGreaterThan(Object.keys(routes).length)
    for (const route of found) {
      const status = await ask(route, caller)
      const expected = expectation(route.access, caller)
      const said = status === 401 ? 'not signed in' : status === 403 ? 'refused' : 'served'
      expect({ ...route, status, said }).toEqual({ ...route, status, said: expected })
    }
  })

  test('signing out is for those who are signed in', async () => {
    for (const caller of callers) {
      const status = await ask({ method: 'DELETE', url: '/api/session' }, caller)
      expect(status).toBe(caller === null ? 401 : 204)
    }
    for (const role of roles) cookies = { ...cookies, [role]: await server.signIn(`the-${role}`) }
  })

  test('a change of role counts from the next request on', async () => {
    const id = await server.addUser('climber', 'viewer')
    const cookie = await server.signIn('climber')
    const list = () => server.fetch('/api/users', { headers: { cookie } })
    expect((await list()).status).toBe(403)
    const admin = server.client(cookies.admin)
    await admin.call('updateUser', { params: { id }, body: { role: 'admin' } })
    expect((await list()).status).toBe(200)
    await admin.call('updateUser', { params: { id }, body: { disabled: true } })
    expect((await list()).status).toBe(401)
    await expect(server.signIn('climber')).rejects.toThrow('wrong_credentials')
  })

  /** Sends as little as gets past the door: no body, and ids that exist nowhere but in the courier's own case. */
  async function ask(
    { method, url }: Pick<DeclaredRoute, 'method' | 'url'>,
    caller: Caller,
  ): Promise<number> {
    const own = caller === 'courier' && url.startsWith('/api/couriers/')
    const path = url.replace(/:\w+/, own ? courierId : randomUUID()).replace('*', 'x')
    const response = await server.fetch(path, {
      method,
      headers: caller === null ? {} : { cookie: cookies[caller] },
    })
    // Not read to its end, which an event stream does not have.
    await response.body?.cancel()
    return response.status
  }
})

const expectation = (access: Access, caller: Caller) =>
  access === 'anyone' || access === 'tracker' || (caller !== null && access.includes(caller))
    ? 'served'
    : caller === null
      ? 'not signed in'
      : 'refused'

const stop = {
  address: 'Dam 1',
  point: { lat: 52.37, lon: 4.89 },
  window: { fromMs: 0, toMs: 1 },
  contact: '',
  note: '',
}

describe('a courier', () => {
  let backend: TestBackend
  let server: TestServer
  let own: CourierId
  let cookie: string
  let admin: string
  let other: string
  let ownDelivery: string
  let othersDelivery: string

  beforeAll(async () => {
    backend = await backends[0][1]()
    server = await openTestServer(await backend.open())
    const signedIn = await signInAllRoles(server)
    own = signedIn.courierId
    cookie = signedIn.cookies.courier
    admin = signedIn.cookies.admin
    const client = server.client(admin)
    other = (await client.call('createCourier', { body: { name: 'Daan' } })).id
    for (const id of [own, other])
      await client.call('stepShift', { params: { id }, body: { event: 'start' } })
    const give = async (courierId: string) => {
      const { id } = await client.call('createDelivery', { body: { pickup: stop, dropoff: stop } })
      await client.call('assignDelivery', { params: { id }, body: { courierId } })
      return id
    }
    ownDelivery = await give(own)
    othersDelivery = await give(other)
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const status = async (call: () => Promise<unknown>) =>
    call().then(
      () => 200,
      (error: { problem: { status: number } }) => error.problem.status,
    )

  test('sees their own row, deliveries and zones, and nobody else’s', async () => {
    const client = server.client(cookie)
    expect((await client.call('getCourier', { params: { id: own } })).id).toBe(own)
    expect(await status(() => client.call('getCourier', { params: { id: other } }))).toBe(403)
    const { items } = await client.call('listDeliveries', {})
    expect(items.map(({ id }) => id)).toEqual([ownDelivery])
    expect(await status(() => client.call('listDeliveries', { query: { courierId: other } }))).toBe(403)
    expect((await client.call('getDelivery', { params: { id: ownDelivery } })).id).toBe(ownDelivery)
    expect(await status(() => client.call('getDelivery', { params: { id: othersDelivery } }))).toBe(404)
  })

  test('changes their own shift and deliveries only', async () => {
    const client = server.client(cookie)
    const pause = (id: string) => client.call('stepShift', { params: { id }, body: { event: 'pause' } })
    expect((await pause(own.toUpperCase())).shift).toBe('break')
    expect(await status(() => pause(other))).toBe(403)
    expect(
      await status(() => client.call('takeBike', { params: { id: other }, body: { bikeId: own } })),
    ).toBe(403)
    expect(await status(() => client.call('returnBike', { params: { id: other } }))).toBe(403)
    expect(await status(() => client.call('pickUpDelivery', { params: { id: othersDelivery } }))).toBe(404)
    expect(await status(() => client.call('deliverDelivery', { params: { id: othersDelivery } }))).toBe(404)
    const fail = { params: { id: othersDelivery }, body: { reason: 'no' } }
    expect(await status(() => client.call('failDelivery', fail))).toBe(404)
    expect((await client.call('pickUpDelivery', { params: { id: ownDelivery } })).status).toBe('picked_up')
  })

  test('gets the recorded outcome of a repeated request, also when the delivery was handed over since', async () => {
    const client = server.client(cookie)
    const dispatcher = server.client(admin)
    const { id } = await dispatcher.call('createDelivery', { body: { pickup: stop, dropoff: stop } })
    await dispatcher.call('assignDelivery', { params: { id }, body: { courierId: own } })
    const fail = { params: { id }, body: { reason: 'nobody home' }, idempotencyKey: 'fail-1' }
    const first = await client.call('failDelivery', fail)
    await dispatcher.call('retryDelivery', { params: { id } })
    expect(await client.call('failDelivery', fail)).toEqual(first)
  })

  test('reports issues as themselves', async () => {
    const client = server.client(cookie)
    const report = { kind: 'late', reporter: 'courier', description: 'Flat tyre' } as const
    expect((await client.call('createIssue', { body: report })).courierId).toBe(own)
    const asCustomer = { ...report, reporter: 'customer' } as const
    expect(await status(() => client.call('createIssue', { body: asCustomer }))).toBe(403)
    expect(await status(() => client.call('createIssue', { body: { ...report, courierId: other } }))).toBe(
      403,
    )
    expect(
      await status(() => client.call('createIssue', { body: { ...report, deliveryId: othersDelivery } })),
    ).toBe(404)
  })

  test('without a courier’s row may not act for anybody', async () => {
    await server.addUser('unlinked', 'courier')
    const client = server.client(await server.signIn('unlinked'))
    expect(await status(() => client.call('listDeliveries', {}))).toBe(403)
    expect(await status(() => client.call('getCourier', { params: { id: own } }))).toBe(403)
  })

  test('is asked whose row it is by every route that is open to them', () => {
    const open = Object.entries(routes as Record<string, Route>).filter(
      ([, { roles }]) => roles !== 'anyone' && roles.includes('courier'),
    )
    // A route that is added to the table for couriers must ask, too (handlers/own.ts and the store's ownership.ts), or show what is everybody's.
    expect(open.map(([name]) => name)).toEqual([
      'getSession',
      'signOut',
      'getCourier',
      'stepShift',
      'takeBike',
      'returnBike',
      'listDeliveries',
      'getDelivery',
      'pickUpDelivery',
      'deliverDelivery',
      'failDelivery',
      'putAttachment',
      'getAttachment',
      'createIssue',
      'listZones',
      'getZone',
      // Everybody's: where streets are.
      'getMap',
      'searchAddresses',
      'undo',
      'courierShifts',
    ])
  })
})
