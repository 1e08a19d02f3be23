import { randomUUID } from 'node:crypto'
import { type ApiClient, ApiError, maxAttachmentBytes } from '@fleet/api'
import type { AttachmentId, CourierId, IssueId } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

const stop = {
  address: 'Prinsengracht 263',
  point: { lat: 52.37, lon: 4.88 },
  window: { fromMs: 0, toMs: 1 },
  contact: '',
  note: '',
}
const png = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  Buffer.alloc(100, 7),
])

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let dispatcher: ApiClient
  let courier: ApiClient
  let courierId: CourierId
  let cookies: Readonly<Record<'courier' | 'viewer', string>>

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    const signedIn = await signInAllRoles(server)
    ;({ courierId, cookies } = signedIn)
    dispatcher = server.client(signedIn.cookies.dispatcher)
    courier = server.client(signedIn.cookies.courier)
    await dispatcher.call('stepShift', { params: { id: courierId }, body: { event: 'start' } })
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const newId = () => randomUUID() as AttachmentId
  const pickedUp = async (pinRequired = false) => {
    const body = { pickup: stop, dropoff: stop, pinRequired }
    const { id } = await dispatcher.call('createDelivery', { body })
    await dispatcher.call('assignDelivery', { params: { id }, body: { courierId } })
    await courier.call('pickUpDelivery', { params: { id } })
    return id
  }
  const problemOf = async (call: Promise<unknown>) => {
    try {
      await call
    } catch (error) {
      if (error instanceof ApiError) return error.problem
      throw error
    }
    throw new Error('It was not refused')
  }
  const read = (id: string, cookie: string, headers: Record<string, string> = {}) =>
    server.fetch(`/api/attachments/${id}`, { headers: { cookie, ...headers } })

  test('a courier stores photo and signature, names them, and staff can see them', async () => {
    const deliveryId = await pickedUp()
    const [photoId, signatureId] = [newId(), newId()]
    const photo = { type: 'image', deliveryId, kind: 'photo', data: png.toString('base64') } as const
    const put = () => courier.call('putAttachment', { params: { id: photoId }, body: photo })
    expect(await put()).toEqual({ id: photoId, mediaType: 'image/png', byteCount: png.length })
    expect(await put()).toEqual({ id: photoId, mediaType: 'image/png', byteCount: png.length })
    const path = 'M1 2L30.5 40'
    await courier.call('putAttachment', {
      params: { id: signatureId },
      body: { type: 'strokes', deliveryId, widthPx: 300, heightPx: 120, path },
    })
    const delivered = await courier.call('deliverDelivery', {
      params: { id: deliveryId },
      body: { receivedBy: 'Mw. de Vries', photoId, signatureId },
    })
    expect(delivered.proof).toEqual({
      receivedBy: 'Mw. de Vries',
      note: '',
      pinChecked: false,
      photoId,
      signatureId,
    })
    const shown = await read(photoId, cookies.viewer)
    expect(shown.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await shown.arrayBuffer()).equals(png)).toBe(true)
    const drawn = await read(signatureId, cookies.courier)
    expect(drawn.headers.get('content-type')).toBe('image/svg+xml')
    expect(drawn.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await drawn.text()).toContain(`viewBox="0 0 300 120"><path d="${path}"`)
    expect((await read(photoId, cookies.viewer, { 'if-none-match': '"1"' })).status).toBe(304)
    expect((await server.fetch(`/api/attachments/${photoId}`)).status).toBe(401)
  })

  test('what is no image, or too large, or could run, is refused', async () => {
    const deliveryId = await pickedUp()
    const put = (body: object) =>
      problemOf(courier.call('putAttachment', { params: { id: newId() }, body: body as never }))
    const image = { type: 'image', deliveryId, kind: 'photo' }
    for (const bytes of ['<svg onload="alert(1)"/>', 'GIF89a', '%PDF-1.7'].map((text) => Buffer.from(text)))
      expect(await put({ ...image, data: bytes.toString('base64') })).toMatchObject({
        status: 400,
        errors: [{ field: 'data' }],
      })
    const large = Buffer.concat([png, Buffer.alloc(maxAttachmentBytes)]).toString('base64')
    expect([400, 413]).toContain((await put({ ...image, data: large })).status)
    expect((await put({ ...image, data: 'not base64!' })).status).toBe(400)
    const path = 'M1 2"/><script>alert(1)</script>'
    expect((await put({ type: 'strokes', deliveryId, widthPx: 1, heightPx: 1, path })).status).toBe(400)
  })

  test('a photo of the largest size is taken', async () => {
    const deliveryId = await pickedUp()
    const bytes = Buffer.concat([png, Buffer.alloc(maxAttachmentBytes - png.length, 1)])
    const body = { type: 'image', deliveryId, kind: 'photo', data: bytes.toString('base64') } as const
    const stored = await courier.call('putAttachment', { params: { id: newId() }, body })
    expect(stored.byteCount).toBe(maxAttachmentBytes)
  })

  test('a courier neither adds to nor sees what belongs to another’s delivery', async () => {
    const { id: other } = await dispatcher.call('createDelivery', { body: { pickup: stop, dropoff: stop } })
    const id = newId()
    const body = { type: 'image', deliveryId: other, kind: 'photo', data: png.toString('base64') } as const
    expect((await problemOf(courier.call('putAttachment', { params: { id }, body }))).code).toBe('not_found')
    await dispatcher.call('putAttachment', { params: { id }, body })
    expect((await read(id, cookies.courier)).status).toBe(404)
    expect((await read(id, cookies.viewer)).status).toBe(200)
  })

  test('a courier reports with a photo, which staff and they themselves see', async () => {
    const [id, issueId] = [newId(), randomUUID() as IssueId]
    const photo = { type: 'image', kind: 'photo', data: png.toString('base64') } as const
    for (const body of [photo, { ...photo, issueId, deliveryId: await pickedUp() }])
      expect((await problemOf(courier.call('putAttachment', { params: { id }, body }))).status).toBe(400)
    await courier.call('putAttachment', { params: { id }, body: { ...photo, issueId } })
    // Nobody has reported anything yet.
    expect((await read(id, cookies.viewer)).status).toBe(404)
    const report = { id: issueId, kind: 'bike_problem', reporter: 'courier', description: '' } as const
    const issue = await courier.call('createIssue', { body: { ...report, photoId: id } })
    expect(issue.photoId).toBe(id)
    expect((await read(id, cookies.courier)).status).toBe(200)
    expect((await read(id, cookies.viewer)).status).toBe(200)
    const others = await dispatcher.call('createIssue', {
      body: { kind: 'other', reporter: 'dispatcher', description: 'Not theirs' },
    })
    const [theirs, body] = [newId(), { ...photo, issueId: others.id }]
    expect((await problemOf(courier.call('putAttachment', { params: { id: theirs }, body }))).code).toBe(
      'not_found',
    )
    await dispatcher.call('putAttachment', { params: { id: theirs }, body })
    expect((await read(theirs, cookies.courier)).status).toBe(404)
  })

  test('the PIN is for dispatchers to tell and for the courier to be told', async () => {
    const id = await pickedUp(true)
    const params = { id }
    const { pin } = await dispatcher.call('getDeliveryPin', { params })
    expect((await problemOf(courier.call('getDeliveryPin', { params }))).code).toBe('forbidden')
    expect(JSON.stringify(await courier.call('getDelivery', { params }))).not.toContain(`"${pin}"`)
    const wrong = pin === '0000' ? '0001' : '0000'
    const refused = await problemOf(courier.call('deliverDelivery', { params, body: { pin: wrong } }))
    expect(refused).toMatchObject({ status: 422, code: 'wrong_pin', current: { pinFailures: 1 } })
    expect((await problemOf(courier.call('deliverDelivery', { params }))).code).toBe('wrong_pin')
    const delivered = await courier.call('deliverDelivery', { params, body: { pin } })
    expect(delivered).toMatchObject({ status: 'delivered', proof: { pinChecked: true } })
  })
})
