import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { Client, type ClientConfig } from 'pg'
import { applicationName } from './client-config.ts'

/** Where PostgreSQL waits for the synchronous standby; it names the place in every message from there. */
const waitForStandby = 'SyncRepWaitForLSN'

/** A connection that `watch.ts` can tell from all others and judge. An error of its socket never ends the process. */
export class Link extends Client {
  /** What the server lists this session as. */
  readonly sessionName: string
  /** A commit was acknowledged although the synchronous standby does not have it. */
  isUnreplicated = false

  /** @param sessionName of no other connection; at most 63 characters */
  constructor(config: ClientConfig, sessionName: string) {
    super({ ...config, application_name: sessionName })
    this.sessionName = sessionName
    this.on('error', () => {})
    this.on('notice', (notice) => {
      if (notice.routine === waitForStandby) this.isUnreplicated = true
    })
  }

  /** A statement was sent and its answer is not complete. */
  get isWaiting(): boolean {
    // Of pg's client, and left out of its types.
    return !(this as unknown as { readonly readyForQuery: boolean }).readyForQuery
  }

  get bytesRead(): number {
    return (this.connection.stream as Socket).bytesRead
  }

  /** Closes the socket without a word to the other end, which may be gone: what waits for an answer fails as lost. */
  drop(reason: string): void {
    this.connection.stream.destroy(Object.assign(new Error(reason), { code: 'ECONNABORTED' }))
  }
}

/** The open connections of one pool, and those beside it. */
export class Links {
  /** What the names of all of them begin with, and of no other instance's. */
  readonly prefix = `${applicationName} ${randomBytes(6).toString('hex')} `
  readonly #open = new Set<Link>()
  #made = 0

  nextName(): string {
    return `${this.prefix}${(this.#made += 1)}`
  }

  /** Keeps it from when it is connected until it ends. */
  follow(link: Link): void {
    link.once('connect', () => this.#open.add(link))
    link.once('end', () => this.#open.delete(link))
  }

  [Symbol.iterator](): Iterator<Link> {
    return this.#open.values()
  }
}
