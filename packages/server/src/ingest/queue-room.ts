import type { Submission } from './submission.ts'

export interface QueueBounds {
  /** Fixes and heartbeats in one commit: bounds how long a commit holds the database and everybody else waits. */
  readonly batchFixes: number
  /** What may wait and be in work at once. */
  readonly queuedFixes: number
  readonly queuedBytes: number
}

export const defaultBounds: QueueBounds = {
  batchFixes: 5_000,
  queuedFixes: 50_000,
  queuedBytes: 64 * 1024 * 1024,
}

/** Bounds the memory of what waits for the database and of what waits for the spool, together. */
export class QueueRoom {
  readonly #bounds: QueueBounds
  #fixes = 0
  #bytes = 0

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds
  }

  /** Fixes and heartbeats that wait or are in work. */
  get fixes(): number {
    return this.#fixes
  }

  get isFull(): boolean {
    return this.#fixes >= this.#bounds.queuedFixes || this.#bytes >= this.#bounds.queuedBytes
  }

  /** Lets the whole submission in, or ends it with `busy`. */
  admit(submission: Submission): boolean {
    const count = weight(submission)
    const { queuedFixes, queuedBytes } = this.#bounds
    // One that is larger than the bound may pass an empty queue, or it would never pass.
    if (
      this.#fixes > 0 &&
      (this.#fixes + count > queuedFixes || this.#bytes + submission.bytes > queuedBytes)
    ) {
      submission.end('busy')
      return false
    }
    this.#fixes += count
    this.#bytes += submission.bytes
    return true
  }

  /** Ends a submission that was let in. */
  release(submission: Submission, end: 'done' | 'unavailable'): void {
    this.#fixes -= weight(submission)
    this.#bytes -= submission.bytes
    submission.end(end)
  }
}

const weight = (submission: Submission) => submission.fixes.length + submission.heartbeats.length
