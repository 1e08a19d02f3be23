import { createWriteProbe, type OperationClock, type ProbeHistory } from '@fleet/cluster'
import pg from 'pg'

/** A client that writes one row after another and remembers which the database acknowledged. */
export interface AcknowledgedWriter {
  readonly history: ProbeHistory
  /** Waits for so many acknowledgements more. @returns whether they came in time */
  acknowledged(count: number, timeoutMs: number): Promise<boolean>
  /** Ends the writing. */
  stop(): Promise<WriteHistory>
}

export interface WriteHistory extends ProbeHistory {
  /** Ids of the rows whose COMMIT was answered. */
  readonly acknowledgedIds: readonly number[]
  /** Ids of the rows that were sent and never answered: they may be there or not. */
  readonly unknownIds: readonly number[]
}

const connectTimeoutMs = 5_000
const table = 'lab_measure'

/** Makes the table that the writer fills. */
export const createMeasureTable = (connection: pg.ClientConfig): Promise<unknown> =>
  withClient(connection, (client) =>
    client.query(
      `CREATE TABLE IF NOT EXISTS ${table} (id bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`,
    ),
  )

/** Every id from `from` on that is in the table, for comparing with what was acknowledged. */
export const readIds = (connection: pg.ClientConfig, from: number): Promise<ReadonlySet<number>> =>
  withClient(connection, async (client) => {
    const { rows } = await client.query<{ id: string }>(`SELECT id FROM ${table} WHERE id >= $1`, [from])
    return new Set(rows.map(({ id }) => Number(id)))
  })

/** Writes from now on, through every failure, each id at most once. */
export function startAcknowledgedWriter(options: {
  /** TLS included; each connection is made from it anew. */
  readonly connection: pg.ClientConfig
  readonly clock: OperationClock
  readonly firstId: number
}): AcknowledgedWriter {
  const acknowledgedIds: number[] = []
  const sentIds = new Set<number>()
  let nextId = options.firstId
  const probe = createWriteProbe({
    connection: options.connection,
    clock: options.clock,
    async write(client) {
      const id = nextId
      nextId += 1
      sentIds.add(id)
      await client.query(`INSERT INTO ${table} (id) VALUES ($1)`, [id])
      sentIds.delete(id)
      acknowledgedIds.push(id)
    },
  })
  return {
    history: probe.history,
    acknowledged: (count, timeoutMs) => probe.acknowledged(count, timeoutMs),
    async stop() {
      const history = await probe.stop()
      return { ...history, acknowledgedIds, unknownIds: [...sentIds] }
    },
  }
}

async function withClient<T>(
  connection: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: connectTimeoutMs })
  // A connection that breaks between two queries says so here; the next query fails with the cause.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
