/** Lets one piece of work run at a time, in the order of asking. */
export class AsyncMutex {
  #tail: Promise<void> = Promise.resolve()

  /** Runs `work` after everything that asked before it has finished, whether that failed or not. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work)
    this.#tail = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  /** Resolves when all that asked so far has finished. */
  idle(): Promise<void> {
    return this.#tail
  }
}
