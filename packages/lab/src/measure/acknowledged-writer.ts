import pg from 'pg'

/** A client that writes one row after another and remembers which the database acknowledged. */
export interface AcknowledgedWriter {
  /** Resolves when this many more rows were acknowledged. @throws when `timeoutMs` passes before */
  untilAcknowledged(count: number, timeoutMs: number): Promise<void>
  /** Ends the writing. */
  stop(): Promise<WriteHistory>
}

export interface WriteHistory {
  /** Rows whose COMMIT was answered, in order, each with the time of the answer. */
  readonly acknowledged: readonly { readonly id: number; readonly atMs: number }[]
  /** Rows whose commit was sent and never answered: they may be there or not. */
  readonly unknown: readonly number[]
  /** What the client was told, with how often. */
  readonly errors: ReadonlyMap<string, number>
}

export interface WriterOptions {
  /** TLS included; each connection is made from it anew. */
  readonly connection: pg.ClientConfig
  readonly firstId: number
  /** Pause between an answer and the next write. */
  readonly pauseMs: number
  readonly now: () => number
}

/** Nothing answers within this: the connection is given up and a new one made. */
const patienceMs = 3_000
const retryPauseMs = 25

export const measureTable = 'lab_measure'

/** Makes the table that the writer fills. */
export async function createMeasureTable(connection: pg.ClientConfig): Promise<void> {
  await withClient(connection, (client) =>
    client.query(
      `CREATE TABLE IF NOT EXISTS ${measureTable} (id bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`,
    ),
  )
}

/** Every id in the table, for comparing with what was acknowledged. */
export const readIds = (connection: pg.ClientConfig, from: number): Promise<ReadonlySet<number>> =>
  withClient(connection, async (client) => {
    const { rows } = await client.query<{ id: string }>(`SELECT id FROM ${measureTable} WHERE id >= $1`, [
      from,
    ])
    return new Set(rows.map(({ id }) => Number(id)))
  })

/** Writes from now on, through failures, each id at most once. */
export function startAcknowledgedWriter({
  connection,
  firstId,
  pauseMs,
  now,
}: WriterOptions): AcknowledgedWriter {
  const acknowledged: { id: number; atMs: number }[] = []
  const unknown: number[] = []
  const errors = new Map<string, number>()
  const note = (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error)
    errors.set(text, (errors.get(text) ?? 0) + 1)
  }
  const stop = new AbortController()
  let nextId = firstId

  const write = async () => {
    while (!stop.signal.aborted) {
      const client = new pg.Client({
        ...connection,
        connectionTimeoutMillis: patienceMs,
        query_timeout: patienceMs,
      })
      // A connection that breaks between two queries says so here; the next query fails with the cause.
      client.on('error', () => {})
      try {
        await client.connect()
        while (!stop.signal.aborted) {
          const id = nextId
          nextId += 1
          try {
            await client.query(`INSERT INTO ${measureTable} (id) VALUES ($1)`, [id])
          } catch (error) {
            // An error that PostgreSQL itself reports for an INSERT that commits by itself may still follow the
            // commit (57P01 while it waits for a standby), so every failure counts as unknown.
            unknown.push(id)
            throw error
          }
          acknowledged.push({ id, atMs: now() })
          await pause(pauseMs)
        }
      } catch (error) {
        note(error)
        await pause(retryPauseMs)
      } finally {
        // Not awaited: a half-open connection would hold the writer back for as long as TCP waits.
        client.end().catch(() => {})
      }
    }
  }
  const done = write()

  return {
    async untilAcknowledged(count, timeoutMs) {
      const wanted = acknowledged.length + count
      const deadline = now() + timeoutMs
      while (acknowledged.length < wanted) {
        if (now() > deadline)
          throw new Error(
            `no ${count} writes were acknowledged within ${timeoutMs} ms: ${[...errors.keys()].at(-1) ?? 'no error was seen'}`,
          )
        await pause(10)
      }
    },
    async stop() {
      stop.abort()
      await done
      return { acknowledged, unknown, errors }
    },
  }
}

/** The longest time without an acknowledgement, and when it began. Null with fewer than two acknowledgements. */
export function longestGap(
  acknowledged: readonly { readonly atMs: number }[],
): { readonly startMs: number; readonly gapMs: number } | null {
  let longest: { startMs: number; gapMs: number } | null = null
  for (const [index, { atMs }] of acknowledged.entries()) {
    const before = acknowledged[index - 1]
    if (before && (!longest || atMs - before.atMs > longest.gapMs))
      longest = { startMs: before.atMs, gapMs: atMs - before.atMs }
  }
  return longest
}

async function withClient<T>(
  connection: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: patienceMs })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
