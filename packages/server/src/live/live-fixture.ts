import { decodePositionFrame, type LiveServerMessage, type Marker } from '@fleet/api'
import type { User } from '@fleet/domain'
import type { Change, Store } from '@fleet/store'
import { Registry } from 'prom-client'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createSessions } from '../auth/sessions.ts'
import { createApp } from '../http/app.ts'
import { sessionCookie } from '../http/session-cookie.ts'
import { execute, newId, quietLog } from '../ingest/fleet-fixture.ts'
import { createLiveHub, type LiveHub } from './hub.ts'
import { registerLive } from './routes.ts'
import { waitFor } from '../../testing/wait-for.ts'

/* For the tests of the live channel: the app on a real port, and clients that read as a screen does. */

export interface LiveApp {
  readonly hub: LiveHub
  readonly registry: Registry
  /** `ws://host:port/api/live` */
  readonly url: string
  /** Adds an account and signs it in. */
  readonly signIn: (
    role: User['role'],
    name?: string,
  ) => Promise<{ user: User; token: string; cookie: string }>
  readonly signOut: (token: string) => Promise<void>
}

export async function openLive(store: Store): Promise<LiveApp> {
  const registry = new Registry()
  const hub = createLiveHub({ store, now: Date.now, registry, log: quietLog })
  await hub.start()
  const sessions = createSessions(store, Date.now)
  const app = await createApp({
    sessions,
    host: '127.0.0.1',
    publicUrl: null,
    trustProxy: false,
    now: Date.now,
    log: quietLog,
  })
  await registerLive(app, hub, {
    authorise: async (request) => {
      const token = request.cookies[sessionCookie]
      return token === undefined ? null : ((await sessions.find(token))?.user ?? null)
    },
    publicHost: null,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    await hub.close()
    await app.close()
  })
  let accounts = 0
  return {
    hub,
    registry,
    url: `${url.replace('http', 'ws')}/api/live`,
    async signIn(role, name = `${role}-${(accounts += 1)}-${Math.random().toString(36).slice(2, 8)}`) {
      const id = newId() as unknown as User['id']
      await execute(store, { type: 'user.create', id, name, role, courierId: null, passwordHash: null })
      const user = (await store.get('user', id))!
      const { token } = await sessions.open(user)
      return { user, token, cookie: `${sessionCookie}=${token}` }
    },
    signOut: (token) => sessions.close(token),
  }
}

/** A screen: follows the channel and keeps what it has been told. */
export interface Screen {
  readonly socket: WebSocket
  readonly messages: LiveServerMessage[]
  /** The changes since the last snapshot, in the order of arrival. */
  readonly changes: Change[]
  /** The newest marker of each bike, from snapshot and frames. */
  readonly markers: Map<number, Pick<Marker, 'timeMs' | 'lat' | 'lon'>>
  frames: number
  /** Where it stands, for `resume`. */
  seq: string | null
  logId: string | null
  /** Set when the socket is closed. */
  closed: { code: number; reason: string } | null
}

/**
 * Opens the channel and sends `start`.
 *
 * @throws Error `Unexpected server response: 401` and the like when the upgrade is refused
 */
export async function openScreen(
  live: Pick<LiveApp, 'url'>,
  cookie: string,
  options: {
    resume?: { logId: string; seq: string }
    headers?: Record<string, string>
    silent?: boolean
  } = {},
): Promise<Screen> {
  const socket = new WebSocket(live.url, {
    headers: { cookie, ...options.headers },
    perMessageDeflate: false,
  })
  const screen: Screen = {
    socket,
    messages: [],
    changes: [],
    markers: new Map(),
    frames: 0,
    seq: options.resume?.seq ?? null,
    logId: options.resume?.logId ?? null,
    closed: null,
  }
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) readFrame(screen, data)
    else readMessage(screen, JSON.parse(data.toString()) as LiveServerMessage)
  })
  socket.on('close', (code, reason) => (screen.closed = { code, reason: reason.toString() }))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => undefined)
  onTestFinished(() => socket.terminate())
  if (options.silent !== true)
    socket.send(JSON.stringify({ type: 'start', ...(options.resume ? { resume: options.resume } : {}) }))
  return screen
}

function readMessage(screen: Screen, message: LiveServerMessage): void {
  screen.messages.push(message)
  if (message.type === 'snapshot') {
    screen.seq = message.seq
    screen.logId = message.logId
    screen.changes.length = 0
    for (const marker of message.latest) screen.markers.set(marker.bikeNo, marker)
  } else if (message.type === 'changes') {
    screen.seq = message.seq
    screen.changes.push(...(message.changes as readonly Change[]))
  }
}

function readFrame(screen: Screen, data: Buffer): void {
  screen.frames += 1
  for (const marker of decodePositionFrame(data)!.markers) screen.markers.set(marker.bikeNo, marker)
}

export async function waitForStart(screen: Screen): Promise<void> {
  await waitFor(() => {
    if (screen.messages.length === 0) throw new Error('nothing has come yet')
  })
}

/** Cuts the connection as a network does, and waits until it is gone on this side. */
export async function cut(screen: Screen): Promise<void> {
  const gone = new Promise((resolve) => screen.socket.once('close', resolve))
  screen.socket.terminate()
  await gone
}
