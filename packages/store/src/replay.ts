import { activeDeliveryStatuses, type Delivery } from '@fleet/domain'
import type { Kysely } from 'kysely'
import { readStates } from './insights.ts'
import type { ReplayData } from './port.ts'
import { fromRow, timeKey } from './rows.ts'
import type { DeliveryRow, Schema } from './schema.ts'

/** What came to its end later than this after a span may have been under way in it, and is left out. */
const longestMs = 7 * 86_400_000

/** See `Store.replayData`. */
export async function readReplayData(db: Kysely<Schema>, fromMs: number, toMs: number): Promise<ReplayData> {
  const created = db.selectFrom('deliveries').selectAll().where('created_at_ms', '<', toMs)
  // First: what ends between the two statements comes with both, and not with none.
  const underWay = await created.where('status', 'in', [...activeDeliveryStatuses]).execute()
  const ended = await created
    .where('ended_at_ms', '>=', fromMs)
    .where('ended_at_ms', '<', toMs + longestMs)
    .execute()
  const issues = await db
    .selectFrom('issues')
    .selectAll()
    .where('sort_key', '>=', timeKey(fromMs))
    .where('sort_key', '<', timeKey(toMs))
    .orderBy('sort_key')
    .orderBy('id')
    .execute()
  return {
    deliveries: distinct([...underWay, ...ended]),
    issues: issues.map((row) => fromRow('issue', row)),
    states: await readStates(db, fromMs, toMs),
  }
}

/** In the order of creation; of two states of one, the later one given. */
function distinct(rows: readonly DeliveryRow[]): readonly Delivery[] {
  const byId = new Map(rows.map((row) => [row.id, fromRow('delivery', row)]))
  return [...byId.values()].toSorted((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1))
}
