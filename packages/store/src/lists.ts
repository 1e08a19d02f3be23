import type { EntityByKind, EntityKind } from '@fleet/domain'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Backend } from './backend.ts'
import { selectChanges, toChange } from './change-lines.ts'
import { parseCursor, renderCursor } from './cursor.ts'
import type { Change, ListFilters, ListQuery, Page } from './port.ts'
import { fromRow, sortDirection } from './rows.ts'
import { tableOf, type RowOf, type Schema } from './schema.ts'
import { foldText, likePattern, searchWords } from './search-text.ts'

type Condition = RawBuilder<boolean>
type Values = readonly (string | number)[] | undefined

const equals = (column: string, value: string | undefined): Condition[] =>
  value === undefined ? [] : [sql<boolean>`${sql.ref(column)} = ${value}`]

const oneOf = (column: string, values: Values): Condition[] => {
  if (values === undefined) return []
  return values.length === 0
    ? [sql<boolean>`1 = 0`]
    : [sql<boolean>`${sql.ref(column)} in (${sql.join([...values])})`]
}

const conditions: { readonly [K in EntityKind]: (filter: ListFilters[K]) => Condition[] } = {
  bike: ({ status }) => oneOf('status', status),
  courier: ({ shift }) => oneOf('shift', shift),
  delivery: ({ status, courierId, fromMs, toMs }) => [
    ...oneOf('status', status),
    ...equals('courier_id', courierId),
    ...(fromMs === undefined ? [] : [sql<boolean>`window_to_ms >= ${fromMs}`]),
    ...(toMs === undefined ? [] : [sql<boolean>`window_from_ms < ${toMs}`]),
  ],
  issue: ({ status, bikeId, courierId, deliveryId }) => [
    ...oneOf('status', status),
    ...equals('bike_id', bikeId),
    ...equals('courier_id', courierId),
    ...equals('delivery_id', deliveryId),
  ],
  zone: () => [],
  device: ({ bikeId, courierId }) => [...equals('bike_id', bikeId), ...equals('courier_id', courierId)],
  user: ({ role }) => oneOf('role', role),
}

/** The columns that `conditions` names. */
const filterColumns: Readonly<Record<EntityKind, readonly string[]>> = {
  bike: ['status'],
  courier: ['shift'],
  delivery: ['status', 'courier_id', 'window_from_ms', 'window_to_ms'],
  issue: ['status', 'bike_id', 'courier_id', 'delivery_id'],
  zone: [],
  device: ['bike_id', 'courier_id'],
  user: ['role'],
}

/** The largest bigint of both databases. */
const maxSeq = 2n ** 63n - 1n

/** How far the first step of a search looks. */
const nearRows = 3_000

/**
 * One page of rows, ordered by the kind's sort key and then id.
 *
 * Pages are found by place, not by number: rows that come or go meanwhile shift nothing. A cursor that cannot be read
 * starts at the beginning.
 */
export async function listEntities<K extends EntityKind>(
  { db, contains }: Pick<Backend<unknown>, 'db' | 'contains'>,
  kind: K,
  query: ListQuery & ListFilters[K],
): Promise<Page<EntityByKind[K]>> {
  const limit = checkLimit(query.limit)
  const direction = sortDirection[kind]
  const after = query.cursor === undefined ? null : parseCursor(query.cursor)
  const list: List = {
    table: sql.table(tableOf[kind]),
    order: sql`order by sort_key ${sql.raw(direction)}, id ${sql.raw(direction)}`,
    place: after ? [isAfter(direction, after)] : [],
    filters: conditions[kind](query),
    filterColumns: filterColumns[kind],
    words: searchWords(query.search).map(contains),
    // One row more than the page tells whether there is another page.
    wanted: limit + 1,
  }
  const rows = (await (list.words.length === 0 ? readList(db, list) : search(db, list))) as RowOf<K>[]
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map((row) => fromRow(kind, row)),
    nextCursor: rows.length > limit && last ? renderCursor(last.sort_key, last.id) : null,
  }
}

interface List {
  readonly table: RawBuilder<unknown>
  readonly order: RawBuilder<unknown>
  readonly place: readonly Condition[]
  readonly filters: readonly Condition[]
  readonly filterColumns: readonly string[]
  readonly words: readonly Condition[]
  readonly wanted: number
}

async function readList(db: Kysely<Schema>, list: List): Promise<readonly unknown[]> {
  const { table, order, place, filters, wanted } = list
  return (await sql`select * from ${table} ${where(place, filters)} ${order} limit ${wanted}`.execute(db))
    .rows
}

/**
 * A search of two steps. No planner knows how rare a word is, and either guess is slow when it is wrong: walking the
 * list for a rare word reads every row, collecting all hits of a frequent one sorts nearly as many.
 *
 * So first the word is looked for near the page's start. Where that gives no full page, hits are so few that they are
 * collected, by the text index (PostgreSQL) or over an index that holds the text (SQLite), and filtered afterwards.
 */
async function search(db: Kysely<Schema>, list: List): Promise<readonly unknown[]> {
  const { table, order, place, filters, filterColumns, words, wanted } = list
  const near = sql`select * from ${table} ${where(place, filters)} ${order} limit ${nearRows}`
  const found = await sql`select * from (${near}) as near ${where(words)} ${order} limit ${wanted}`.execute(
    db,
  )
  if (found.rows.length === wanted) return found.rows
  const isAll = await sql<{ near: number }>`
    select count(*) as near from (select id from ${table} ${where(place, filters)} limit ${nearRows}) as near
  `.execute(db)
  if (isAll.rows[0]!.near < nearRows) return found.rows

  const columns = sql.join(['id', 'sort_key', ...filterColumns].map((column) => sql.ref(column)))
  const hits = sql`select ${columns} from ${table} ${where(place, words)}`
  const page = sql`select id from hits ${where(filters)} ${order} limit ${wanted}`
  const rest = await sql`
    with hits as materialized (${hits}), page as (${page})
    select * from ${table} where id in (select id from page) ${order}
  `.execute(db)
  return rest.rows
}

const where = (...groups: readonly (readonly Condition[])[]) => {
  const all = groups.flat()
  return all.length === 0 ? sql`` : sql`where ${sql.join(all, sql` and `)}`
}

function isAfter(direction: 'asc' | 'desc', [sortKey, id]: readonly [string, string]): Condition {
  return direction === 'asc'
    ? sql<boolean>`(sort_key, id) > (${sortKey}, ${id})`
    : sql<boolean>`(sort_key, id) < (${sortKey}, ${id})`
}

/** The audit trail, newest first. A search looks at who did it, what was done and to which kind of row. */
export async function listAudit(
  db: Kysely<Schema>,
  query: ListQuery & { id?: string; actorId?: string },
): Promise<Page<Change>> {
  const limit = checkLimit(query.limit)
  let select = selectChanges(db)
    .orderBy(sql`changes.seq`, 'desc')
    .limit(limit + 1)
  if (query.id !== undefined) select = select.where('entity_id', '=', query.id)
  if (query.actorId !== undefined) select = select.where('actor_id', '=', query.actorId)
  for (const word of searchWords(query.search))
    select = select.where(
      sql<boolean>`lower(actor || ' ' || command || ' ' || kind) like ${likePattern(foldText(word))} escape '\\'`,
    )
  const after = query.cursor === undefined ? null : parseCursor(query.cursor)
  if (after && /^\d{1,19}$/.test(after[0]) && BigInt(after[0]) <= maxSeq)
    select = select.where('seq', '<', BigInt(after[0]))
  const rows = await select.execute()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map(toChange),
    nextCursor: rows.length > limit && last ? renderCursor(last.seq, last.entity_id) : null,
  }
}

function checkLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw new RangeError(`limit is 1 to 500, not ${limit}`)
  return limit
}
