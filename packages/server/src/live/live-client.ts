import type { ChangeSeq } from '@fleet/store'
import type { WebSocket } from 'ws'

/**
 * `waiting` for its `start`; `joining` while it is brought to a place in the change window; `following` from there;
 * `closed`.
 */
export type ClientPhase = 'waiting' | 'joining' | 'following' | 'closed'

/** Unsent bytes above which a client gets no more changes until it has read. */
const maxChangesBytes = 1024 * 1024
/** The same for positions: two frames of 2,000 bikes. */
const maxPositionsBytes = 128 * 1024
/** A peer that says nothing for so long is gone, unless it is still taking what waits for it. */
const deadAfterMs = 30_000

/** One socket and its place in the change log and on the marker board. It has no queue: see `ChangeWindow`. */
export class LiveClient {
  readonly socket: WebSocket
  /** Whether the session still stands. Throws when that cannot be found out now. */
  readonly mayStay: () => Promise<boolean>
  phase: ClientPhase = 'waiting'
  seq = '0' as ChangeSeq
  revision = 0
  #heardAtMs: number
  #sentBytes = 0
  #drainedBytes = 0

  constructor(socket: WebSocket, mayStay: () => Promise<boolean>, nowMs: number) {
    this.socket = socket
    this.mayStay = mayStay
    this.#heardAtMs = nowMs
  }

  get mayTakeChanges(): boolean {
    return this.socket.bufferedAmount < maxChangesBytes
  }

  get mayTakePositions(): boolean {
    return this.socket.bufferedAmount < maxPositionsBytes
  }

  /** Bytes are shared between clients: text comes serialised too. Small and many, so not compressed. */
  send(bytes: Uint8Array, binary: boolean): void {
    this.#sentBytes += bytes.byteLength
    this.socket.send(bytes, { binary, compress: false })
  }

  /** Large and rare: compressed. Resolves when the operating system has taken it, or when the socket is closed. */
  sendAndWait(bytes: Uint8Array): Promise<void> {
    this.#sentBytes += bytes.byteLength
    return new Promise((resolve) =>
      this.socket.send(bytes, { binary: false, compress: true }, () => resolve()),
    )
  }

  heard(nowMs: number): void {
    this.#heardAtMs = nowMs
  }

  /** Asks the peer for a sign of life; ends the connection when the last ones were not given. */
  probe(nowMs: number): void {
    const waitingBytes = this.socket.bufferedAmount
    const drainedBytes = this.#sentBytes - waitingBytes
    // Behind a slow link our ping waits in line: a peer that keeps taking bytes is alive.
    if (waitingBytes > 0 && drainedBytes > this.#drainedBytes) this.#heardAtMs = nowMs
    this.#drainedBytes = drainedBytes
    if (nowMs - this.#heardAtMs > deadAfterMs) this.socket.terminate()
    else if (this.socket.readyState === this.socket.OPEN) this.socket.ping()
  }

  /** @param code https://www.rfc-editor.org/rfc/rfc6455#section-7.4 */
  close(code: number, reason: string): void {
    this.phase = 'closed'
    this.socket.close(code, reason)
  }
}
