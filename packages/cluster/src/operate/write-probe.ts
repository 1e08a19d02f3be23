import { Socket } from 'node:net'
import { Client, type ClientConfig } from 'pg'
import type { OperationClock } from './operation.ts'

/** The longest time between two acknowledged writes. */
export interface WriteGap {
  /** The last acknowledgement before it, by the probe's clock. */
  readonly startMs: number
  readonly gapMs: number
}

export interface ProbeHistory {
  /** When each write was acknowledged, ascending, by the probe's clock. */
  readonly acknowledgedMs: readonly number[]
  /** What failed in between, with how often: the text of PostgreSQL or of the socket. */
  readonly errors: ReadonlyMap<string, number>
}

/** A client that writes all the time and remembers when the database acknowledged. */
export interface WriteProbe {
  readonly history: ProbeHistory
  /** Waits for so many acknowledgements more. @returns whether they came in time */
  acknowledged(count: number, timeoutMs: number): Promise<boolean>
  /** Ends the writing. */
  stop(): Promise<ProbeHistory>
}

export interface WriteProbeOptions {
  /** Where writes go, TLS included: {@link vipConnection}. */
  readonly connection: ClientConfig
  readonly clock: OperationClock
  /** Between an acknowledgement and the next write. Default 5. */
  readonly pauseMs?: number
  /** One write, acknowledged when it resolves. Default: one that leaves nothing to clean up. */
  readonly write?: (client: Client) => Promise<unknown>
}

/**
 * A write that needs no table and leaves nothing to clean up: a message of zero bytes in the WAL. It has a
 * transaction of its own, so its commit waits for the standbys as every other does.
 */
const emitMessage = (client: Client) =>
  client.query(`SELECT pg_logical_emit_message(true, 'fleet-probe', '')`)
/** After so long without an answer a second connection tries beside the first, which may only be slow. */
const patienceMs = 200
const maximumLanes = 8
/** A lane that nothing came of is given up. */
const laneTimeoutMs = 10_000
const retryPauseMs = 20
/** For telling PostgreSQL that a session ends, before its socket is taken away. */
const goodbyeMs = 500

/**
 * Begins to write at once, as its own session, through every failure until it is stopped.
 *
 * A connection that went silent says nothing until TCP gives up, and one that waits for a standby is merely slow: so
 * a new one is opened beside it, and the first to answer goes on alone.
 */
export function createWriteProbe({
  connection,
  clock,
  pauseMs = 5,
  write = emitMessage,
}: WriteProbeOptions): WriteProbe {
  const acknowledgedMs: number[] = []
  const errors = new Map<string, number>()
  const history: ProbeHistory = { acknowledgedMs, errors }
  const stop = new AbortController()
  const lanes = new Set<AbortController>()
  /** The last time that an acknowledgement came or a lane was opened. */
  let lastMs = clock.now()

  const onlyLane = (lane: AbortController) => {
    for (const other of lanes) if (other !== lane) other.abort()
  }

  async function runLane(lane: AbortController): Promise<void> {
    const socket = new Socket()
    const client = new Client({
      ...connection,
      stream: () => socket,
      connectionTimeoutMillis: laneTimeoutMs,
      query_timeout: laneTimeoutMs,
    })
    // A connection that breaks between two writes says so here; the next write tells.
    client.on('error', () => {})
    const given = new Promise<never>((_, reject) => {
      lane.signal.addEventListener('abort', () => reject(new Error('given up')), { once: true })
    })
    given.catch(() => {})
    try {
      await Promise.race([client.connect(), given])
      for (;;) {
        await Promise.race([write(client), given])
        lastMs = clock.now()
        acknowledgedMs.push(lastMs)
        onlyLane(lane)
        await clock.sleep(pauseMs, lane.signal)
      }
    } catch (error) {
      if (!lane.signal.aborted) count(errors, error)
    } finally {
      lanes.delete(lane)
      // Not awaited: a half-open connection would hold us for as long as TCP waits.
      client.end().catch(() => {})
      setTimeout(() => socket.destroy(), goodbyeMs).unref()
    }
  }

  async function supervise(): Promise<void> {
    const running = new Set<Promise<void>>()
    while (!stop.signal.aborted) {
      const nowMs = clock.now()
      if (lanes.size === 0 || nowMs - lastMs > patienceMs) {
        lastMs = nowMs
        const [oldest] = lanes
        if (lanes.size >= maximumLanes) oldest?.abort()
        const lane = new AbortController()
        lanes.add(lane)
        const run = runLane(lane).finally(() => running.delete(run))
        running.add(run)
      }
      await clock.sleep(retryPauseMs, stop.signal).catch(() => {})
    }
    for (const lane of lanes) lane.abort()
    await Promise.all(running)
  }
  const done = supervise()

  return {
    history,
    async acknowledged(countWanted, timeoutMs) {
      const wanted = acknowledgedMs.length + countWanted
      const deadlineMs = clock.now() + timeoutMs
      while (acknowledgedMs.length < wanted && clock.now() < deadlineMs && !stop.signal.aborted)
        await clock.sleep(10, stop.signal).catch(() => {})
      return acknowledgedMs.length >= wanted
    },
    async stop() {
      stop.abort()
      await done
      return history
    },
  }
}

/** The longest silence between two acknowledgements at or after `fromMs`; null when fewer than two are known. */
export function longestWriteGap({ acknowledgedMs }: ProbeHistory, fromMs = -Infinity): WriteGap | null {
  let longest: WriteGap | null = null
  for (const [index, atMs] of acknowledgedMs.entries()) {
    const startMs = acknowledgedMs[index - 1]
    if (startMs === undefined || atMs < fromMs) continue
    if (!longest || atMs - startMs > longest.gapMs) longest = { startMs, gapMs: atMs - startMs }
  }
  return longest
}

function count(errors: Map<string, number>, error: unknown): void {
  const text = error instanceof Error ? error.message || error.name : String(error)
  errors.set(text, (errors.get(text) ?? 0) + 1)
}
