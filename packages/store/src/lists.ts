import type { EntityByKind, EntityKind } from '@fleet/domain'
import { sql, type Kysely, type RawBuilder } from 'kysely'
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

const searchConditions = (search: string | undefined): Condition[] =>
  searchWords(search).map((word) => sql<boolean>`search_text like ${likePattern(word)} escape '\\'`)

/**
 * One page of rows, ordered by the kind's sort key and then id.
 *
 * Pages are found by place, not by number: rows that come or go meanwhile shift nothing. A cursor that cannot be read
 * starts at the beginning.
 */
export async function listEntities<K extends EntityKind>(
  db: Kysely<Schema>,
  kind: K,
  query: ListQuery & ListFilters[K],
): Promise<Page<EntityByKind[K]>> {
  const limit = checkLimit(query.limit)
  const direction = sortDirection[kind]
  const after = query.cursor === undefined ? null : parseCursor(query.cursor)
  const all = [
    ...conditions[kind](query),
    ...searchConditions(query.search),
    ...(after ? [isAfter(direction, after)] : []),
  ]
  let select = db
    .selectFrom(tableOf[kind] as 'bikes')
    .selectAll()
    .orderBy('sort_key', direction)
    .orderBy('id', direction)
    .limit(limit + 1)
  for (const condition of all) select = select.where(condition)
  const rows = (await select.execute()) as unknown as RowOf<K>[]
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map((row) => fromRow(kind, row)),
    nextCursor: rows.length > limit && last ? renderCursor(last.sort_key, last.id) : null,
  }
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
  if (after && /^\d{1,19}$/.test(after[0])) select = select.where('seq', '<', BigInt(after[0]))
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
