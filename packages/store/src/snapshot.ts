import { activeDeliveryStatuses, type AnyEntity, type EntityByKind, type EntityKind } from '@fleet/domain'
import { sql, type Kysely } from 'kysely'
import type { Backend } from './backend.ts'
import { headSeq, parseEntity } from './change-lines.ts'
import type { ChangeSeq, Snapshot } from './port.ts'
import { fromRow, sortDirection } from './rows.ts'
import { tableOf, type RowOf, type Schema } from './schema.ts'

type Statuses = readonly string[]
const liveStatuses: { readonly [K in EntityKind]?: Statuses } = {
  delivery: activeDeliveryStatuses,
  issue: ['open', 'in_progress'],
}

/** Reads all that the live screen starts from, at one moment of the change log. */
export function readSnapshot<Tx>(backend: Backend<Tx>): Promise<Snapshot> {
  return backend.snapshot(async (db, native) => {
    const seq = await headSeq(db, backend.settledChanges)
    const log = await db
      .selectFrom('meta')
      .select('value')
      .where('key', '=', 'log_id')
      .executeTakeFirstOrThrow()
    const ahead = await readAhead(db, seq)
    const bikes = await readKind(db, 'bike', ahead)
    const couriers = await readKind(db, 'courier', ahead)
    const deliveries = await readKind(db, 'delivery', ahead)
    const issues = await readKind(db, 'issue', ahead)
    const zones = await readKind(db, 'zone', ahead)
    const devices = await readKind(db, 'device', ahead)
    // Positions outlive their bike; a marker without a bike is nothing to show.
    const numbers = new Set(bikes.map((bike) => bike.no))
    const latest = (await backend.positions.allLatestIn(native)).filter((fix) => numbers.has(fix.bikeNo))
    return { seq, logId: log.value, bikes, couriers, deliveries, issues, zones, devices, latest }
  })
}

/** Rows as they were at the head, for those that the snapshot sees in a later state; null: not there yet. */
type Ahead = ReadonlyMap<string, AnyEntity | null>

/**
 * On PostgreSQL a snapshot sees transactions that committed while an older one is still open; their lines come after
 * the head. These rows are taken back to what they were at the head, so that "changes after `seq`" start from there.
 * Nearly always there are none.
 */
async function readAhead(db: Kysely<Schema>, head: ChangeSeq): Promise<Ahead> {
  const lines = await db
    .selectFrom('changes')
    .select(['kind', 'entity_id'])
    .select(sql<number>`min(version)`.as('version'))
    .where('seq', '>', BigInt(head))
    .groupBy(['kind', 'entity_id'])
    .execute()
  const ahead = new Map<string, AnyEntity | null>()
  for (const { kind, entity_id, version } of lines) {
    const before = await db
      .selectFrom('changes')
      .select('entity')
      .where('kind', '=', kind)
      .where('entity_id', '=', entity_id)
      .where('version', '=', version - 1)
      .executeTakeFirst()
    ahead.set(`${kind}:${entity_id}`, before ? parseEntity(kind, before.entity) : null)
  }
  return ahead
}

async function readKind<K extends EntityKind>(
  db: Kysely<Schema>,
  kind: K,
  ahead: Ahead,
): Promise<EntityByKind[K][]> {
  const statuses = liveStatuses[kind]
  const rows = await db
    .selectFrom(tableOf[kind] as 'bikes')
    .selectAll()
    .$if(statuses !== undefined, (query) =>
      query.where(sql<boolean>`status in (${sql.join([...statuses!])})`),
    )
    .orderBy('sort_key', sortDirection[kind])
    .orderBy('id', sortDirection[kind])
    .execute()
  const entities = (rows as unknown as RowOf<K>[])
    .filter((row) => !ahead.has(`${kind}:${row.id}`))
    .map((row) => fromRow(kind, row))
  for (const [key, entity] of ahead) {
    if (entity === null || !key.startsWith(`${kind}:`)) continue
    if (statuses && !statuses.includes((entity as EntityByKind['delivery']).status)) continue
    entities.push(entity as EntityByKind[K])
  }
  return entities
}
