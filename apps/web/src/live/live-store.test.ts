import { encodePositionFrame, liveSilenceMs } from '@fleet/api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectionAfter, connectionEvents, connectionStates, quietMs } from './connection.ts'
import type { SocketLike } from './live-socket.ts'
import { LiveStore } from './live-store.ts'

type Listener = (event: never) => void

/** The server's end of a socket, in the test's hands. */
class FakeSocket implements SocketLike {
  binaryType: BinaryType = 'blob'
  sent: string[] = []
  closed = false
  readonly #listeners = new Map<string, Listener>()
  addEventListener(type: string, listener: Listener) {
    this.#listeners.set(type, listener)
  }
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.closed = true
  }
  accept() {
    this.#listeners.get('open')?.({} as never)
  }
  say(message: unknown) {
    const data = message instanceof Uint8Array ? message.buffer : JSON.stringify(message)
    this.#listeners.get('message')?.({ data } as never)
  }
  breakOff(code = 1006) {
    this.#listeners.get('close')?.({ code } as never)
  }
}

const snapshot = {
  type: 'snapshot',
  seq: '41',
  logId: 'log-a',
  serverTimeMs: 5_000_000,
  bikes: [],
  couriers: [],
  deliveries: [],
  issues: [],
  zones: [],
  devices: [],
  latest: [],
}

describe('the live store', () => {
  let sockets: FakeSocket[]
  let signedIn: boolean | 'unreachable'
  let store: LiveStore
  const newest = () => sockets.at(-1)!

  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 })
    sockets = []
    signedIn = true
    store = new LiveStore({
      createSocket: () => {
        const socket = new FakeSocket()
        sockets.push(socket)
        return socket
      },
      now: () => Date.now(),
      random: () => 0.999,
      isSignedIn: async () => {
        if (signedIn === 'unreachable') throw new Error('no network')
        return signedIn
      },
    })
    store.start()
  })
  afterEach(() => {
    store.stop()
    vi.useRealTimers()
  })

  it('starts without a place, is live with the snapshot, and knows the server clock', () => {
    expect(store.connection.state).toBe('connecting')
    newest().accept()
    expect(JSON.parse(newest().sent[0]!)).toEqual({ type: 'start' })
    newest().say(snapshot)
    expect(store.connection).toMatchObject({ state: 'live', hasData: true })
    expect(store.serverNowMs()).toBe(5_000_000)
  })

  it('shows a snapshot at once, and what changes after it at its leisure', () => {
    const told: boolean[] = []
    store.subscribe('registry', (urgent) => told.push(urgent))
    newest().accept()
    newest().say(snapshot)
    newest().say({ type: 'changes', seq: '42', changes: [] })
    expect(told).toEqual([true, false])
  })

  it('comes back with its place in the log, and keeps what it has meanwhile', async () => {
    newest().accept()
    newest().say(snapshot)
    newest().breakOff()
    expect(store.connection).toMatchObject({ state: 'offline', hasData: true })
    await vi.advanceTimersByTimeAsync(600)
    expect(sockets).toHaveLength(2)
    newest().accept()
    expect(JSON.parse(newest().sent[0]!)).toEqual({ type: 'start', resume: { logId: 'log-a', seq: '41' } })
    expect(store.connection.state).toBe('offline')
    newest().say({ type: 'resumed', seq: '41', serverTimeMs: 5_001_000 })
    expect(store.connection).toMatchObject({ state: 'live', retryAtMs: null })
  })

  it('calls silence stale, then gives the connection up and dials again', async () => {
    newest().accept()
    newest().say(snapshot)
    await vi.advanceTimersByTimeAsync(quietMs + 10)
    expect(store.connection.state).toBe('stale')
    newest().say({ type: 'alive', serverTimeMs: 5_007_000 })
    expect(store.connection.state).toBe('live')
    await vi.advanceTimersByTimeAsync(liveSilenceMs + 10)
    expect(store.connection.state).toBe('offline')
    expect(sockets[0]!.closed).toBe(true)
    await vi.advanceTimersByTimeAsync(600)
    expect(sockets).toHaveLength(2)
  })

  it('hears nothing more from a socket that it gave up', async () => {
    newest().accept()
    newest().say(snapshot)
    await vi.advanceTimersByTimeAsync(liveSilenceMs + 10)
    sockets[0]!.say({ ...snapshot, seq: '99' })
    expect(store.registry.seq).toBe('41')
    expect(store.connection.state).toBe('offline')
  })

  it('waits longer from try to try, and not at all when the network returns', async () => {
    for (let i = 0; i < 6; i++) {
      newest().breakOff()
      await vi.advanceTimersByTimeAsync(store.connection.retryAtMs! - Date.now())
    }
    newest().breakOff()
    expect(store.connection.retryAtMs! - Date.now()).toBeGreaterThan(7_000)
    const before = sockets.length
    store.retryNow()
    expect(sockets).toHaveLength(before + 1)
  })

  it('is signed out when the server knows nobody, and stops trying', async () => {
    signedIn = false
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(store.connection.state).toBe('signed-out')
    expect(sockets).toHaveLength(1)
  })

  it('does not take an outage for a sign-out', async () => {
    signedIn = 'unreachable'
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(600)
    expect(store.connection.state).toBe('offline')
    expect(sockets).toHaveLength(2)
  })

  it('is signed out when the server closes because the session has ended', async () => {
    newest().accept()
    newest().say(snapshot)
    signedIn = false
    newest().breakOff(1008)
    await vi.advanceTimersByTimeAsync(0)
    expect(store.connection.state).toBe('signed-out')
  })

  it('places markers from binary frames and ignores frames that it cannot read', () => {
    newest().accept()
    newest().say(snapshot)
    const fix = { lat: 52.37, lon: 4.9, speedMps: null, headingDeg: null, accuracyM: null }
    const frame = encodePositionFrame(
      [{ bikeNo: 3, timeMs: 9, ...fix, batteryPct: 50, charging: null, odometerM: 1 }],
      5_000_500,
    )
    newest().say(frame)
    expect(store.markers.lat[store.markers.slotOfNo.get(3)!]).toBeCloseTo(52.37, 6)
    newest().say(Uint8Array.of(9, 9, 9))
    expect(store.connection.state).toBe('live')
  })

  it('hands on which bikes came into zones and left them', () => {
    newest().accept()
    newest().say(snapshot)
    const told: unknown[] = []
    store.subscribe('zoneEvents', () => told.push(...store.zoneEvents))
    const event = { no: 7, kind: 'enter', bikeNo: 3, zoneId: 'zone-a' }
    newest().say({ type: 'zone_events', events: [event] })
    newest().say({ type: 'zone_events', events: [{ ...event, no: 8, kind: 'leave' }] })
    expect(told).toMatchObject([{ no: 7 }, { no: 8 }])
  })

  it('forgets everything when stopped', () => {
    newest().accept()
    newest().say(snapshot)
    store.stop()
    expect(store.registry.logId).toBeNull()
    expect(store.heardAtMs).toBe(0)
  })
})

describe('the connection table', () => {
  it('lets nothing but a start leave signed-out', () => {
    for (const event of connectionEvents)
      expect(connectionAfter('signed-out', event)).toBe(event === 'start' ? 'connecting' : 'signed-out')
  })

  it('is live after hearing anything, unless signed out', () => {
    for (const state of connectionStates)
      expect(connectionAfter(state, 'heard')).toBe(state === 'signed-out' ? 'signed-out' : 'live')
  })
})
