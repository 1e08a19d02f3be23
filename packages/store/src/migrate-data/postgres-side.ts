import { AppError } from '@fleet/domain'
import { DatabaseError, type Client } from 'pg'
import type { Counter } from '../backend.ts'
import type { PostgresConfig } from '../config.ts'
import { dayOf } from '../positions-batch.ts'
import { createPostgresConnection } from '../postgres/connection.ts'
import { migratePostgres } from '../postgres/migrate.ts'
import { createPartitionDays } from '../postgres/positions-partitions.ts'
import { runPipeline } from '../postgres/pipeline.ts'
import { encodeRows } from './copy-encoder.ts'
import { DigestSum, postgresDays, postgresTexts, rowText, toDigest, type Digest } from './digest.ts'
import { openPostgresSession, refuseInUse } from './postgres-session.ts'
import { RowBatch } from './row-batch.ts'
import { ownMeta, type Role, type Settings, type Side } from './side.ts'
import { positionTable, type Column, type Row, type Table, type Value } from './tables.ts'
import { markKey, type Progress } from './unfinished.ts'

export interface PostgresSide extends Side {
  readonly client: Client
  /** @throws AppError migration_refused when the app is connected to it */
  refuseInUse(): Promise<void>
}

const counters = { bike_no: true, courier_no: true, device_no: true, delivery_code: true } satisfies Record<
  Counter,
  true
>
const setMeta = `INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`

/** @throws AppError migration_refused, schema_too_new; errors of `pg` as they are */
export async function openPostgresSide(
  config: PostgresConfig,
  role: Role,
  { asOfNow, nowMs }: { readonly asOfNow: boolean; readonly nowMs: number },
): Promise<PostgresSide> {
  if (role === 'target') {
    // By connections that are closed again: who is connected as the app from here on is the app.
    const upgrading = createPostgresConnection(config)
    try {
      await migratePostgres(upgrading, nowMs)
    } finally {
      await upgrading.close()
    }
  }
  const connection = createPostgresConnection(config)
  const partitions = createPartitionDays(connection)
  const client = await openPostgresSession(connection, role, asOfNow).catch(async (error: unknown) => {
    await connection.close()
    throw error
  })
  return {
    client,
    refuseInUse: () => refuseInUse(client, connection),
    location: connection.location,
    async readLog() {
      const { rows } = await client.query<Awaited<ReturnType<Side['readLog']>>>(
        `SELECT (SELECT value FROM meta WHERE key = 'log_id') AS "logId",
           (SELECT coalesce(max(seq), 0)::text FROM changes) AS "headSeq"`,
      )
      return rows[0]!
    },
    async countRows(tables) {
      const counts: Record<string, number> = {}
      for (const { name } of tables) {
        const { rows } = await client.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${name}`)
        counts[name] = rows[0]!.rows
      }
      return counts
    },
    read: (table, after) => read(client, table, after),
    readSettings: () => readSettings(client),
    digest: (table) => digest(client, table, role),
    digestDays: (table) => digestDays(client, table),
    async endSnapshot() {
      await client.query('COMMIT')
    },
    async readProgress() {
      const { rows } = await client.query<{ value: string }>('SELECT value FROM meta WHERE key = $1', [
        markKey,
      ])
      return rows[0] ? (JSON.parse(rows[0].value) as Progress) : null
    },
    begin: (toClear, progress) =>
      inTransaction(client, async () => {
        if (toClear.length > 0) await client.query(`TRUNCATE ${toClear.map(({ name }) => name).join(', ')}`)
        await client.query(setMeta, [markKey, JSON.stringify(progress)])
      }),
    async write(table, rows, progress) {
      if (table.name === positionTable) await partitions.ensure(daysIn(table, rows))
      await runPipeline(client, [
        { name: `copy_${table.name}`, text: copyInto(table), values: [], copyData: encodeRows(table, rows) },
        { name: 'copy_progress', text: setMeta, values: [markKey, JSON.stringify(progress)] },
      ]).catch((error: unknown) => {
        throw explain(error, table)
      })
    },
    writeSettings: (settings, tables) => inTransaction(client, () => writeSettings(client, settings, tables)),
    async finish() {
      await client.query('DELETE FROM meta WHERE key = $1', [markKey])
    },
    async close() {
      await client.end().catch(() => {})
      await connection.close()
    },
  }
}

async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

/** A value as `Value` says. */
function selected({ name, type }: Column, table: Table): string {
  const column = `${table.name}.${name}`
  if (type === 'boolean') return `${column}::integer`
  if (type === 'timestamp with time zone') return `round(date_part('epoch', ${column}) * 1000)`
  return type === 'bigint' || type === 'json' || type === 'jsonb' ? `${column}::text` : column
}

async function* read(client: Client, table: Table, after: readonly Value[]): AsyncIterable<readonly Row[]> {
  const key = table.key.map((at) => table.columns[at]!)
  const keyColumns = key.map(({ name }) => `${table.name}.${name}`).join(', ')
  const places = key.map(({ type }, i) =>
    type === 'timestamp with time zone' ? `to_timestamp($${i + 1}::float8 / 1000)` : `$${i + 1}`,
  )
  const behind = after.length === 0 ? '' : `WHERE (${keyColumns}) > (${places.join(', ')})`
  const columns = table.columns.map((column) => selected(column, table)).join(', ')
  const sql = `SELECT ${columns} FROM ${table.name} ${behind} ORDER BY ${keyColumns}`
  const batch = new RowBatch()
  for await (const rows of fetchAll(client, table, sql, after))
    for (const row of rows) if (batch.add(row as Row)) yield batch.take()
  yield batch.take()
}

/** Inside a transaction. The next rows are on their way while the caller works on these. */
async function* fetchAll(
  client: Client,
  table: Table,
  sql: string,
  values: readonly Value[],
): AsyncIterable<readonly unknown[][]> {
  await client.query(`DECLARE copied NO SCROLL CURSOR FOR ${sql}`, [...values])
  const rowsAtOnce = rowsAtOnceOf(table)
  const fetchNext = () => {
    const fetched = client.query<unknown[]>({ text: `FETCH ${rowsAtOnce} FROM copied`, rowMode: 'array' })
    // Whoever does not come for it any more has another error to tell.
    fetched.catch(() => {})
    return fetched
  }
  let next = fetchNext()
  for (;;) {
    const { rows } = await next
    if (rows.length < rowsAtOnce) {
      yield rows
      break
    }
    next = fetchNext()
    yield rows
  }
  await client.query('CLOSE copied')
}

/** Rows that are sent before anybody has looked how large they are. */
function rowsAtOnceOf({ columns }: Table): number {
  if (columns.some(({ type }) => type === 'bytea')) return 8
  return columns.some(({ type }) => type === 'jsonb') ? 200 : 5_000
}

const copyInto = ({ name, columns }: Table) =>
  `COPY ${name} (${columns.map((column) => column.name).join(', ')}) FROM STDIN (FORMAT binary)`

function daysIn(table: Table, rows: readonly Row[]): readonly number[] {
  const timeAt = table.columns.findIndex(({ name }) => name === 'time')
  return [...new Set(rows.map((row) => dayOf(row[timeAt] as number)))]
}

/** Class 22: SQLite keeps what PostgreSQL does not take, such as a NUL character in a text. */
function explain(error: unknown, { name }: Table): unknown {
  if (!(error instanceof DatabaseError) || !error.code?.startsWith('22')) return error
  const said = [error.message, error.detail, error.where].filter(Boolean).join('; ')
  return new AppError('migration_refused', `PostgreSQL does not take a row of ${name}: ${said}.`, {
    cause: error,
    fix: 'Correct or remove that row in the app, then run the same command with --restart.',
  })
}

async function readSettings(client: Client): Promise<Settings> {
  const meta = await client.query<{ key: string; value: string }>('SELECT key, value FROM meta ORDER BY key')
  const given: Record<string, number> = {}
  for (const name of Object.keys(counters)) {
    const { rows } = await client.query<{ value: number }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS value FROM ${name}`,
    )
    given[name] = rows[0]!.value
  }
  return {
    meta: Object.fromEntries(
      meta.rows
        .filter(({ key }) => key !== markKey && !ownMeta.includes(key))
        .map(({ key, value }) => [key, value]),
    ),
    counters: given,
  }
}

async function writeSettings(
  client: Client,
  { meta, counters: given }: Settings,
  tables: readonly Table[],
): Promise<void> {
  for (const [key, value] of Object.entries(meta)) await client.query(setMeta, [key, value])
  for (const [name, value] of Object.entries(given))
    await client.query('SELECT setval($1::regclass, greatest($2::bigint, 1), $2::bigint > 0)', [name, value])
  // Numbers that the database gives by itself go on behind those that were copied.
  const { rows } = await client.query<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE is_identity = 'YES' AND table_schema = current_schema()`,
  )
  for (const { table, column } of rows)
    await client.query(`SELECT setval(pg_get_serial_sequence($1, $2), max(${column})) FROM ${table}`, [
      table,
      column,
    ])
  // The app's first questions come before autovacuum does, which never looks at `position` as a whole.
  await client.query(`ANALYZE ${tables.map(({ name }) => name).join(', ')}`)
}

async function digest(client: Client, table: Table, role: Role): Promise<Digest> {
  const sum = new DigestSum()
  const add = async () => {
    for await (const rows of fetchAll(client, table, `SELECT ${postgresTexts(table)} FROM ${table.name}`, []))
      for (const row of rows) sum.add(rowText(table, row))
  }
  // A source is in a transaction already.
  await (role === 'source' ? add() : inTransaction(client, add))
  return sum.digest()
}

async function digestDays(client: Client, table: Table): Promise<ReadonlyMap<number, Digest>> {
  const { rows } = await client.query<{ day: number; rows: number; sum: number }>(postgresDays(table))
  return new Map(rows.map((row) => [row.day, toDigest(row.rows, row.sum)]))
}
