import { longestCarryMs, type CarriedParcel, type CourierId, type CourierState } from '@fleet/domain'
import { sql, type Kysely } from 'kysely'
import type { Backend } from './backend.ts'
import type { Write } from './commands/handler.ts'
import { countedColumns } from './counted-columns.ts'
import type { InsightData } from './port.ts'
import { fromRow, timeKey } from './rows.ts'
import type { DeliveryRow, Schema } from './schema.ts'

/** See `Store.insightData`. */
export async function readInsightData(
  db: Kysely<Schema>,
  fromMs: number,
  toMs: number,
): Promise<InsightData> {
  const counted = db
    .selectFrom('deliveries')
    .select(['status', 'courier_id', 'ended_at_ms', 'picked_up_at_ms', 'window_to_ms', 'district', 'ride_m'])
  // First: what ends between two statements comes with both, which counts its time once, and not with none.
  const underWay = await counted
    .where('status', '=', 'picked_up')
    .where('picked_up_at_ms', '<', toMs)
    .execute()
  const ended = await counted.where('ended_at_ms', '>=', fromMs).where('ended_at_ms', '<', toMs).execute()
  const endedLater = await counted
    .where('ended_at_ms', '>=', toMs)
    .where('ended_at_ms', '<', toMs + longestCarryMs)
    .where('picked_up_at_ms', '<', toMs)
    .execute()
  const issues = await db
    .selectFrom('issues')
    .select(['kind', 'courier_id', 'created_at_ms'])
    .where('sort_key', '>=', timeKey(fromMs))
    .where('sort_key', '<', timeKey(toMs))
    .execute()
  return {
    deliveries: ended.map((row) => ({
      status: row.status,
      courierId: row.courier_id as CourierId | null,
      endedAtMs: row.ended_at_ms!,
      dueMs: row.window_to_ms,
      district: row.district ?? '',
      rideM: row.ride_m ?? 0,
    })),
    carried: [...ended, ...endedLater, ...underWay].flatMap(toCarried),
    states: await readStates(db, fromMs, toMs),
    issues: issues.map((row) => ({
      kind: row.kind,
      courierId: row.courier_id as CourierId | null,
      reportedAtMs: row.created_at_ms,
    })),
  }
}

function toCarried(
  row: Pick<DeliveryRow, 'status' | 'courier_id' | 'picked_up_at_ms' | 'ended_at_ms' | 'district'>,
): readonly CarriedParcel[] {
  // What is cancelled had failed before, and left the bag then; the row does not say when that was.
  if (row.courier_id === null || row.picked_up_at_ms === null || row.status === 'cancelled') return []
  return [
    {
      courierId: row.courier_id as CourierId,
      fromMs: row.picked_up_at_ms,
      toMs: row.ended_at_ms,
      district: row.district ?? '',
    },
  ]
}

/** The states that couriers came into within the span, and those that they were in when it began. */
export async function readStates(
  db: Kysely<Schema>,
  fromMs: number,
  toMs: number,
): Promise<ReadonlyMap<CourierId, readonly CourierState[]>> {
  const columns = ['s.courier_id', 's.at_ms', 's.shift', 's.bike_id'] as const
  const before = await db
    .selectFrom('couriers as c')
    .innerJoin('courier_states as s', 's.courier_id', 'c.id')
    .select(columns)
    .where(
      sql<boolean>`s.version = (select p.version from courier_states p
        where p.courier_id = c.id and p.at_ms < ${fromMs} order by p.at_ms desc, p.version desc limit 1)`,
    )
    .execute()
  const within = await db
    .selectFrom('courier_states as s')
    .select(columns)
    .where('s.at_ms', '>=', fromMs)
    .where('s.at_ms', '<', toMs)
    .orderBy('s.courier_id')
    .orderBy('s.version')
    .execute()
  const states = new Map<CourierId, CourierState[]>()
  for (const row of [...before, ...within]) {
    const state = toState(row)
    const own = states.get(state.courierId)
    if (own) own.push(state)
    else states.set(state.courierId, [state])
  }
  return states
}

/** See `Store.courierStates`. */
export async function readCourierStates(
  db: Kysely<Schema>,
  courierId: CourierId,
  fromMs: number,
  toMs: number,
): Promise<readonly CourierState[]> {
  const rows = await db
    .selectFrom('courier_states')
    .select(['courier_id', 'at_ms', 'shift', 'bike_id'])
    .where('courier_id', '=', courierId)
    .where('at_ms', '>=', fromMs)
    .where('at_ms', '<', toMs)
    .orderBy('version')
    .execute()
  return rows.map(toState)
}

function toState(row: {
  courier_id: string
  at_ms: number
  shift: CourierState['shift']
  bike_id: string | null
}): CourierState {
  return {
    courierId: row.courier_id as CourierId,
    atMs: row.at_ms,
    shift: row.shift,
    bikeId: row.bike_id as CourierState['bikeId'],
  }
}

/** Notes the states that couriers come into, in the transaction that brings them there. */
export async function insertCourierStates(
  db: Kysely<Schema>,
  writes: readonly Write[],
  nowMs: number,
): Promise<void> {
  const rows = writes.flatMap((write) =>
    write.kind === 'courier'
      ? [
          {
            courier_id: write.entity.id,
            version: write.entity.version,
            at_ms: nowMs,
            shift: write.change === 'remove' ? ('off' as const) : write.entity.shift,
            bike_id: write.change === 'remove' ? null : write.entity.bikeId,
          },
        ]
      : [],
  )
  for (let from = 0; from < rows.length; from += rowsAStatement)
    await db
      .insertInto('courier_states')
      .values(rows.slice(from, from + rowsAStatement))
      .execute()
}

const rowsAStatement = 200

/** Counts in what an older version of the app wrote. Each piece is a transaction; dying in between loses nothing. */
export async function fillCountedColumns<Tx>(backend: Backend<Tx>): Promise<void> {
  for (;;) {
    const rows = await backend.db
      .selectFrom('deliveries')
      .selectAll()
      .where('district', 'is', null)
      .orderBy('id')
      .limit(rowsAStatement)
      .execute()
    if (rows.length === 0) return
    await backend.command(async (tx) => {
      for (const row of rows)
        await tx.db
          .updateTable('deliveries')
          .set(countedColumns(fromRow('delivery', row)))
          .where('id', '=', row.id)
          // Whoever changed it meanwhile has counted it in.
          .where('version', '=', row.version)
          .execute()
    })
  }
}
