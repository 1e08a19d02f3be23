import type { DatabaseSync } from 'node:sqlite'
import type { ClientBase } from 'pg'

/** The types of columns, by PostgreSQL's names. Others have no way to the other database yet. */
const columnTypes = [
  'bigint',
  'boolean',
  'bytea',
  'double precision',
  'integer',
  'json',
  'jsonb',
  'text',
  'timestamp with time zone',
] as const
export type ColumnType = (typeof columnTypes)[number]

export interface Column {
  /** On PostgreSQL. */
  readonly name: string
  /** On SQLite: a time is epoch milliseconds there, and its name says so. */
  readonly sqliteName: string
  readonly type: ColumnType
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  /** The places in `columns` of the primary key, in its order. */
  readonly key: readonly number[]
}

/**
 * A value on its way: as SQLite keeps it, except that a bigint is decimal text, since it may pass 2^53. Flags are 0 and 1,
 * times epoch milliseconds, JSON is text.
 */
export type Value = number | string | Uint8Array | null
/** In the order of the table's columns. */
export type Row = readonly Value[]

/** The one table that is large: its rows are counted and compared by day. */
export const positionTable = 'position'

/** Tables that hold the state of a database and not of the fleet; see `Settings`. */
const ownTables: ReadonlySet<string> = new Set(['migrations', 'meta', 'counters'])

/**
 * Every table that the two databases have, those that others refer to first. They are read from the catalogs, so that a
 * table or a column of a later migration is copied without a word about it here.
 *
 * @throws Error when the two differ in a table or a column, or a type is new: a bug, not a person's mistake
 */
export async function readTables(db: DatabaseSync, client: ClientBase): Promise<readonly Table[]> {
  const names = (
    db
      .prepare(
        `SELECT name FROM pragma_table_list
         WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
      )
      .all() as unknown as { name: string }[]
  )
    .map(({ name }) => name)
    .filter((name) => !ownTables.has(name))
  const { rows } = await client.query<CatalogRow>(
    `SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type,
       array_position(i.indkey::int2[], a.attnum) AS key_place
     FROM pg_class c
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'meta'::regclass) AND c.relname = ANY ($1)
     ORDER BY c.relname, a.attnum`,
    [names],
  )
  const tables = names.map((name) =>
    toTable(
      db,
      name,
      rows.filter((row) => row.table === name),
    ),
  )
  return inOrderOfReference(tables, (name) =>
    (
      db.prepare('SELECT "table" AS parent FROM pragma_foreign_key_list(?)').all(name) as unknown as {
        parent: string
      }[]
    ).map(({ parent }) => parent),
  )
}

interface CatalogRow {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly key_place: number | null
}

function toTable(db: DatabaseSync, name: string, catalog: readonly CatalogRow[]): Table {
  const columns = catalog.map((row): Column => {
    const type = columnTypes.find((known) => known === row.type)
    if (type === undefined) throw new Error(`${name}.${row.name} has the type ${row.type}, which has no copy`)
    return {
      name: row.name,
      sqliteName: type === 'timestamp with time zone' ? `${row.name}_ms` : row.name,
      type,
    }
  })
  const there = (
    db.prepare('SELECT name FROM pragma_table_info(?)').all(name) as unknown as { name: string }[]
  ).map((column) => column.name)
  const expected = columns.map(({ sqliteName }) => sqliteName)
  if (there.toSorted().join() !== expected.toSorted().join())
    throw new Error(
      `${name} has the columns ${there.join(', ')} on SQLite, which needs ${expected.join(', ')}`,
    )
  const key = catalog
    .map(({ key_place: place }, at) => ({ place, at }))
    .filter(({ place }) => place !== null)
    .toSorted((a, b) => a.place! - b.place!)
    .map(({ at }) => at)
  if (key.length === 0) throw new Error(`${name} has no primary key on PostgreSQL`)
  return { name, columns, key }
}

function inOrderOfReference(
  tables: readonly Table[],
  parentsOf: (name: string) => readonly string[],
): readonly Table[] {
  const placed = new Set<Table>()
  const isPlaced = (name: string) => [...placed].some((table) => table.name === name)
  while (placed.size < tables.length) {
    const next = tables.find(
      (table) =>
        !placed.has(table) && parentsOf(table.name).every((name) => name === table.name || isPlaced(name)),
    )
    if (!next) throw new Error('Tables refer to each other in a circle')
    placed.add(next)
  }
  return [...placed]
}
