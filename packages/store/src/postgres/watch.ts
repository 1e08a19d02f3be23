import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError, type ClientConfig } from 'pg'
import type { HealthRecord } from '../health.ts'
import { classify, describeFailure } from './errors.ts'
import type { Link, Links } from './link.ts'
import { waitFor } from './wait-for.ts'

/*
 * Half-open connections.
 *
 * A machine that loses its power, or a network that is cut, sends nothing: whoever waits for its answer waits for TCP
 * to give up, some 15 minutes, and Node has no TCP_USER_TIMEOUT. A time limit for statements alone cannot tell a dead
 * connection from a statement that rightly waits, for a lock or in COMMIT for a standby: giving that one up would make
 * its outcome unknown for nothing.
 *
 * So one connection of its own asks the server every second which of our sessions it has and which of them are at work.
 * - A connection whose session is not listed is dead: the server was restarted, or another one has taken over.
 * - One that waits for an answer while its session waits for us is dead in one direction.
 * - When the server can be asked neither on this connection nor on a new one, connections that bring nothing are dead.
 * In all cases that is noticed within 5 s. A session that is at work is left alone for as long as it takes.
 *
 * The session of a connection that we gave up may live on: a server whose client fell silent finds out after 10 s, and
 * until then whoever tries the same again waits for its locks. We end those sessions, but for one that works or commits.
 */

const beatMs = 1_000
/** When everybody is in a hurry. */
const minBeatMs = 50
/** How long the server may take to answer one such question. */
const answerMs = 1_500
/** How long it may not be reached on a new connection either, before silent ones count as dead. */
const unreachableMs = 1_500
/** While it cannot be reached a new attempt begins this often, whether or not those before it have failed. */
const attemptMs = 500
const attemptTimeoutMs = 3_000

/** How long a failover of the cluster takes at most, on silent loss of the primary: 27 s measured. */
export const failoverMs = 30_000

/** SQL: in a transaction, and waiting for its client or for a lock; never in COMMIT, which waits for a standby. */
const isHeldUp = `(state <> 'idle' AND wait_event_type IN ('Client', 'Lock'))`

const beatText = `
  SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS is_read_only,
    coalesce(array_agg(application_name) FILTER (WHERE application_name IS NOT NULL), '{}') AS sessions,
    coalesce(array_agg(application_name) FILTER (WHERE state NOT LIKE 'idle%' AND wait_event_type IS DISTINCT FROM 'Client'), '{}')
      AS working,
    coalesce(array_agg(application_name) FILTER (WHERE ${isHeldUp}), '{}') AS held_up
  FROM pg_stat_activity WHERE starts_with(application_name, $1)`

const endText = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY($1) AND ${isHeldUp}`

interface Beat {
  readonly is_read_only: boolean
  readonly sessions: readonly string[]
  readonly working: readonly string[]
  readonly held_up: readonly string[]
}

/** What a connection had brought when it was looked at. */
interface Sample {
  readonly bytesRead: number
  readonly atMs: number
}

interface Asked {
  readonly link: Link
  readonly isWaiting: boolean
  readonly sample: Sample
}

export class Watch {
  readonly #clientConfig: ClientConfig
  readonly #links: Links
  readonly #health: HealthRecord
  readonly #stopping = new AbortController()
  #running: Promise<void> | null = null
  /** What was in the way of the last attempt; null when nothing was. */
  #obstacle: unknown = null
  #absentSinceMs: number | null = null
  /** Connections that wait for an answer which the server does not seem to work on, and since when they brought nothing. */
  #suspects = new Map<Link, Sample>()
  /** Resolved and replaced whenever there is something to know for those who wait for the server. */
  #news = Promise.withResolvers<void>()
  #hurry = Promise.withResolvers<void>()

  /** @param health is told the state of the database */
  constructor(clientConfig: ClientConfig, links: Links, health: HealthRecord) {
    this.#clientConfig = {
      ...clientConfig,
      application_name: `${links.prefix}watch`,
      query_timeout: answerMs,
      connectionTimeoutMillis: attemptTimeoutMs,
    }
    this.#links = links
    this.#health = health
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /**
   * Resolves when the server answers and takes writes.
   *
   * @param signal gives up waiting
   * @throws what the server refuses us with, such as a wrong password, or that waiting was given up
   */
  async ready(signal?: AbortSignal): Promise<void> {
    this.start()
    while (this.#health.state !== 'fine') {
      if (this.#stopping.signal.aborted || signal?.aborted) throw new Error('Client was closed')
      await waitFor(this.#news.promise, { signal })
      if (classify(this.#obstacle) === 'refused') throw this.#obstacle
    }
  }

  /** Looks at once instead of with the next beat: somebody lost a connection, or met a server that is read-only. */
  hurry(): void {
    this.#hurry.resolve()
  }

  /** What is in the way, for a message; null when nothing is. */
  get obstacle(): string | null {
    return this.#obstacle === null ? null : describeFailure(this.#obstacle)
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    this.#tellWaiting()
    this.hurry()
    await this.#running
  }

  /** Never throws. */
  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const client = await this.#reach()
      if (!client) return
      const end = () => discard(client)
      this.#stopping.signal.addEventListener('abort', end)
      try {
        await this.#beat(client)
      } catch (error) {
        // It lets us connect and answers nothing: not to be asked in a tight loop.
        if (this.#obstacle !== null && !this.#stopping.signal.aborted) {
          this.#noteAbsence(error)
          await sleep(attemptMs)
        }
        this.#obstacle = error
      } finally {
        this.#stopping.signal.removeEventListener('abort', end)
        discard(client)
      }
    }
  }

  /** Asks the server again and again, until it does not answer any more or takes no writes. */
  async #beat(client: Client): Promise<void> {
    client.on('end', () => this.hurry())
    for (;;) {
      const asked = [...this.#links].map((link): Asked => ({
        link,
        isWaiting: link.isWaiting,
        sample: takeSample(link),
      }))
      this.#hurry = Promise.withResolvers()
      const { rows } = await client
        .query<Beat>(beatText, [this.#links.prefix])
        .catch((error: unknown) => this.#failBeat(error, asked))
      const { is_read_only: isReadOnly, ...beat } = rows[0]!
      this.#absentSinceMs = null
      if (isReadOnly) {
        this.#obstacle = new Error('it is read-only: a standby, or a primary that was demoted')
        this.#health.setState('read_only')
        // The primary is elsewhere, behind the same address: only a new connection finds it.
        this.#dropIdle('the server is read-only')
        await sleep(attemptMs)
        return
      }
      this.#obstacle = null
      this.#health.setState('fine')
      this.#tellWaiting()
      // From here on, watching must not keep a program alive that has nothing else to do.
      ;(client.connection.stream as Socket).unref()
      this.#judge(asked, beat)
      await this.#endOrphans(client, beat.held_up)
      await this.#pause()
      if (this.#stopping.signal.aborted) return
    }
  }

  /** The server did not answer on this connection: most likely it does not on the others either. */
  #failBeat(error: unknown, asked: readonly Asked[]): never {
    this.#dropIdle('the server fell silent')
    for (const { link, isWaiting, sample } of asked)
      if (isWaiting && !this.#suspects.has(link)) this.#suspects.set(link, sample)
    throw error
  }

  #judge(asked: readonly Asked[], beat: Omit<Beat, 'is_read_only'>): void {
    const [sessions, working] = [new Set(beat.sessions), new Set(beat.working)]
    const suspects = new Map<Link, Sample>()
    for (const { link, isWaiting, sample } of asked) {
      if (!sessions.has(link.sessionName)) link.drop('the server does not have this session any more')
      else if (isWaiting && !working.has(link.sessionName)) {
        const earlier = this.#suspects.get(link)
        if (earlier?.bytesRead !== sample.bytesRead) suspects.set(link, sample)
        else if (sample.atMs - earlier.atMs < beatMs) suspects.set(link, earlier)
        else {
          link.drop('the server has answered, or was never asked: the connection is dead in one direction')
          this.#dropIdle('another connection to the server was dead')
        }
      }
    }
    this.#suspects = suspects
  }

  /** @param heldUp sessions of which those that no connection belongs to any more keep locks for nobody */
  async #endOrphans(client: Client, heldUp: readonly string[]): Promise<void> {
    const owned = new Set([...this.#links].map(({ sessionName }) => sessionName))
    const orphans = heldUp.filter((name) => !owned.has(name))
    if (orphans.length > 0) await client.query(endText, [orphans])
  }

  /** They are soon replaced, and each would keep somebody waiting until it is found dead. */
  #dropIdle(reason: string): void {
    for (const link of this.#links) if (!link.isWaiting) link.drop(reason)
  }

  /** Connects, however long it takes. Null when the watch was closed meanwhile. */
  async #reach(): Promise<Client | null> {
    const startedMs = performance.now()
    const before = new Map([...this.#links].map((link) => [link, takeSample(link)]))
    const reached = Promise.withResolvers<Client>()
    let isOver = false
    const attempt = async () => {
      const client = new Client(this.#clientConfig)
      client.on('error', () => {})
      try {
        await client.connect()
        if (isOver) discard(client)
        else reached.resolve(client)
        isOver = true
      } catch (error) {
        discard(client)
        if (!isOver) this.#noteAbsence(error)
      }
    }
    for (;;) {
      // One that hangs may have been sent to a machine that is gone: the next one does not wait for it.
      void attempt()
      await waitFor(reached.promise, {
        timeoutMs: attemptMs * (0.5 + Math.random() / 2),
        signal: this.#stopping.signal,
      })
      if (isOver) return reached.promise
      if (this.#stopping.signal.aborted) {
        isOver = true
        return null
      }
      this.#noteAbsence(this.#obstacle ?? new Error('no answer'))
      if (performance.now() - startedMs > unreachableMs && !isThere(this.#obstacle))
        for (const [link, { bytesRead }] of before)
          if (link.bytesRead === bytesRead)
            link.drop('the server cannot be reached, and this connection is silent')
    }
  }

  #noteAbsence(obstacle: unknown): void {
    this.#obstacle = obstacle
    this.#absentSinceMs ??= performance.now()
    const isLong = performance.now() - this.#absentSinceMs > failoverMs
    // What never was there does not switch.
    if (this.#health.state !== 'away') this.#health.setState(isLong ? 'away' : 'switching')
    this.#tellWaiting()
  }

  #tellWaiting(): void {
    const { resolve } = this.#news
    this.#news = Promise.withResolvers()
    resolve()
  }

  /** Until the next beat; shorter when somebody is in a hurry. */
  async #pause(): Promise<void> {
    // Ended by `close`: who waits for that may have nothing else that keeps the program alive.
    await sleep(minBeatMs, undefined, { ref: false, signal: this.#stopping.signal }).catch(() => {})
    await waitFor(this.#hurry.promise, {
      timeoutMs: beatMs - minBeatMs,
      signal: this.#stopping.signal,
      ref: false,
    })
  }
}

const takeSample = (link: Link): Sample => ({ bytesRead: link.bytesRead, atMs: performance.now() })

/** It answers, though not what we hoped for: its other connections may be well. */
function isThere(obstacle: unknown): boolean {
  return classify(obstacle) === 'refused' || (obstacle instanceof DatabaseError && obstacle.code === '53300')
}

function discard(client: Client): void {
  client.connection.stream.destroy()
}
