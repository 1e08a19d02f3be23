import { type ApiClient, ApiError } from '@fleet/api'
import { maxSavedViews } from '@fleet/domain'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let dispatcher: ApiClient
  let viewer: ApiClient

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    const { cookies } = await signInAllRoles(server)
    dispatcher = server.client(cookies.dispatcher)
    viewer = server.client(cookies.viewer)
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const put = (client: ApiClient, id: string, body: object) =>
    client.call('putSavedView', { params: { id }, body: body as never })
  const names = async (client: ApiClient) =>
    (await client.call('listSavedViews', {})).items.map(({ name }) => name)
  const failed = { name: ' Failed ', page: '/deliveries', search: 'status=failed&day=all' }

  test('a view is saved, renamed and removed, and the same request again changes nothing', async () => {
    const id = randomUUID()
    await put(dispatcher, id, failed)
    await put(dispatcher, id, failed)
    expect((await dispatcher.call('listSavedViews', {})).items).toEqual([{ ...failed, id, name: 'Failed' }])
    await put(dispatcher, id, { ...failed, name: 'To try again' })
    await put(dispatcher, randomUUID(), { ...failed, name: 'Another' })
    expect(await names(dispatcher)).toEqual(['Another', 'To try again'])
    await dispatcher.call('removeSavedView', { params: { id } })
    await dispatcher.call('removeSavedView', { params: { id } })
    expect(await names(dispatcher)).toEqual(['Another'])
  })

  test('everybody has their own, also under the same id', async () => {
    const id = randomUUID()
    await put(dispatcher, id, failed)
    await put(viewer, id, { ...failed, name: 'Mine' })
    expect(await names(viewer)).toEqual(['Mine'])
    await viewer.call('removeSavedView', { params: { id } })
    expect(await names(viewer)).toEqual([])
    expect(await names(dispatcher)).toContain('Failed')
  })

  test('a view without a name, of no page, or past the last one is refused', async () => {
    const status = (body: object) =>
      put(viewer, randomUUID(), body).then(
        () => 204,
        (error: unknown) => (error instanceof ApiError ? error.problem.status : 0),
      )
    expect(await status({ ...failed, name: ' ' })).toBe(400)
    expect(await status({ ...failed, page: 'https://example.com' })).toBe(400)
    for (let no = 0; no < maxSavedViews; no++) await put(viewer, randomUUID(), failed)
    expect(await status(failed)).toBe(409)
  })
})
