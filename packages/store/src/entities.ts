import type { AnyEntity, EntityByKind, EntityKind } from '@fleet/domain'
import type { Insertable, Kysely, Updateable } from 'kysely'
import type { Write } from './commands/handler.ts'
import { fromRow, toRow } from './rows.ts'
import { tableOf, type RowOf, type Schema } from './schema.ts'

/** SQLite binds at most 32,766 values a statement, PostgreSQL 65,535. */
const rowsAStatement = 200
export const idsAStatement = 500

export async function loadEntity<K extends EntityKind>(
  db: Kysely<Schema>,
  kind: K,
  id: string,
): Promise<EntityByKind[K] | null> {
  // Kysely cannot follow a generic table name; the tables share `id`, which is all that is used here.
  const table = tableOf[kind] as 'bikes'
  const row = await db.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst()
  return row ? fromRow(kind, row as unknown as RowOf<K>) : null
}

/** Those that there are, by id. */
export async function loadEntities(
  db: Kysely<Schema>,
  kind: EntityKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AnyEntity>> {
  const table = tableOf[kind] as 'bikes'
  const found = new Map<string, AnyEntity>()
  for (let from = 0; from < ids.length; from += idsAStatement) {
    const some = ids.slice(from, from + idsAStatement)
    for (const row of await db.selectFrom(table).selectAll().where('id', 'in', some).execute())
      found.set(row.id, fromRow(kind, row as never))
  }
  return found
}

/** Applies the writes in order. Neighbours that are inserted into or deleted from the same table share a statement. */
export async function applyWrites(db: Kysely<Schema>, writes: readonly Write[]): Promise<void> {
  for (let from = 0; from < writes.length;) {
    const first = writes[from]!
    let to = from + 1
    if (first.change !== 'update')
      while (
        to < writes.length &&
        to - from < rowsAStatement &&
        writes[to]!.change === first.change &&
        writes[to]!.kind === first.kind
      )
        to += 1
    const table = tableOf[first.kind] as 'bikes'
    if (first.change === 'insert') {
      const rows = writes.slice(from, to).map(rowOf) as unknown as Insertable<Schema['bikes']>[]
      await db.insertInto(table).values(rows).execute()
    } else if (first.change === 'update') {
      const row = rowOf(first) as unknown as Updateable<Schema['bikes']>
      await db
        .updateTable(table)
        .set(row)
        .where('id', '=', first.entity.id as string)
        .execute()
    } else {
      const ids = writes.slice(from, to).map(({ entity }) => entity.id as string)
      await db.deleteFrom(table).where('id', 'in', ids).execute()
    }
    from = to
  }
}

function rowOf(write: Write): Record<string, unknown> {
  const row = { ...toRow(write.kind, write.entity as never) } as Record<string, unknown>
  if (write.secret !== undefined)
    row[write.kind === 'device' ? 'secret_hash' : 'password_hash'] = write.secret
  return row
}
