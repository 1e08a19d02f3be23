import pg, { type ClientBase, type Connection, type FieldDef, type Submittable } from 'pg'

/** A statement with its values; a Buffer is sent in binary. */
export interface PipelineStatement {
  /** Of the prepared statement: constant text has a constant name. Empty: it is not kept for the next time. */
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
  /** Only for `COPY ... FROM STDIN`: what is copied. */
  readonly copyData?: Buffer
}

export type Row = Readonly<Record<string, unknown>>

/** How far a pipeline came. */
export interface PipelineProgress {
  /** Statements that the server has carried out. */
  done: number
  /** What it called the last of them: `COMMIT`, `INSERT 0 1`. */
  tag?: string
}

/**
 * Sends several statements at once and waits once: one round trip however many they are.
 *
 * The server carries them out one after the other, each with a snapshot of its own: one behind a lock sees what was
 * committed before the lock was given. An error of any statement makes the server skip all that follows, COPY data
 * included (https://www.postgresql.org/docs/17/protocol-flow.html, "Pipelining" and "COPY Operations").
 *
 * Outside of BEGIN and COMMIT they are one transaction: between two Syncs PostgreSQL commits nothing, the commit happens at
 * the Sync that ends the pipeline.
 *
 * If the connection is lost the outcome of what commits is unknown; the caller must be able to find out or to repeat.
 *
 * @returns the rows of each statement
 * @throws errors of `pg` as they are
 */
export function runPipeline(
  client: ClientBase,
  statements: readonly PipelineStatement[],
  progress: PipelineProgress = { done: 0 },
): Promise<readonly (readonly Row[])[]> {
  return new Promise((resolve, reject) => {
    client.query(
      new Pipeline(client, statements, progress, (error, rows) => {
        if (error) reject(error)
        else resolve(rows)
      }),
    )
  })
}

type Fields = readonly FieldDef[]
type Done = (error: Error | null, rows: readonly (readonly Row[])[]) => void

/** Statements that the server of this connection has parsed, and what they give. A new connection is a new object. */
const parsed = new WeakMap<Connection, Map<string, Fields>>()

/** Bytes in one CopyData message: the encoder's buffer is copied by `pg`, this bounds the copy. */
const copyChunkBytes = 256 * 1024

/** What `pg` calls while this is the active query of a client: the same interface that pg-copy-streams uses. */
class Pipeline implements Submittable {
  /** `pg` wraps this one when the pool has a `query_timeout`, and may call it with an error alone. */
  callback: Done
  readonly #client: ClientBase
  readonly #statements: readonly PipelineStatement[]
  readonly #progress: PipelineProgress
  readonly #fields: Fields[]
  readonly #rows: Row[][]
  #failed = false

  constructor(
    client: ClientBase,
    statements: readonly PipelineStatement[],
    progress: PipelineProgress,
    done: Done,
  ) {
    this.#client = client
    this.#statements = statements
    this.#progress = progress
    this.#fields = statements.map(() => [])
    this.#rows = statements.map(() => [])
    this.callback = done
  }

  submit(connection: Connection): void {
    const stream = connection.stream as { cork?: () => void; uncork?: () => void }
    const known = knownOn(connection)
    const sent = new Set<string>()
    // One write to the socket instead of a dozen.
    stream.cork?.()
    try {
      for (const [index, { name, text, values, copyData }] of this.#statements.entries()) {
        const fields = known.get(name)
        if (fields) this.#fields[index] = fields
        else if (!sent.has(name)) {
          // A pipeline that failed may have left it parsed; closing what is not there is no error.
          if (name !== '') connection.close({ type: 'S', name }, true)
          connection.parse({ name, text, types: [] }, true)
          if (name !== '') sent.add(name)
        }
        connection.bind({ statement: name, values, valueMapper: prepareValue } as never, true)
        if (!fields) connection.describe({ type: 'P', name: '' }, true)
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

  handleRowDescription({ fields }: { readonly fields: Fields }): void {
    this.#fields[this.#progress.done] = fields
  }

  handleDataRow({ fields: values }: { readonly fields: readonly (string | null)[] }): void {
    const at = this.#progress.done
    const row: Record<string, unknown> = {}
    for (const [index, field] of this.#fields[at]!.entries()) {
      const value = values[index]!
      row[field.name] = value === null ? null : parserOf(this.#client)(field.dataTypeID, 'text')(value)
    }
    this.#rows[at]!.push(row)
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#progress.done += 1
    this.#progress.tag = text
  }

  handleError(error: Error, connection: Connection): void {
    // The first error is the cause, and the answer is given once.
    if (this.#failed) return
    this.#failed = true
    // All are parsed anew: what a statement gives may be what has changed.
    parsed.delete(connection)
    this.callback(error, [])
  }

  handleReadyForQuery(connection: Connection): void {
    if (this.#failed) return
    const known = knownOn(connection)
    for (const [index, { name }] of this.#statements.entries())
      if (name !== '') known.set(name, this.#fields[index]!)
    this.callback(null, this.#rows)
  }

  handleCopyInResponse(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

function knownOn(connection: Connection): Map<string, Fields> {
  let known = parsed.get(connection)
  if (!known) parsed.set(connection, (known = new Map()))
  return known
}

/** How `pg` itself writes a value; left out of its types. */
const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } }).utils

/** Its types take only the ids that `pg-types` names. */
const parserOf = (client: ClientBase) =>
  client.getTypeParser.bind(client) as (oid: number, format: 'text') => (text: string) => unknown

/** Methods of `pg`'s connection that its types leave out; pg-copy-streams calls the same. */
function wire(connection: Connection): { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void } {
  return connection as never
}
