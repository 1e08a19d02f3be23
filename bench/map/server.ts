import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { encodePositionFrame, liveAliveIntervalMs } from '@fleet/api'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Feed } from './feed.ts'

const dist = join(import.meta.dirname, '../../apps/web/dist')
const nonce = 'YmVuY2gtbm9uY2U='
/** As strict as the real server's: what is measured must run under it. */
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  `style-src 'self' 'nonce-${nonce}'`,
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
].join('; ')
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

export interface MapServer {
  readonly url: string
  /** As a server that dies: sockets break, nothing is answered. */
  pause(): void
  resume(): void
  /** Open sockets, no words. */
  mute(on: boolean): void
  close(): Promise<void>
}

export interface MapServerOptions {
  readonly port?: number
  /** How often the whole fleet reports. */
  readonly intervalMs?: number
  /** Changes of rows a second, beside positions. */
  readonly changesPerSecond?: number
}

/** The real protocol over a made-up fleet: static files of the built app, the session, one history, the live channel. */
export async function openMapServer(feed: Feed, options: MapServerOptions = {}): Promise<MapServer> {
  const { port = 0, intervalMs = 1_000, changesPerSecond = 2 } = options
  let paused = false
  let muted = false
  let signedIn = true
  const server = createServer((request, response) => {
    if (paused) request.socket.destroy()
    else void answer(request, response)
  })
  const live = new WebSocketServer({ noServer: true })
  const clients = new Set<WebSocket>()
  server.on('upgrade', (request, socket, head) => {
    if (paused || !signedIn || request.url !== '/api/live') {
      socket.destroy()
      return
    }
    live.handleUpgrade(request, socket, head, (client) => {
      client.on('message', () => {
        client.send(JSON.stringify(feed.snapshot(Date.now())))
        clients.add(client)
      })
      client.on('close', () => clients.delete(client))
    })
  })

  const send = (data: string | Uint8Array) => {
    if (!muted) for (const client of clients) client.send(data)
  }
  const timers = [
    setInterval(() => send(encodePositionFrame(feed.step(Date.now()), Date.now())), intervalMs),
    setInterval(() => send(JSON.stringify({ type: 'alive', serverTimeMs: Date.now() })), liveAliveIntervalMs),
  ]
  if (changesPerSecond > 0)
    timers.push(
      setInterval(() => {
        const change = feed.change(Date.now())
        send(JSON.stringify({ type: 'changes', seq: change.seq, changes: [change] }))
      }, 1000 / changesPerSecond),
    )

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://bench')
    const json = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    if (url.pathname === '/api/session/link' || url.pathname === '/api/session') {
      if (request.method === 'DELETE') {
        signedIn = false
        for (const client of clients) client.close(1008)
        return response.writeHead(204).end()
      }
      if (request.method === 'POST') {
        let text = ''
        for await (const chunk of request) text += String(chunk)
        if (text.includes('wrong')) return json(401, problem(401))
        if (text.includes('often')) return json(429, problem(429))
        signedIn = true
      }
      return signedIn ? json(200, session) : json(401, problem(401))
    }
    const history = /^\/api\/bikes\/([^/]+)\/positions$/.exec(url.pathname)
    if (history !== null) {
      const [from, to] = ['fromMs', 'toMs'].map((key) => Number(url.searchParams.get(key)))
      return json(200, { items: feed.positions(history[1]!, from!, to!), nextCursor: null })
    }
    if (url.pathname.startsWith('/api/')) return json(404, problem(404))
    const path = url.pathname === '/' ? '/index.html' : url.pathname
    const bytes = await readFile(join(dist, path)).catch(() => null)
    if (bytes === null) return response.writeHead(404).end()
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': policy,
    })
    response.end(path === '/index.html' ? bytes.toString().replaceAll('__CSP_NONCE__', nonce) : bytes)
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    pause() {
      paused = true
      for (const client of clients) client.terminate()
      clients.clear()
    },
    resume() {
      paused = false
    },
    mute(on) {
      muted = on
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      for (const client of clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const session = {
  user: {
    id: '01890000-0000-7000-8000-000000000001',
    name: 'noor',
    role: 'dispatcher',
    disabled: false,
    courierId: null,
    version: 1,
    createdAtMs: 0,
    updatedAtMs: 0,
    demo: true,
  },
  expiresAtMs: 8_000_000_000_000,
}
const problem = (status: number) => ({
  type: 'about:blank',
  title: 'No',
  status,
  detail: 'No.',
  code: status === 401 ? 'signed_out' : 'no',
})
