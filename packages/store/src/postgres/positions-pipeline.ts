import type { Connection, PoolClient, Submittable } from 'pg'

/** A prepared statement with its values; a Buffer is sent in binary. */
export interface PipelineStatement {
  /** Constant text of a constant name. */
  readonly name: string
  readonly text: string
  readonly values: readonly (Buffer | string | null)[]
  /** Only for `COPY ... FROM STDIN`: what is copied. */
  readonly copyData?: Buffer
}

/**
 * Sends several statements at once and waits once: one round trip however many they are.
 *
 * They are one transaction. Between two Syncs PostgreSQL commits nothing: the commit happens at the Sync that ends the
 * pipeline, and an error of any statement makes the server skip all that follows, COPY data included, and roll back
 * what came before (https://www.postgresql.org/docs/17/protocol-flow.html, "Pipelining" and "COPY Operations").
 *
 * If the connection is lost the outcome is unknown; the caller must be able to find out or to repeat.
 *
 * @throws errors of `pg` as they are
 */
export function runPipeline(client: PoolClient, statements: readonly PipelineStatement[]): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(
      new Pipeline(statements, (error) => {
        if (error) reject(error)
        else resolve()
      }),
    )
  })
}

/** Statements that the server of this connection has parsed. A new connection is a new object. */
const parsed = new WeakMap<Connection, Set<string>>()

/** Bytes in one CopyData message: the encoder's buffer is copied by `pg`, this bounds the copy. */
const copyChunkBytes = 256 * 1024

/** What `pg` calls while this is the active query of a client: the same interface that pg-copy-streams uses. */
class Pipeline implements Submittable {
  /** `pg` wraps this one when the pool has a `query_timeout`. */
  callback: (error: Error | null) => void
  readonly #statements: readonly PipelineStatement[]
  #failed = false

  constructor(statements: readonly PipelineStatement[], done: (error: Error | null) => void) {
    this.#statements = statements
    this.callback = done
  }

  submit(connection: Connection): void {
    const stream = connection.stream as { cork?: () => void; uncork?: () => void }
    let known = parsed.get(connection)
    if (!known) parsed.set(connection, (known = new Set()))
    // One write to the socket instead of a dozen.
    stream.cork?.()
    try {
      for (const { name, text } of this.#statements) {
        if (known.has(name)) continue
        // A pipeline that failed may have left it parsed; closing what is not there is no error.
        connection.close({ type: 'S', name }, true)
        connection.parse({ name, text, types: [] }, true)
      }
      for (const { name, values, copyData } of this.#statements) {
        connection.bind({ statement: name, values: values as unknown[] } as never, true)
        connection.execute({}, true)
        if (!copyData) continue
        // Sent before the server has said that it waits for it: if COPY failed, the server skips these too.
        for (let at = 0; at < copyData.length; at += copyChunkBytes)
          wire(connection).sendCopyFromChunk(copyData.subarray(at, at + copyChunkBytes))
        wire(connection).endCopyFrom()
      }
      connection.sync()
    } finally {
      stream.uncork?.()
    }
  }

  handleError(error: Error): void {
    // The first error is the cause, and the answer is given once.
    if (this.#failed) return
    this.#failed = true
    this.callback(error)
  }

  handleReadyForQuery(connection: Connection): void {
    if (this.#failed) return
    const known = parsed.get(connection)!
    for (const { name } of this.#statements) known.add(name)
    this.callback(null)
  }

  handleCopyInResponse(): void {}
  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

/** Methods of `pg`'s connection that its types leave out; pg-copy-streams calls the same. */
function wire(connection: Connection): { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void } {
  return connection as never
}
