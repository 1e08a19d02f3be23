import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { sqliteBackend, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, signInAllRoles, type TestServer } from '../../testing/test-server.ts'

const count = 60
let backend: TestBackend
let server: TestServer
let cookie: string

beforeAll(async () => {
  backend = await sqliteBackend()
  server = await openTestServer(await backend.open())
  cookie = (await signInAllRoles(server)).cookies.dispatcher
  for (let i = 0; i < count; i++)
    await server
      .client(cookie)
      .call('createBike', { body: { code: `AMS-${1000 + i}`, kind: 'cargo', note: '' } })
})
afterAll(async () => {
  await server.close()
  await backend.stop()
})

/** Without `fetch`, which unpacks bodies. */
async function get(path: string, encoding: string): Promise<{ encoding: string | undefined; body: Buffer }> {
  const headers = { cookie, 'accept-encoding': encoding }
  const sent = request(`${server.url}${path}`, { headers }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return {
    encoding: response.headers['content-encoding'],
    body: Buffer.concat(await response.toArray()),
  }
}

test.each([
  ['br', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
  ['gzip, br', 'br', brotliDecompressSync],
] as const)(
  'a list is sent in a fifth of its bytes at most to who takes %s',
  async (asked, encoding, unpack) => {
    const plain = await get('/api/bikes', 'identity')
    const packed = await get('/api/bikes', asked)
    expect([plain.encoding, packed.encoding]).toEqual([undefined, encoding])
    expect(unpack(packed.body).toString()).toBe(plain.body.toString())
    expect(packed.body.length).toBeLessThan(plain.body.length / 5)
  },
)

test('a short answer stays as it is', async () => {
  expect((await get('/api/session', 'br')).encoding).toBeUndefined()
})

test.each([true, false])(
  'with compression %s the snapshot of the live channel arrives whole',
  async (perMessageDeflate) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/live`, {
      headers: { cookie },
      perMessageDeflate,
    })
    let wireBytes = 0
    socket.on('upgrade', ({ socket: wire }) =>
      wire.on('data', (chunk: Buffer) => (wireBytes += chunk.length)),
    )
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'start' }))
    const [message] = (await once(socket, 'message')) as [Buffer]
    socket.close()
    expect(JSON.parse(message.toString()).bikes).toHaveLength(count)
    if (perMessageDeflate) expect(wireBytes).toBeLessThan(message.length / 5)
    else expect(wireBytes).toBeGreaterThan(message.length)
  },
)
