import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { json, openTestServer, password, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let admin: string
  let dispatcher: string
  let codes = 0

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    const { cookies } = await signInAllRoles(server)
    admin = cookies.admin
    dispatcher = cookies.dispatcher
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const send = async (path: string, init: RequestInit) => {
    const response = await server.fetch(path, init)
    const text = await response.text()
    return { response, status: response.status, body: text === '' ? null : (JSON.parse(text) as Body) }
  }
  const newBike = () => ({ code: `AMS-${String((codes += 1)).padStart(4, '0')}`, kind: 'city' })
  const createBike = async () => (await send('/api/bikes', json(newBike(), { cookie: admin }))).body!

  describe('a repeated request', () => {
    test('creates once, and answers the same', async () => {
      const init = json(newBike(), { cookie: admin, 'idempotency-key': randomUUID() })
      const first = await send('/api/bikes', init)
      const again = await send('/api/bikes', init)
      expect(first.status).toBe(201)
      expect(first.response.headers.get('location')).toBe(`/api/bikes/${first.body!.id}`)
      expect(first.response.headers.get('idempotency-replayed')).toBeNull()
      expect([again.status, again.body]).toEqual([201, first.body])
      expect(again.response.headers.get('idempotency-replayed')).toBe('true')
    })

    test('creates once even when it is sent twenty times at once', async () => {
      const init = json(newBike(), { cookie: admin, 'idempotency-key': randomUUID() })
      const answers = await Promise.all(Array.from({ length: 20 }, () => send('/api/bikes', init)))
      expect(new Set(answers.map(({ body }) => body!.id)).size).toBe(1)
      expect(answers.filter(({ response }) => !response.headers.has('idempotency-replayed'))).toHaveLength(1)
    })

    test('with another body is refused', async () => {
      const headers = { cookie: admin, 'idempotency-key': randomUUID() }
      await send('/api/bikes', json(newBike(), headers))
      const { status, body } = await send('/api/bikes', json(newBike(), headers))
      expect([status, body!.code]).toEqual([422, 'key_reused'])
    })

    test('of another person under the same key is another intent', async () => {
      const key = randomUUID()
      const of = (cookie: string) => send('/api/bikes', json(newBike(), { cookie, 'idempotency-key': key }))
      const [mine, theirs] = [await of(admin), await of(dispatcher)]
      expect([mine.status, theirs.status]).toEqual([201, 201])
      expect(mine.body!.id).not.toBe(theirs.body!.id)
    })

    test('works with the longest key there may be', async () => {
      const init = json(newBike(), { cookie: admin, 'idempotency-key': 'k'.repeat(200) })
      const ids = [await send('/api/bikes', init), await send('/api/bikes', init)].map(({ body }) => body!.id)
      expect(ids[0]).toBe(ids[1])
    })

    test('without a key gets one to repeat it with', async () => {
      const bike = newBike()
      const first = await send('/api/bikes', json(bike, { cookie: admin }))
      const key = first.response.headers.get('idempotency-key')!
      const again = await send('/api/bikes', json(bike, { cookie: admin, 'idempotency-key': key }))
      expect(again.body).toEqual(first.body)
    })

    test('gives an account the same password', async () => {
      const init = json(
        { name: `anna-${codes}`, role: 'viewer', password },
        { cookie: admin, 'idempotency-key': randomUUID() },
      )
      const [first, again] = [await send('/api/users', init), await send('/api/users', init)]
      expect([first.status, again.status]).toEqual([201, 201])
      await server.signIn(`anna-${codes}`)
    })

    test('gives a tracker the secret that was stored', async () => {
      const bike = await createBike()
      const init = json(
        { name: 'Phone', mount: { on: 'bike', bikeId: bike.id } },
        { cookie: admin, 'idempotency-key': randomUUID() },
      )
      const [first, again] = [await send('/api/devices', init), await send('/api/devices', init)]
      expect(again.body).toEqual(first.body)
      const { device, secret } = first.body!
      expect(secret).toMatch(/^[a-z2-9]{32}$/)
      const stored = await server.store.deviceSecretHash(device.trackerId)
      expect(stored).toBe(createHash('sha256').update(secret).digest('hex'))

      const rotate = { ...json({}, { cookie: admin, 'idempotency-key': randomUUID() }), body: null }
      const path = `/api/devices/${device.id}/secret`
      const [turned, turnedAgain] = [await send(path, rotate), await send(path, rotate)]
      expect(turned.body!.secret).not.toBe(secret)
      expect(turnedAgain.body).toEqual(turned.body)
    })

    test('from another session does not learn a tracker’s secret', async () => {
      const bike = await createBike()
      const key = randomUUID()
      const body = { name: 'Phone', mount: { on: 'bike', bikeId: bike.id } }
      await send('/api/devices', json(body, { cookie: admin, 'idempotency-key': key }))
      const cookie = await server.signIn('the-admin')
      const again = await send('/api/devices', json(body, { cookie, 'idempotency-key': key }))
      expect([again.status, again.body!.code]).toEqual([422, 'key_reused'])
    })
  })

  describe('versions', () => {
    const patch = (id: string, note: string, headers: Record<string, string> = {}) =>
      send(`/api/bikes/${id}`, { ...json({ note }, { cookie: admin, ...headers }), method: 'PATCH' })

    test('a row’s ETag is its version, and a row that has not changed is not sent again', async () => {
      const { id } = await createBike()
      const first = await send(`/api/bikes/${id}`, { headers: { cookie: admin } })
      const etag = first.response.headers.get('etag')!
      expect(etag).toBe('"1"')
      const get = (tag: string) =>
        send(`/api/bikes/${id}`, { headers: { cookie: admin, 'if-none-match': tag } })
      expect([
        (await get(etag)).status,
        (await get(`W/"9", ${etag}`)).status,
        (await get('"2"')).status,
      ]).toEqual([304, 304, 200])
    })

    test('a stale write changes nothing and is told what did', async () => {
      const { id } = await createBike()
      await patch(id, 'new saddle', { 'if-match': '"1"' })
      const stale = await patch(id, 'new bell', { 'if-match': '"1"' })
      expect(stale.status).toBe(409)
      expect(stale.body).toMatchObject({
        code: 'stale_version',
        current: { id, version: 2, note: 'new saddle' },
        changedFields: ['note'],
      })
      expect((await patch(id, 'new bell', { 'if-match': '"2"' })).body).toMatchObject({ version: 3 })
    })

    test('without If-Match, or with *, any version will do', async () => {
      const { id } = await createBike()
      expect((await patch(id, 'a')).status).toBe(200)
      expect((await patch(id, 'b', { 'if-match': '*' })).status).toBe(200)
    })

    test.each(['1', 'W/"1"', '"1", "2"', '"x"', ''])('If-Match: %s is a fault', async (tag) => {
      const { id } = await createBike()
      const { status, body } = await patch(id, 'a', { 'if-match': tag })
      expect([status, body!.errors]).toEqual([400, [{ field: 'If-Match', message: expect.any(String) }]])
    })
  })

  test('a row that is removed is gone, and removing it again with the same key says so the same way', async () => {
    const { id } = await createBike()
    const init = { method: 'DELETE', headers: { cookie: admin, 'idempotency-key': randomUUID() } }
    expect((await send(`/api/bikes/${id}`, init)).status).toBe(204)
    expect((await send(`/api/bikes/${id}`, init)).status).toBe(204)
    expect((await send(`/api/bikes/${id}`, { headers: { cookie: admin } })).status).toBe(404)
  })

  test('the audit trail says who did it', async () => {
    const { id } = await createBike()
    const { items } = await server.client(admin).call('listAudit', { query: { id } })
    expect(items).toMatchObject([{ command: 'bike.create', actor: 'the-admin' }])
  })

  test('setting a password ends the person’s sessions', async () => {
    const id = await server.addUser(`forgetful-${codes}`, 'viewer')
    const cookie = await server.signIn(`forgetful-${codes}`)
    await server
      .client(admin)
      .call('setPassword', { params: { id }, body: { password: 'another long password' } })
    expect((await send('/api/session', { headers: { cookie } })).status).toBe(401)
    await expect(server.signIn(`forgetful-${codes}`)).rejects.toThrow('wrong_credentials')
  })
})

// oxlint-disable-next-line typescript/no-explicit-any -- answers of many routes, read loosely on purpose
type Body = Record<string, any>
