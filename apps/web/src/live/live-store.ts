import { type LiveServerMessage, type LiveSnapshot, PositionColumns } from '@fleet/api'
import type { Bike } from '@fleet/domain'
import { connectionAfter, type ConnectionEvent, type ConnectionState } from './connection.ts'
import { LiveSocket, type SocketLike } from './live-socket.ts'
import { MarkerColumns } from './marker-columns.ts'
import { applyChanges, applySnapshot, emptyRegistry, type Registry } from './registry.ts'
import { ServerClock } from './server-clock.ts'

export interface LiveStoreOptions {
  readonly createSocket: () => SocketLike
  readonly now: () => number
  readonly random: () => number
  readonly isSignedIn: () => Promise<boolean>
}

/** What the connection badge and the offline banner need to know. A value. */
export interface ConnectionView {
  readonly state: ConnectionState
  /** When the next attempt is due, this machine's clock; null while connected. */
  readonly retryAtMs: number | null
  /** True once a first snapshot has come: before that there is nothing to show. */
  readonly hasData: boolean
}

type Topic = 'connection' | 'registry' | 'positions'

/**
 * Everything live, in one place: connection, registry, markers, server clock. React subscribes to the first two;
 * the map reads the marker columns directly.
 */
export class LiveStore {
  readonly markers = new MarkerColumns()
  readonly clock = new ServerClock()
  #registry: Registry = emptyRegistry
  #connection: ConnectionView = { state: 'signed-out', retryAtMs: null, hasData: false }
  #heardAtMs = 0
  readonly #listeners: Record<Topic, Set<() => void>> = {
    connection: new Set(),
    registry: new Set(),
    positions: new Set(),
  }
  readonly #socket: LiveSocket
  readonly #now: () => number

  constructor(options: LiveStoreOptions) {
    this.#now = options.now
    this.#socket = new LiveSocket({
      ...options,
      startMessage: () => ({
        type: 'start',
        ...(this.#registry.logId === null
          ? {}
          : { resume: { logId: this.#registry.logId, seq: this.#registry.seq } }),
      }),
      onMessage: (message) => this.#receive(message),
      onPositions: (fixes) => this.#receivePositions(fixes),
      onHeard: () => {
        this.#heardAtMs = this.#now()
        this.#connect('heard', null)
      },
      onQuiet: () => this.#connect('quiet', null),
      onLost: (retryAtMs) => this.#connect('lost', retryAtMs),
      onDenied: () => this.#connect('denied', null),
    })
  }

  start(): void {
    this.#connect('start', null)
    this.#socket.open()
  }

  /** Forgets everything: the next person to sign in may be allowed to see less. */
  stop(): void {
    this.#socket.close()
    this.#registry = emptyRegistry
    this.markers.clear()
    this.#heardAtMs = 0
    this.#connection = { state: 'signed-out', retryAtMs: null, hasData: false }
    this.#tell('connection')
    this.#tell('registry')
    this.#tell('positions')
  }

  /** For people who asked for less motion, markers step instead of gliding. */
  setGliding(glides: boolean): void {
    this.markers.glides = glides
  }

  retryNow = (): void => this.#socket.retryNow()

  get registry(): Registry {
    return this.#registry
  }
  get connection(): ConnectionView {
    return this.#connection
  }
  /** When anything last came from the server, this machine's clock. */
  get heardAtMs(): number {
    return this.#heardAtMs
  }
  /** The server's clock now, epoch ms. */
  serverNowMs(): number {
    return this.#now() + this.clock.offsetMs
  }

  subscribe(topic: Topic, listener: () => void): () => void {
    this.#listeners[topic].add(listener)
    return () => this.#listeners[topic].delete(listener)
  }

  #receive(message: LiveServerMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.clock.forget()
        this.clock.hear(message.serverTimeMs, this.#now())
        this.#takeSnapshot(message)
        return
      case 'resumed':
        this.clock.forget()
        this.clock.hear(message.serverTimeMs, this.#now())
        return
      case 'alive':
        this.clock.hear(message.serverTimeMs, this.#now())
        return
      case 'changes':
        this.#setRegistry(applyChanges(this.#registry, message.seq, message.changes))
        return
    }
  }

  #takeSnapshot(message: LiveSnapshot): void {
    this.#setRegistry(applySnapshot(this.#registry, message))
    this.markers.apply(new PositionColumns().take(message.latest, message.serverTimeMs), this.#now(), false)
    if (!this.#connection.hasData) this.#connection = { ...this.#connection, hasData: true }
    this.#tell('connection')
    this.#tell('positions')
  }

  #receivePositions(fixes: PositionColumns): void {
    this.clock.hear(fixes.serverTimeMs, this.#now())
    this.markers.apply(fixes, this.#now(), true)
    this.#tell('positions')
  }

  #setRegistry(next: Registry): void {
    const before = this.#registry
    this.#registry = next
    if (before.bikes !== next.bikes) this.#syncBikes(before.bikes, next.bikes)
    this.#tell('registry')
  }

  #syncBikes(before: ReadonlyMap<string, Bike>, next: ReadonlyMap<string, Bike>): void {
    for (const [id, bike] of next)
      if (before.get(id) !== bike) this.markers.setBike(bike.no, bike.code, bike.status, bike.kind)
    for (const [id, bike] of before) if (!next.has(id)) this.markers.remove(bike.no)
    this.#tell('positions')
  }

  #connect(event: ConnectionEvent, retryAtMs: number | null): void {
    const state = connectionAfter(this.#connection.state, event)
    if (state === this.#connection.state && retryAtMs === this.#connection.retryAtMs) return
    this.#connection = { ...this.#connection, state, retryAtMs }
    this.#tell('connection')
  }

  #tell(topic: Topic): void {
    for (const listener of this.#listeners[topic]) listener()
  }
}
