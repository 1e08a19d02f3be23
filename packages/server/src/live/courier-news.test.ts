import { randomUUID } from 'node:crypto'
import { type ApiClient, courierNewsPath } from '@fleet/api'
import type { CourierId } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'
import { createCourierNews } from './courier-news.ts'
import { waitFor } from '../../testing/wait-for.ts'

const stop = {
  address: 'Rokin 9',
  point: { lat: 52.37, lon: 4.89 },
  window: { fromMs: 0, toMs: 1 },
  contact: '',
  note: '',
}

describe.each(backends)('with %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let dispatcher: ApiClient
  const own: { courierId: CourierId; cookie: string }[] = []

  beforeAll(async () => {
    backend = await openBackend()
    server = await openTestServer(await backend.open())
    const { cookies, courierId } = await signInAllRoles(server)
    dispatcher = server.client(cookies.dispatcher)
    own.push({ courierId, cookie: cookies.courier })
    const other = await dispatcher.call('createCourier', { body: { name: 'Bram', phone: '' } })
    await server.addUser('bram', 'courier', other.id)
    own.push({ courierId: other.id, cookie: await server.signIn('bram') })
    for (const { courierId: id } of own)
      await dispatcher.call('stepShift', { params: { id }, body: { event: 'start' } })
  })
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  const create = () => dispatcher.call('createDelivery', { body: { pickup: stop, dropoff: stop } })
  const assign = (id: string, courierId: CourierId) =>
    dispatcher.call('assignDelivery', { params: { id }, body: { courierId } })

  test('a phone is told of what its courier is given, loses and does, and of nobody else’s', async () => {
    const news = createCourierNews()
    onTestFinished(() => news.close())
    const streams = own.map(({ courierId }) => news.open(courierId, () => Promise.resolve(true)))
    let seq = await server.store.headSeq()
    /** How often each phone is told of what is done, and that nothing of it is in what they are told. */
    const toldOf = async (act: () => Promise<unknown>) => {
      for (const stream of streams) stream.read()
      await act()
      const changes = await waitFor(async () => {
        const committed = await server.store.changes(seq, 500)
        expect(committed).not.toEqual([])
        return committed
      })
      seq = changes.at(-1)!.seq
      news.publish(changes)
      return streams.map((stream) => {
        const text = String((stream.read() as Buffer | null) ?? '')
        expect(text.replaceAll('data: changed\n\n', '')).toBe('')
        return text.length / 'data: changed\n\n'.length
      })
    }
    const { id } = await create()
    seq = await server.store.headSeq()
    const [anna, bram] = own.map(({ cookie }) => server.client(cookie))
    const params = { id }
    expect(await toldOf(() => assign(id, own[0]!.courierId))).toEqual([1, 0])
    expect(await toldOf(() => anna!.call('pickUpDelivery', { params }))).toEqual([1, 0])
    expect(await toldOf(() => assign(id, own[1]!.courierId))).toEqual([1, 1])
    expect(await toldOf(() => bram!.call('deliverDelivery', { params }))).toEqual([0, 1])
    expect(await toldOf(create)).toEqual([0, 0])
    const pause = { params: { id: own[0]!.courierId }, body: { event: 'pause' } } as const
    expect(await toldOf(() => dispatcher.call('stepShift', pause))).toEqual([1, 0])
    const resume = { ...pause, body: { event: 'resume' } } as const
    expect(await toldOf(() => dispatcher.call('stepShift', resume))).toEqual([1, 0])
  })

  test('what is told arrives while the stream is open', async () => {
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const { cookie, courierId } = own[0]!
    const response = await server.fetch(courierNewsPath, { headers: { cookie }, signal: stop.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    let text = ''
    const read = async () => {
      const decoder = new TextDecoder()
      for await (const bytes of response.body!) text += decoder.decode(bytes)
    }
    read().catch(() => undefined)
    const told = () => text.split('data: changed').length - 1
    for (let times = 0; times < 3; times++) {
      const before = told()
      await assign((await create()).id, courierId)
      await waitFor(() => expect(told()).toBeGreaterThan(before))
    }
  })

  test('the stream ends with the server, and nobody else gets one', async () => {
    const short = await openTestServer(await backend.open())
    const { cookies } = await signInAllRoles(short)
    const refused = await short.fetch(courierNewsPath, { headers: { cookie: cookies.dispatcher } })
    expect(refused.status).toBe(403)
    const name = `unlinked-${randomUUID().slice(0, 8)}`
    await short.addUser(name, 'courier')
    const unlinked = await short.fetch(courierNewsPath, { headers: { cookie: await short.signIn(name) } })
    expect(unlinked.status).toBe(403)
    const response = await short.fetch(courierNewsPath, { headers: { cookie: cookies.courier } })
    const [text] = await Promise.all([response.text(), short.close()])
    expect(text).toBe(':\n\n')
  })
})
