import type { EntityByKind, EntityKind } from '@fleet/domain'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Backend } from './backend.ts'
import { selectChanges, toChange } from './change-lines.ts'
import { parseCursor, renderCursor } from './cursor.ts'
import type { Change, ListFilters, ListQuery, Page } from './port.ts'
import { fromRow, sortDirection, timeKey } from './rows.ts'
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

type Ended = { readonly [K in 'endedFromMs' | 'endedToMs']?: number | undefined }
const endedWithin = ({ endedFromMs, endedToMs }: Ended): Condition[] => [
  ...(endedFromMs === undefined ? [] : [sql<boolean>`ended_at_ms >= ${endedFromMs}`]),
  ...(endedToMs === undefined ? [] : [sql<boolean>`ended_at_ms < ${endedToMs}`]),
]

const conditions: { readonly [K in EntityKind]: (filter: ListFilters[K]) => Condition[] } = {
  bike: ({ status }) => oneOf('status', status),
  courier: ({ shift }) => oneOf('shift', shift),
  delivery: ({ status, courierId, fromMs, toMs, endedFromMs, endedToMs, late, district }) => [
    ...oneOf('status', status),
    ...equals('courier_id', courierId),
    ...(fromMs === undefined ? [] : [sql<boolean>`window_to_ms >= ${fromMs}`]),
    ...(toMs === undefined ? [] : [sql<boolean>`window_from_ms < ${toMs}`]),
    ...endedWithin({ endedFromMs, endedToMs }),
    ...(late === undefined ? [] : [sql<boolean>`ended_at_ms ${sql.raw(late ? '>' : '<=')} window_to_ms`]),
    ...equals('district', district),
  ],
  issue: ({ status, kind, bikeId, courierId, deliveryId, fromMs, toMs }) => [
    ...oneOf('status', status),
    ...oneOf('kind', kind),
    ...(fromMs === undefined ? [] : [sql<boolean>`sort_key >= ${timeKey(fromMs)}`]),
    ...(toMs === undefined ? [] : [sql<boolean>`sort_key < ${timeKey(toMs)}`]),
    ...equals('bike_id', bikeId),
    ...equals('courier_id', courierId),
    ...equals('delivery_id', deliveryId),
  ],
  zone: () => [],
  device: ({ bikeId, courierId }) => [...equals('bike_id', bikeId), ...equals('courier_id', courierId)],
  user: ({ role }) => oneOf('role', role),
  service: ({ bikeId, kind, dueToMs }) => [
    ...equals('bike_id', bikeId),
    ...oneOf('kind', kind),
    ...(dueToMs === undefined ? [] : [sql<boolean>`due_ms <= ${dueToMs}`]),
  ],
}

/** The columns that `conditions` names; only those, so that an index holds them all where it can. */
const filterColumns: { readonly [K in EntityKind]: (filter: ListFilters[K]) => readonly string[] } = {
  bike: () => ['status'],
  courier: () => ['shift'],
  delivery: ({ fromMs, toMs, endedFromMs, endedToMs, late, district }) => [
    'status',
    'courier_id',
    ...(fromMs === undefined && toMs === undefined ? [] : ['window_from_ms']),
    'window_to_ms',
    ...(endedFromMs === undefined && endedToMs === undefined && late === undefined ? [] : ['ended_at_ms']),
    ...(district === undefined ? [] : ['district']),
  ],
  issue: () => ['status', 'kind', 'bike_id', 'courier_id', 'delivery_id'],
  zone: () => [],
  device: () => ['bike_id', 'courier_id'],
  user: () => ['role'],
  service: () => ['bike_id', 'kind', 'due_ms'],
}

/** The largest bigint of both databases. */
const maxSeq = 2n ** 63n - 1n

/** How far the first step of a search or of a list of what ended looks. */
const nearRows = 3_000

/**
 * One page of rows, ordered by the kind's sort key and then id.
 *
 * Pages are found by place, not by number: rows that come or go meanwhile shift nothing. A cursor that cannot be read
 * starts at the beginning.
 */
export async function listEntities<K extends EntityKind>(
  { db, contains, indexedSearch }: Pick<Backend<unknown>, 'db' | 'contains' | 'indexedSearch'>,
  kind: K,
  query: ListQuery & ListFilters[K],
): Promise<Page<EntityByKind[K]>> {
  const limit = checkLimit(query.limit)
  const direction = sortDirection[kind]
  const after = query.cursor === undefined ? null : parseCursor(query.cursor)
  const words = searchWords(query.search)
  const indexed = indexedSearch(kind, words)
  const list: List = {
    table: sql.table(tableOf[kind]),
    order: sql`order by sort_key ${sql.raw(direction)}, id ${sql.raw(direction)}`,
    place: after ? [isAfter(direction, after)] : [],
    filters: conditions[kind](query),
    filterColumns: filterColumns[kind](query),
    words: words.map(contains),
    hits: indexed ? [indexed.condition, ...indexed.rest.map(contains)] : words.map(contains),
    ended: endedWithin(query as Ended),
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
  /** The same rows, by a text index where there is one. */
  readonly hits: readonly Condition[]
  /** Of `filters`, when a delivery ended: an index of its own has them. */
  readonly ended: readonly Condition[]
  readonly wanted: number
}

/**
 * Rows in the order of the list. What ended long ago is far down, and what seldom happens may be nowhere: so, as in a
 * search, those near the page's start are looked at first, and then what ended in the span is collected by its index.
 */
async function readList(db: Kysely<Schema>, list: List): Promise<readonly unknown[]> {
  const { table, order, place, filters, ended, wanted } = list
  if (ended.length === 0)
    return (await sql`select * from ${table} ${where(place, filters)} ${order} limit ${wanted}`.execute(db))
      .rows
  const near = sql`select ${columnsOf(list)} from ${table} ${where(place)} ${order} limit ${nearRows}`
  const found = await sql`
    with near as materialized (${near}), page as (select id from near ${where(filters)} ${order} limit ${wanted})
    select * from ${table} where id in (select id from page) ${order}
  `.execute(db)
  return found.rows.length === wanted ? found.rows : collect(db, list, ended)
}

/** One page of the rows that meet a condition that few meet: all those are put in order. */
async function collect(
  db: Kysely<Schema>,
  list: List,
  few: readonly Condition[],
): Promise<readonly unknown[]> {
  const { table, order, place, filters, wanted } = list
  const hits = sql`select ${columnsOf(list)} from ${table} ${where(place, few)}`
  const page = sql`select id from hits ${where(filters)} ${order} limit ${wanted}`
  const found = await sql`
    with hits as materialized (${hits}), page as (${page})
    select * from ${table} where id in (select id from page) ${order}
  `.execute(db)
  return found.rows
}

const columnsOf = ({ filterColumns }: List) =>
  sql.join(['id', 'sort_key', ...filterColumns].map((column) => sql.ref(column)))

/**
 * A search of two steps. No planner knows how rare a word is, and either guess is slow when it is wrong: walking the
 * list for a rare word reads every row, collecting all hits of a frequent one sorts nearly as many.
 *
 * So first the word is looked for near the page's start. Where that gives no full page, hits are so few that they are
 * collected, by the text index, and filtered afterwards. Words that are too short for it are looked for over an index that
 * holds the text (SQLite) or in the rows.
 */
async function search(db: Kysely<Schema>, list: List): Promise<readonly unknown[]> {
  const { table, order, place, filters, words, wanted } = list
  const near = sql`select id, sort_key, search_text from ${table} ${where(place, filters)} ${order} limit ${nearRows}`
  const found = await sql`
    with near as (${near}), page as (select id from near ${where(words)} ${order} limit ${wanted})
    select * from ${table} where id in (select id from page) ${order}
  `.execute(db)
  if (found.rows.length === wanted) return found.rows
  const isAll = await sql<{ near: number }>`
    select count(*) as near from (select id from ${table} ${where(place, filters)} limit ${nearRows}) as near
  `.execute(db)
  if (isAll.rows[0]!.near < nearRows) return found.rows
  return collect(db, list, list.hits)
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
