import {
  type ChangeMessage,
  type DatabaseMessage,
  type LiveServerMessage,
  type LiveSnapshot,
  PositionColumns,
} from '@fleet/api'
import type { Bike, ZoneEvent } from '@fleet/domain'
import type { AnsweredRow } from '../actions/action.ts'
import { connectionAfter, type ConnectionEvent, type ConnectionState } from './connection.ts'
import { LiveSocket, type SocketLike } from './live-socket.ts'
import { MarkerColumns } from './marker-columns.ts'
import { applyPending, type PendingChange } from './pending-changes.ts'
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
  /** The server's database, as far as the server has told. */
  readonly database: Pick<DatabaseMessage, 'state' | 'sinceMs'>
}

const start: ConnectionView = {
  state: 'signed-out',
  retryAtMs: null,
  hasData: false,
  database: { state: 'fine', sinceMs: 0 },
}

type Topic = 'connection' | 'registry' | 'positions' | 'zoneEvents'

/** @param urgent the person at this screen waits for it: they did it, or have an empty page before them */
export type LiveListener = (urgent: boolean) => void

/**
 * Everything live, in one place: connection, registry, markers, server clock. React subscribes to the first two;
 * the map reads the marker columns directly.
 */
export class LiveStore {
  readonly markers = new MarkerColumns()
  readonly clock = new ServerClock()
  /** What the server told us. */
  #told: Registry = emptyRegistry
  /** The same with what was done here and is not confirmed yet. */
  #shown: Registry = emptyRegistry
  readonly #pending = new Set<PendingChange>()
  #connection: ConnectionView = start
  #zoneEvents: readonly ZoneEvent[] = []
  #heardAtMs = 0
  #snapshotNo = 0
  readonly #listeners: Record<Topic, Set<LiveListener>> = {
    connection: new Set(),
    registry: new Set(),
    positions: new Set(),
    zoneEvents: new Set(),
  }
  readonly #socket: LiveSocket
  readonly #now: () => number

  constructor(options: LiveStoreOptions) {
    this.#now = options.now
    this.#socket = new LiveSocket({
      ...options,
      startMessage: () => ({
        type: 'start',
        ...(this.#told.logId === null ? {} : { resume: { logId: this.#told.logId, seq: this.#told.seq } }),
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

  /** Does nothing where it was started already. */
  start(): void {
    this.#connect('start', null)
    this.#socket.open()
  }

  /** Forgets everything: the next person to sign in may be allowed to see less. */
  stop(): void {
    this.#socket.close()
    this.#told = emptyRegistry
    this.#shown = emptyRegistry
    this.#pending.clear()
    this.markers.clear()
    this.#heardAtMs = 0
    this.#connection = start
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
    return this.#shown
  }
  get connection(): ConnectionView {
    return this.#connection
  }
  /** Grows with every snapshot: what was read elsewhere before it may be old. */
  get snapshotNo(): number {
    return this.#snapshotNo
  }
  /** Bikes that came into zones or left them, as they were told last; what was missed is read from the server. */
  get zoneEvents(): readonly ZoneEvent[] {
    return this.#zoneEvents
  }
  /** When anything last came from the server, this machine's clock. */
  get heardAtMs(): number {
    return this.#heardAtMs
  }
  /** This machine's clock, by which markers glide. */
  nowMs(): number {
    return this.#now()
  }
  /** The server's clock now, epoch ms. */
  serverNowMs(): number {
    return this.#now() + this.clock.offsetMs
  }

  /**
   * Shows changes at once that the server has not confirmed. What arrives live meanwhile goes below them.
   *
   * @returns takes them back, whatever came of them
   */
  expect(changes: readonly PendingChange[]): () => void {
    for (const change of changes) this.#pending.add(change)
    this.#show(true)
    return () => {
      let held = false
      for (const change of changes) held = this.#pending.delete(change) || held
      if (held) this.#show(true)
    }
  }

  /** Rows as the server answered them; they go by version like changes that came over the live channel. */
  confirm(rows: readonly AnsweredRow[]): void {
    if (rows.length === 0) return
    const { seq } = this.#told
    this.confirmChanges(
      rows.map(([kind, entity]): ChangeMessage => {
        const { id, version, updatedAtMs: atMs } = entity
        return { seq, atMs, kind, id, version, entity, command: '', actorId: null, actor: '' }
      }),
    )
  }

  /** As `confirm`, for an answer that holds lines of the change log. Our place in the log stays where it was. */
  confirmChanges(changes: readonly ChangeMessage[]): void {
    this.#told = applyChanges(this.#told, this.#told.seq, changes)
    this.#show(true)
  }

  subscribe(topic: Topic, listener: LiveListener): () => void {
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
      case 'zone_events':
        this.#zoneEvents = message.events
        this.#tell('zoneEvents')
        return
      case 'alive':
        this.clock.hear(message.serverTimeMs, this.#now())
        return
      case 'database':
        this.clock.hear(message.serverTimeMs, this.#now())
        this.#connection = { ...this.#connection, database: message }
        this.#tell('connection')
        return
      case 'changes':
        this.#told = applyChanges(this.#told, message.seq, message.changes)
        this.#show(false)
        return
    }
  }

  #takeSnapshot(message: LiveSnapshot): void {
    this.#snapshotNo++
    this.#told = applySnapshot(this.#told, message)
    this.#show(true)
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

  #show(urgent: boolean): void {
    const before = this.#shown
    this.#shown = applyPending(this.#told, this.#pending)
    if (before.bikes !== this.#shown.bikes) this.#syncBikes(before.bikes, this.#shown.bikes)
    this.#tell('registry', urgent)
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
    // A new connection takes the database for fine until it is told otherwise.
    const { database } = event === 'lost' ? start : this.#connection
    this.#connection = { ...this.#connection, state, retryAtMs, database }
    this.#tell('connection')
  }

  #tell(topic: Topic, urgent = false): void {
    for (const listener of this.#listeners[topic]) listener(urgent)
  }
}
