/** Whom to wake when the change log grows. */
export class ChangeFeed {
  readonly #wakes = new Set<() => void>()
  readonly #start: () => () => void
  #stop: (() => void) | null = null

  /**
   * @param start begins watching for changes by others, with the first subscriber; returns what stops it, called
   *   after the last one left
   */
  constructor(start: () => () => void) {
    this.#start = start
  }

  subscribe(wake: () => void): () => void {
    // The same function may be given twice; each subscription is one of its own.
    const own = () => wake()
    this.#wakes.add(own)
    this.#stop ??= this.#start()
    return () => {
      this.#wakes.delete(own)
      if (this.#wakes.size === 0) this.close()
    }
  }

  wake(): void {
    for (const wake of this.#wakes) wake()
  }

  close(): void {
    this.#stop?.()
    this.#stop = null
  }
}
