import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { dayOf } from '../positions-batch.ts'
import { prepared } from '../sqlite/statements.ts'
import { DigestSum, positionText, rowText, sqliteTexts, type Digest } from './digest.ts'
import { RowBatch } from './row-batch.ts'
import { ownMeta, type Role, type Settings, type Side } from './side.ts'
import { inTransaction, openSqliteFile } from './sqlite-file.ts'
import type { Row, Table, Value } from './tables.ts'
import { markKey, type Progress } from './unfinished.ts'

/** Rows after which timers and signals get their turn. */
const rowsPerTurn = 20_000
const setMeta = `INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`

export interface SqliteSide extends Side {
  readonly db: DatabaseSync
}

/** @throws AppError see `openSqliteFile` */
export async function openSqliteSide(file: string, role: Role, nowMs: number): Promise<SqliteSide> {
  const db = await openSqliteFile(file, role, nowMs)
  const writeProgress = (progress: Progress) => write(db, setMeta, [markKey, JSON.stringify(progress)])
  return {
    db,
    location: file,
    readLog: async () =>
      db
        .prepare(
          `SELECT (SELECT value FROM meta WHERE key = 'log_id') AS logId,
             (SELECT CAST(coalesce(max(seq), 0) AS TEXT) FROM changes) AS headSeq`,
        )
        .get() as unknown as Awaited<ReturnType<Side['readLog']>>,
    countRows: async (tables) =>
      Object.fromEntries(
        tables.map(({ name }) => [
          name,
          (db.prepare(`SELECT count(*) AS rows FROM ${name}`).get() as { rows: number }).rows,
        ]),
      ),
    read: (table, after) => read(db, table, after),
    readSettings: async () => readSettings(db),
    digest: (table) => digest(db, table),
    digestDays: (table) => digestDays(db, table),
    // Nobody else can write.
    endSnapshot: async () => {},
    async readProgress() {
      const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(markKey)
      return row ? (JSON.parse(row['value'] as string) as Progress) : null
    },
    begin: (toClear, progress) =>
      inTransaction(db, () => {
        for (const { name } of toClear.toReversed()) db.exec(`DELETE FROM ${name}`)
        writeProgress(progress)
      }),
    write: (table, rows, progress) =>
      inTransaction(db, () => {
        const insert = insertInto(table)
        for (const row of rows) write(db, insert, row)
        writeProgress(progress)
      }),
    writeSettings: ({ meta, counters }) =>
      inTransaction(db, () => {
        for (const [key, value] of Object.entries(meta)) write(db, setMeta, [key, value])
        for (const [name, value] of Object.entries(counters))
          write(db, 'UPDATE counters SET value = ? WHERE name = ?', [value, name])
      }),
    async finish() {
      write(db, 'DELETE FROM meta WHERE key = ?', [markKey])
    },
    async close() {
      // Writes the WAL into the file.
      db.close()
    },
  }
}

/** Not by `run`: that tells the last rowid, and fails when it is a seq that passes 2^53. */
function write(db: DatabaseSync, sql: string, values: readonly Value[]): void {
  prepared(db, sql).all(...values)
}

async function* read(
  db: DatabaseSync,
  { name, columns, key }: Table,
  after: readonly Value[],
): AsyncIterable<readonly Row[]> {
  const keyColumns = key.map((at) => `${name}.${columns[at]!.sqliteName}`).join(', ')
  const values = columns.map(({ sqliteName, type }) =>
    type === 'bigint' ? `CAST(${name}.${sqliteName} AS TEXT)` : `${name}.${sqliteName}`,
  )
  const behind = after.length === 0 ? '' : `WHERE (${keyColumns}) > (${after.map(() => '?').join(', ')})`
  const statement = db.prepare(`SELECT ${values.join(', ')} FROM ${name} ${behind} ORDER BY ${keyColumns}`)
  statement.setReturnArrays(true)
  const batch = new RowBatch()
  for (const row of statement.iterate(...after)) if (batch.add(row as unknown as Row)) yield batch.take()
  yield batch.take()
}

const insertInto = ({ name, columns }: Table) =>
  `INSERT INTO ${name} (${columns.map(({ sqliteName }) => sqliteName).join(', ')})
   VALUES (${columns.map(() => '?').join(', ')})`

function readSettings(db: DatabaseSync): Settings {
  const pairs = (sql: string) =>
    (db.prepare(sql).all() as unknown as { key: string; value: never }[]).map(({ key, value }) => [
      key,
      value,
    ])
  const meta = pairs('SELECT key, value FROM meta ORDER BY key') as [string, string][]
  return {
    meta: Object.fromEntries(meta.filter(([key]) => key !== markKey && !ownMeta.includes(key))),
    counters: Object.fromEntries(pairs('SELECT name AS key, value FROM counters ORDER BY name')),
  }
}

async function digest(db: DatabaseSync, table: Table): Promise<Digest> {
  const sum = new DigestSum()
  await eachRow(db, `SELECT ${sqliteTexts(table)} FROM ${table.name}`, (row) => sum.add(rowText(table, row)))
  return sum.digest()
}

async function digestDays(db: DatabaseSync, table: Table): Promise<ReadonlyMap<number, Digest>> {
  const names = table.columns.map(({ sqliteName }) => sqliteName)
  const timeAt = names.indexOf('time_ms')
  const sums = new Map<number, DigestSum>()
  await eachRow(db, `SELECT ${names.join(', ')} FROM ${table.name}`, (row) => {
    const day = dayOf(row[timeAt] as number)
    let sum = sums.get(day)
    if (!sum) sums.set(day, (sum = new DigestSum()))
    sum.add(positionText(table, row))
  })
  return new Map([...sums].map(([day, sum]) => [day, sum.digest()]))
}

async function eachRow(db: DatabaseSync, sql: string, visit: (row: Row) => void): Promise<void> {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  let rows = 0
  for (const row of statement.iterate()) {
    visit(row as unknown as Row)
    if (++rows % rowsPerTurn === 0) await nextTurn()
  }
}
