import { createHash } from 'node:crypto'
import { accept, refuse, type Decision, type Delivery, type DeliveryId } from '@fleet/domain'
import type { Kysely } from 'kysely'
import type { Backend } from './backend.ts'
import { trackingTokenOf } from './delivery-secrets.ts'
import { loadEntity } from './entities.ts'
import type { Schema } from './schema.ts'

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** See `Store.shareDelivery`. The link that there is, or a new one: whoever asks twice gets the same. */
export function shareDelivery<Tx>(
  backend: Backend<Tx>,
  deliveryId: DeliveryId,
  nowMs: number,
): Promise<Decision<string>> {
  return backend.command(async (tx): Promise<Decision<string>> => {
    await tx.lock(`tracking:${deliveryId}`)
    if (!(await loadEntity(tx.db, 'delivery', deliveryId)))
      return refuse('not_found', 'There is no such delivery.', { field: 'id' })
    const link = await tx.db
      .selectFrom('tracking_links')
      .select(['no', 'revoked_at_ms'])
      .where('delivery_id', '=', deliveryId)
      .executeTakeFirst()
    if (link?.revoked_at_ms === null) return accept(await trackingTokenOf(tx.db, deliveryId, link.no))
    const no = (link?.no ?? 0) + 1
    const token = await trackingTokenOf(tx.db, deliveryId, no)
    const row = { no, token_hash: hashOf(token), created_at_ms: nowMs, revoked_at_ms: null }
    await tx.db
      .insertInto('tracking_links')
      .values({ delivery_id: deliveryId, ...row })
      .onConflict((conflict) => conflict.column('delivery_id').doUpdateSet(row))
      .execute()
    return accept(token)
  })
}

/** See `Store.unshareDelivery`. */
export async function unshareDelivery<Tx>(
  backend: Backend<Tx>,
  deliveryId: DeliveryId,
  nowMs: number,
): Promise<void> {
  await backend.command(async (tx) => {
    await tx.lock(`tracking:${deliveryId}`)
    await tx.db
      .updateTable('tracking_links')
      .set({ revoked_at_ms: nowMs })
      .where('delivery_id', '=', deliveryId)
      .where('revoked_at_ms', 'is', null)
      .execute()
  })
}

/** See `Store.sharedDelivery`. */
export async function sharedDelivery(db: Kysely<Schema>, token: string): Promise<Delivery | null> {
  const link = await db
    .selectFrom('tracking_links')
    .select('delivery_id')
    .where('token_hash', '=', hashOf(token))
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst()
  return link ? loadEntity(db, 'delivery', link.delivery_id) : null
}
