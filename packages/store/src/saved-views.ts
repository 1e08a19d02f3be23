import { accept, type Decision, maxSavedViews, refuse } from '@fleet/domain'
import type { SavedView, SavedViewId, UserId } from '@fleet/domain'
import type { Kysely } from 'kysely'
import type { Backend } from './backend.ts'
import type { Schema } from './schema.ts'

/** See `Store.savedViews`. */
export async function readSavedViews(db: Kysely<Schema>, userId: UserId): Promise<readonly SavedView[]> {
  const rows = await db
    .selectFrom('saved_views')
    .select(['id', 'name', 'page', 'search'])
    .where('user_id', '=', userId)
    .execute()
  return rows
    .map((row) => ({ ...row, id: row.id as SavedViewId }))
    .sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
}

/** See `Store.putSavedView`. */
export function putSavedView<Tx>(
  backend: Backend<Tx>,
  userId: UserId,
  view: SavedView,
  nowMs: number,
): Promise<Decision<null>> {
  return backend.command(async (tx): Promise<Decision<null>> => {
    await tx.lock(`views:${userId}`)
    const others = await tx.db
      .selectFrom('saved_views')
      .select('id')
      .where('user_id', '=', userId)
      .where('id', '<>', view.id)
      .execute()
    if (others.length >= maxSavedViews)
      return refuse(
        'impossible_step',
        `There are ${maxSavedViews} saved views already. Remove one that you do not need.`,
      )
    const { id, name, page, search } = view
    await tx.db
      .insertInto('saved_views')
      .values({ user_id: userId, id, name, page, search, created_at_ms: nowMs })
      .onConflict((conflict) => conflict.columns(['user_id', 'id']).doUpdateSet({ name, page, search }))
      .execute()
    return accept(null)
  })
}

/** See `Store.removeSavedView`. */
export async function removeSavedView(db: Kysely<Schema>, userId: UserId, id: SavedViewId): Promise<void> {
  await db.deleteFrom('saved_views').where('user_id', '=', userId).where('id', '=', id).execute()
}
