import type { Row } from './tables.ts'

/**
 * How much is one transaction: some 15,000 positions. Twice as much is no faster, and memory holds two of these at a
 * time, whatever the rows are like.
 */
const batchBytes = 2 * 1024 * 1024

/** Collects rows until they are worth a transaction. */
export class RowBatch {
  #rows: Row[] = []
  #bytes = 0

  /** @returns whether it is full */
  add(row: Row): boolean {
    this.#rows.push(row)
    for (const value of row)
      this.#bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length + 8 : 8
    return this.#bytes >= batchBytes
  }

  /** Gives what was collected and begins anew. */
  take(): readonly Row[] {
    const rows = this.#rows
    this.#rows = []
    this.#bytes = 0
    return rows
  }
}
