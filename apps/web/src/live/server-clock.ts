/** How many readings count; at one a second, half a minute. */
const window = 30

/**
 * The server's clock as seen from here. Every message that carries the server's time is a reading of
 * `server - client`, too low by however long the message travelled. The highest of the recent readings travelled
 * least, so it is the best one (Cristian's algorithm, one-way).
 */
export class ServerClock {
  #readings: number[] = []
  #offsetMs = 0

  /** @param clientMs this machine's clock when the message arrived, epoch ms */
  hear(serverTimeMs: number, clientMs: number): void {
    this.#readings.push(serverTimeMs - clientMs)
    if (this.#readings.length > window) this.#readings.shift()
    this.#offsetMs = Math.max(...this.#readings)
  }

  /** Add to this machine's clock to get the server's. */
  get offsetMs(): number {
    return this.#offsetMs
  }

  /** Readings from before a reconnect may be from another server. */
  forget(): void {
    this.#readings = []
  }
}
