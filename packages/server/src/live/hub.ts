import { liveAliveIntervalMs, liveClientMessage, type LiveServerMessage } from '@fleet/api'
import type { Bike, LatestFix, ZoneEvent } from '@fleet/domain'
import type { Change, ChangeSeq, Snapshot, Store, StoreHealth } from '@fleet/store'
import type { Registry } from 'prom-client'
import type { WebSocket } from 'ws'
import type { Log } from '../log.ts'
import { isDatabaseAway } from '../database-away.ts'
import { compareSeq, parseChangeSeq } from './change-seq.ts'
import { createChangeTail } from './change-tail.ts'
import { ChangeWindow, writeChangesMessage } from './change-window.ts'
import { LiveClient } from './live-client.ts'
import { createLiveMetrics } from './live-metrics.ts'
import { MarkerBoard } from './marker-board.ts'

/** A client that missed more changes than this is better served with a snapshot. */
const maxResumeChanges = 5_000
const resumePageSize = 500
/** Positions are sent at most this often: it is the larger part of how old a marker is on a screen. */
const frameIntervalMs = 50
const probeIntervalMs = 10_000
/** Sessions end without a line in the change log: signing out, expiry. */
const recheckIntervalMs = 15_000
const startDeadlineMs = 10_000

export interface LiveHubOptions {
  readonly store: Store
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly registry: Registry
  readonly log: Log
  /** Every change of the log, oldest first, after it is durable; those that were missed by a restored log are not told. */
  readonly onChanges?: (changes: readonly Change[]) => void
}

export interface LiveHub {
  /**
   * Loads the markers and begins to follow the change log. Clients that come earlier are told to try again.
   *
   * @throws what the store throws when it cannot be read; may be called again
   */
  start(): Promise<void>
  /** Markers that moved: what `createIngest` hands to its `onMarkers`. */
  publishMarkers(markers: readonly LatestFix[]): void
  /**
   * Serves a socket that was just opened.
   *
   * @param mayStay whether the session still stands; asked again and again
   */
  attach(socket: WebSocket, mayStay: () => Promise<boolean>): void
  /** Tells every client who follows. */
  publishZoneEvents(events: readonly ZoneEvent[]): void
  /** Where a bike was last; null when nobody knows. */
  markerOf(bikeNo: number): LatestFix | null
  /** Cuts the clients whose session ended: call it after somebody signed out. */
  recheckSessions(): void
  readonly clientCount: number
  /** What waits in this process to be sent, for all clients. */
  readonly waitingBytes: number
  close(): Promise<void>
}

/**
 * Feeds all live clients of this process from one reader of the change log and one board of markers.
 *
 * A client joins without a gap: the snapshot is of place S, and in one turn of the event loop the client is put at S
 * in the change window, from where everything later reaches it, whether the reader of the log was behind S or ahead.
 */
export function createLiveHub(options: LiveHubOptions): LiveHub {
  const { store, now, log } = options
  const clients = new Set<LiveClient>()
  const board = new MarkerBoard()
  const bikeNos = new Map<string, number>()
  const metrics = createLiveMetrics(options.registry, () => clients.size)
  const timers: NodeJS.Timeout[] = []
  let window = new ChangeWindow('0' as ChangeSeq)
  let logId: string | null = null
  let isClosed = false
  let flushTimer: NodeJS.Timeout | null = null
  let lastFlushMs = -Infinity

  const tail = createChangeTail({
    store,
    log,
    onChanges(changes) {
      const oldestMs = changes[0]?.atMs
      if (oldestMs !== undefined) metrics.changeDelay(Math.max(0, now() - oldestMs) / 1000)
      window.push(changes)
      noteBikes(changes)
      for (const client of clients) {
        sendChanges(client)
        // It has more to read than it may be given now: look again soon, although nothing else may happen.
        if (isBehind(client)) scheduleFlush()
      }
      if (lastRead !== null && !window.covers(lastRead.seq)) void sharedSnapshot().catch(() => undefined)
      options.onChanges?.(changes)
      if (changes.some(({ kind }) => kind === 'user')) recheckSessions()
    },
    async onRewind() {
      const snapshot = await load()
      // What clients have read of the lost lines must not be gone on from.
      logId = `${snapshot.logId}/${now()}`
      for (const client of clients) if (client.phase === 'following') void join(client, null)
      return snapshot.seq
    },
  })

  async function load(): Promise<Snapshot> {
    const snapshot = await store.snapshot()
    logId = snapshot.logId
    window = new ChangeWindow(snapshot.seq)
    board.clear()
    board.update(snapshot.latest)
    bikeNos.clear()
    for (const bike of snapshot.bikes) bikeNos.set(bike.id, bike.no)
    return snapshot
  }

  function noteBikes(changes: readonly Change[]): void {
    for (const { kind, id, entity } of changes) {
      if (kind !== 'bike') continue
      if (entity !== null) bikeNos.set(id, (entity as Bike).no)
      else {
        const no = bikeNos.get(id)
        if (no !== undefined) board.forget(no)
        bikeNos.delete(id)
      }
    }
  }

  // --- Joining ---

  async function join(client: LiveClient, resume: { logId: string; seq: string } | null): Promise<void> {
    client.phase = 'joining'
    const health = store.health.current()
    if (health.state !== 'fine') client.send(writeDatabaseState(health), false)
    try {
      const resumed =
        resume !== null && resume.logId === logId && (await resumeAt(client, parseChangeSeq(resume.seq)))
      if (!resumed) await startAfresh(client)
      follow(client)
    } catch (error) {
      log.warn({ error }, 'A live client could not be served; it is asked to come again.')
      client.close(1013, 'The database is away: try again')
    }
  }

  /**
   * Brings a client that has read up to `seq` into the window.
   *
   * @returns false when it must start afresh; then nothing was sent
   */
  async function resumeAt(client: LiveClient, seq: ChangeSeq): Promise<boolean> {
    if (compareSeq(seq, tail.seq) > 0 && compareSeq(seq, await store.headSeq()) > 0) return false
    client.seq = seq
    client.revision = 0
    const missed = window.covers(seq) ? [] : await store.changes(seq, maxResumeChanges + 1)
    if (missed.length > maxResumeChanges) return false
    metrics.joined('resumed')
    client.send(write({ type: 'resumed', seq, serverTimeMs: now() }), false)
    for (let at = 0; at < missed.length; at += resumePageSize)
      await sendPage(client, missed.slice(at, at + resumePageSize))
    // Meanwhile the window may have moved on again.
    while (client.phase === 'joining' && !window.covers(client.seq))
      await sendPage(client, await store.changes(client.seq, resumePageSize))
    return true
  }

  /** Waits until the page is sent: a slow client has one page in memory, not all that it missed. */
  async function sendPage(client: LiveClient, changes: readonly Change[]): Promise<void> {
    const last = changes.at(-1)
    if (last === undefined || client.phase !== 'joining') return
    const message = writeChangesMessage(changes, last.seq)
    client.seq = last.seq
    if (message !== null) await client.sendAndWait(message.bytes)
  }

  async function startAfresh(client: LiveClient): Promise<void> {
    const snapshot = knownSnapshot() ?? (await sharedSnapshot())
    if (client.phase !== 'joining') return
    metrics.joined('snapshot')
    client.seq = snapshot.seq
    client.revision = snapshot.revision
    await client.sendAndWait(stamp(snapshot))
  }

  /** While the database is away: what was read last, and all that came since, are what is known. */
  function knownSnapshot(): WrittenSnapshot | null {
    const isKnown = lastRead?.logId === logId && window.covers(lastRead.seq)
    return isKnown && isDatabaseAway(store) ? lastRead : null
  }

  interface WrittenSnapshot {
    /** All but what is said of when it is sent. */
    readonly bytes: Buffer
    readonly logId: string
    readonly seq: ChangeSeq
    /** Markers that moved after this revision of the board may be missing in it. */
    readonly revision: number
  }
  let stamped: { readonly of: WrittenSnapshot; readonly atMs: number; readonly bytes: Buffer } | null = null

  /** With the time, once a second at most: those who come together share one message. */
  function stamp(snapshot: WrittenSnapshot): Buffer {
    const nowMs = now()
    if (stamped?.of !== snapshot || Math.abs(nowMs - stamped.atMs) >= 1_000) {
      const head = Buffer.from(`{"type":"snapshot","serverTimeMs":${nowMs},`)
      stamped = { of: snapshot, atMs: nowMs, bytes: Buffer.concat([head, snapshot.bytes]) }
    }
    return stamped.bytes
  }

  let reading: Promise<WrittenSnapshot> | null = null
  let lastRead: WrittenSnapshot | null = null

  /** After a restart of the server all clients come at once: they share one read and one serialisation. */
  function sharedSnapshot(): Promise<WrittenSnapshot> {
    reading ??= readSnapshot().finally(() => {
      reading = null
    })
    return reading
  }

  async function readSnapshot(): Promise<WrittenSnapshot> {
    const { revision } = board
    const snapshot = await store.snapshot()
    publishMarkers(snapshot.latest)
    return keepSnapshot(snapshot, revision)
  }

  function keepSnapshot(snapshot: Snapshot, revision: number): WrittenSnapshot {
    const { seq, bikes, couriers, deliveries, issues, zones, devices, latest } = snapshot
    const rest = { seq, logId, bikes, couriers, deliveries, issues, zones, devices, latest }
    lastRead = { bytes: Buffer.from(JSON.stringify(rest).slice(1)), logId: logId!, seq, revision }
    return lastRead
  }

  function follow(client: LiveClient): void {
    if (client.phase !== 'joining') return
    client.phase = 'following'
    sendChanges(client)
    sendPositions(client)
    if (isBehind(client)) scheduleFlush()
  }

  // --- Following ---

  function sendChanges(client: LiveClient): void {
    while (client.phase === 'following' && client.seq !== window.end && client.mayTakeChanges) {
      if (!window.covers(client.seq)) {
        // It read so slowly that its place is gone: the present is shorter than the way there.
        void join(client, null)
        return
      }
      // A snapshot may be ahead of the reader of the log.
      if (compareSeq(client.seq, window.end) > 0) return
      const message = window.messageAfter(client.seq)
      client.seq = message === null ? window.end : message.seq
      if (message !== null) client.send(message.bytes, false)
    }
  }

  function sendPositions(client: LiveClient): void {
    if (client.phase !== 'following' || client.revision === board.revision || !client.mayTakePositions) return
    const frame = board.frameAfter(client.revision, now())
    client.revision = board.revision
    if (frame === null) return
    client.send(frame, true)
    metrics.sentFrame()
  }

  function isBehind(client: LiveClient): boolean {
    return (
      client.phase === 'following' &&
      (client.revision !== board.revision || compareSeq(client.seq, window.end) < 0)
    )
  }

  function publishMarkers(markers: readonly LatestFix[]): void {
    board.update(markers)
    scheduleFlush()
  }

  function publishZoneEvents(events: readonly ZoneEvent[]): void {
    if (events.length === 0) return
    const message = write({ type: 'zone_events', events })
    for (const client of clients)
      if (client.phase === 'following' && client.mayTakeChanges) client.send(message, false)
  }

  /** At once when the last frame was long ago, else when the interval is over. */
  function scheduleFlush(): void {
    if (flushTimer !== null || isClosed) return
    flushTimer = setTimeout(flush, Math.max(0, lastFlushMs + frameIntervalMs - performance.now()))
  }

  let flushedRevision = 0
  function flush(): void {
    flushTimer = null
    lastFlushMs = performance.now()
    let isAnyBehind = false
    for (const client of clients) {
      sendChanges(client)
      sendPositions(client)
      isAnyBehind ||= isBehind(client)
    }
    const oldestMs = board.oldestAfter(flushedRevision)
    flushedRevision = board.revision
    if (oldestMs !== null) metrics.markerDelay(Math.max(0, now() - oldestMs) / 1000)
    if (isAnyBehind) scheduleFlush()
  }

  const writeDatabaseState = ({ state, sinceMs }: Pick<StoreHealth, 'state' | 'sinceMs'>) =>
    write({ type: 'database', state, sinceMs, serverTimeMs: now() })

  /** Also to those who wait for their first answer, which takes the database. */
  const unsubscribeHealth = store.health.onStateChange((health) => {
    const message = writeDatabaseState(health)
    // Some were let in on what was known.
    if (health.state === 'fine') recheckSessions()
    for (const client of clients)
      if (client.phase === 'joining' || client.phase === 'following') client.send(message, false)
  })

  // --- Connections ---

  function attach(socket: WebSocket, mayStay: () => Promise<boolean>): void {
    const client = new LiveClient(socket, mayStay, now())
    if (logId === null || isClosed) {
      client.close(1013, 'Starting or stopping: try again')
      return
    }
    clients.add(client)
    const deadline = setTimeout(() => {
      if (client.phase === 'waiting') client.close(1008, 'Nothing was sent')
    }, startDeadlineMs)
    socket.on('message', (data, isBinary) => {
      client.heard(now())
      if (client.phase === 'closed') return
      const message = isBinary ? null : parseMessage(rawText(data))
      if (message === null || client.phase !== 'waiting')
        client.close(1008, 'Send one start message, then listen')
      else void join(client, message.resume ?? null)
    })
    socket.on('pong', () => client.heard(now()))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      client.phase = 'closed'
      clearTimeout(deadline)
      clients.delete(client)
    })
  }

  function recheckSessions(): void {
    for (const client of clients) void recheck(client)
  }

  async function recheck(client: LiveClient): Promise<void> {
    try {
      if (await client.mayStay()) return
    } catch {
      // The database is away. That ends no session; the next round asks again.
      return
    }
    client.close(1008, 'The session has ended')
    // A peer that does not answer the close would keep the socket for 30 s more.
    setTimeout(() => client.socket.terminate(), 1_000).unref()
  }

  function every(intervalMs: number, work: () => void): void {
    const timer = setInterval(work, intervalMs)
    timer.unref()
    timers.push(timer)
  }

  return {
    async start() {
      const snapshot = await load()
      keepSnapshot(snapshot, board.revision)
      tail.start(snapshot.seq)
      every(liveAliveIntervalMs, () => {
        const alive = write({ type: 'alive', serverTimeMs: now() })
        for (const client of clients)
          if (client.phase === 'following' && client.mayTakePositions) client.send(alive, false)
      })
      every(probeIntervalMs, () => {
        for (const client of clients) client.probe(now())
      })
      every(recheckIntervalMs, recheckSessions)
    },
    publishMarkers,
    publishZoneEvents,
    markerOf: (bikeNo) => board.get(bikeNo),
    attach,
    recheckSessions,
    get clientCount() {
      return clients.size
    },
    get waitingBytes() {
      let bytes = 0
      for (const { socket } of clients) bytes += socket.bufferedAmount
      return bytes
    },
    async close() {
      isClosed = true
      unsubscribeHealth()
      tail.close()
      for (const timer of timers) clearInterval(timer)
      if (flushTimer !== null) clearTimeout(flushTimer)
      const gone = Promise.all(
        [...clients].map(
          (client) => new Promise<void>((resolve) => client.socket.once('close', () => resolve())),
        ),
      )
      for (const client of clients) {
        client.close(1001, 'The server stops: come again')
        setTimeout(() => client.socket.terminate(), 1_000).unref()
      }
      await gone
    },
  }
}

const write = (message: LiveServerMessage) => Buffer.from(JSON.stringify(message))

function rawText(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString()
}

function parseMessage(text: string) {
  try {
    return liveClientMessage.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
