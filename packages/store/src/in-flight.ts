/** Counts what is running, so that closing can wait for it and nothing starts afterwards. */
export class InFlight {
  readonly #running = new Set<Promise<unknown>>()
  #closed = false

  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The store is closed'))
    const result = work()
    this.#running.add(result)
    void this.#forget(result)
    return result
  }

  async #forget(result: Promise<unknown>): Promise<void> {
    await Promise.allSettled([result])
    this.#running.delete(result)
  }

  /** Refuses new work and resolves when all that runs has finished. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#running)
  }
}
