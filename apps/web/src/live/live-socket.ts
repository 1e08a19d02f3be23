import type { LiveClientMessage, LiveServerMessage } from '@fleet/api'
import { liveSilenceMs, PositionColumns } from '@fleet/api'
import { backoffMs } from './backoff.ts'
import { quietMs } from './connection.ts'

/** The little of a WebSocket that we use, so that a test can be the server. */
export interface SocketLike {
  binaryType: BinaryType
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void
  send(text: string): void
  close(): void
}

export interface LiveSocketOptions {
  readonly createSocket: () => SocketLike
  /** Milliseconds that only grow, also while the machine's clock is being set. */
  readonly now: () => number
  /** 0 <= random < 1. */
  readonly random: () => number
  /** Asked when a connection ends before a word or against the rules: a browser does not say whether the server refused or was away. */
  readonly isSignedIn: () => Promise<boolean>
  readonly startMessage: () => LiveClientMessage
  readonly onMessage: (message: LiveServerMessage) => void
  /** The columns are good until the next frame. */
  readonly onPositions: (fixes: PositionColumns) => void
  /** Before `onMessage` and `onPositions`, for each frame. */
  readonly onHeard: () => void
  readonly onQuiet: () => void
  readonly onLost: (retryAtMs: number) => void
  readonly onDenied: () => void
}

/** "Policy violation" of RFC 6455: how the server closes when the session has ended, and also when it is misused. */
const policyViolation = 1008

/**
 * The thin shell around one WebSocket: connects, says where we stopped, notices silence, comes back with jittered
 * backoff. It decides nothing about data.
 */
export class LiveSocket {
  readonly #options: LiveSocketOptions
  readonly #fixes = new PositionColumns()
  #socket: SocketLike | null = null
  #attempt = 0
  #heardAtMs = 0
  #heardOnThisSocket = false
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #silenceTimer: ReturnType<typeof setTimeout> | undefined
  #closed = true

  constructor(options: LiveSocketOptions) {
    this.#options = options
  }

  open(): void {
    if (!this.#closed) return
    this.#closed = false
    this.#attempt = 0
    this.#connect()
  }

  close(): void {
    this.#closed = true
    this.#drop()
    clearTimeout(this.#retryTimer)
  }

  /** The network came back or the screen was woken: do not sit out the wait. */
  retryNow(): void {
    if (this.#closed) return
    if (this.#socket === null) this.#connect()
    else this.#checkSilence()
  }

  #connect(): void {
    clearTimeout(this.#retryTimer)
    const socket = this.#options.createSocket()
    this.#socket = socket
    this.#heardOnThisSocket = false
    this.#heardAtMs = this.#options.now()
    socket.binaryType = 'arraybuffer'
    // A socket that we let go of may still have something to say: it is not heard.
    const isOurs = () => this.#socket === socket
    socket.addEventListener('open', () => {
      if (isOurs()) socket.send(JSON.stringify(this.#options.startMessage()))
    })
    socket.addEventListener('message', ({ data }) => {
      if (isOurs()) this.#hear(data)
    })
    socket.addEventListener('close', ({ code }) => {
      if (!isOurs()) return
      const spoke = this.#heardOnThisSocket
      this.#drop()
      void this.#lose(!spoke || code === policyViolation)
    })
    this.#watchSilence()
  }

  #hear(data: unknown): void {
    this.#heardAtMs = this.#options.now()
    this.#heardOnThisSocket = true
    this.#attempt = 0
    this.#watchSilence()
    this.#options.onHeard()
    if (data instanceof ArrayBuffer) {
      // A frame of a newer version than ours is no reason to fail: the page will be reloaded some day.
      if (this.#fixes.decode(new Uint8Array(data))) this.#options.onPositions(this.#fixes)
    } else this.#options.onMessage(JSON.parse(String(data)) as LiveServerMessage)
  }

  #watchSilence(): void {
    clearTimeout(this.#silenceTimer)
    this.#silenceTimer = setTimeout(() => this.#checkSilence(), quietMs)
  }

  #checkSilence(): void {
    const silentMs = this.#options.now() - this.#heardAtMs
    clearTimeout(this.#silenceTimer)
    if (silentMs >= liveSilenceMs) {
      this.#drop()
      void this.#lose(false)
      return
    }
    if (silentMs >= quietMs) this.#options.onQuiet()
    const waitMs = silentMs >= quietMs ? liveSilenceMs - silentMs : quietMs - silentMs
    this.#silenceTimer = setTimeout(() => this.#checkSilence(), Math.max(50, waitMs))
  }

  async #lose(maybeDenied: boolean): Promise<void> {
    const waitMs = backoffMs(this.#attempt++, this.#options.random())
    this.#options.onLost(this.#options.now() + waitMs)
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs)
    if (!maybeDenied) return
    // Not to be reached counts as signed in: an outage must not throw people out.
    const signedIn = await this.#options.isSignedIn().catch(() => true)
    if (!signedIn && !this.#closed) this.#deny()
  }

  #deny(): void {
    this.close()
    this.#options.onDenied()
  }

  #drop(): void {
    clearTimeout(this.#silenceTimer)
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }
}
