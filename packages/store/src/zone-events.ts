import type { ZoneEvent, ZoneId } from '@fleet/domain'
import type { Kysely, Selectable } from 'kysely'
import type { Backend } from './backend.ts'
import { parseCursor, renderCursor } from './cursor.ts'
import type { NewZoneEvent, Page, ZoneEventQuery } from './port.ts'
import type { Schema, ZoneEventRow } from './schema.ts'

export async function readPresence(
  db: Kysely<Schema>,
): Promise<readonly { readonly bikeNo: number; readonly zoneId: ZoneId }[]> {
  const rows = await db.selectFrom('zone_presence').select(['bike_no', 'zone_id']).execute()
  return rows.map((row) => ({ bikeNo: row.bike_no, zoneId: row.zone_id as ZoneId }))
}

/**
 * See `Store.recordCrossings`. Who is where and what happened are one transaction: if the process dies before it, the
 * next fix of the bike shows the same crossing again. Instances take turns, so that the numbers of events rise in the
 * order in which they can be seen.
 */
export async function recordCrossings<Tx>(
  backend: Backend<Tx>,
  crossings: readonly NewZoneEvent[],
): Promise<void> {
  if (crossings.length === 0) return
  await backend.command(async (tx) => {
    await tx.lock('zone_events')
    for (const { kind, bikeNo, zoneId, ...event } of crossings) {
      const presence = { bike_no: bikeNo, zone_id: zoneId }
      const changed =
        kind === 'enter'
          ? await tx.db
              .insertInto('zone_presence')
              .values(presence)
              .onConflict((conflict) => conflict.doNothing())
              .returning('bike_no')
              .execute()
          : await tx.db
              .deleteFrom('zone_presence')
              .where('bike_no', '=', bikeNo)
              .where('zone_id', '=', zoneId)
              .returning('bike_no')
              .execute()
      if (changed.length === 0) continue
      await tx.db
        .insertInto('zone_events')
        .values({
          ...presence,
          kind,
          time_ms: event.timeMs,
          zone_name: event.zoneName,
          zone_kind: event.zoneKind,
          courier_no: event.courierNo,
          lat: event.lat,
          lon: event.lon,
        })
        .execute()
    }
  })
}

/** See `Store.zoneEvents`. */
export async function listZoneEvents(db: Kysely<Schema>, query: ZoneEventQuery): Promise<Page<ZoneEvent>> {
  const { zoneId, bikeNo, fromMs, toMs, limit } = query
  let select = db
    .selectFrom('zone_events')
    .selectAll()
    .orderBy('time_ms', 'desc')
    .orderBy('no', 'desc')
    .limit(limit + 1)
  if (zoneId !== undefined) select = select.where('zone_id', '=', zoneId)
  if (bikeNo !== undefined) select = select.where('bike_no', '=', bikeNo)
  if (fromMs !== undefined) select = select.where('time_ms', '>=', fromMs)
  if (toMs !== undefined) select = select.where('time_ms', '<', toMs)
  const after = query.cursor === undefined ? null : placeOf(query.cursor)
  if (after)
    select = select.where((where) =>
      where.or([
        where('time_ms', '<', after.timeMs),
        where.and([where('time_ms', '=', after.timeMs), where('no', '<', after.no)]),
      ]),
    )
  const rows = await select.execute()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map(toEvent),
    nextCursor: rows.length > limit && last ? renderCursor(String(last.time_ms), String(last.no)) : null,
  }
}

/** Null when it is no cursor of ours: then the list starts at the beginning. */
function placeOf(cursor: string): { timeMs: number; no: number } | null {
  const [timeMs, no] = (parseCursor(cursor) ?? []).map(Number)
  return Number.isSafeInteger(timeMs) && Number.isInteger(no) && no! <= 2 ** 31 - 1 && no! >= 0
    ? { timeMs: timeMs!, no: no! }
    : null
}

export async function zoneEventsAfter(
  db: Kysely<Schema>,
  no: number,
  limit: number,
): Promise<readonly ZoneEvent[]> {
  const rows = await db
    .selectFrom('zone_events')
    .selectAll()
    .where('no', '>', no)
    .orderBy('no')
    .limit(limit)
    .execute()
  return rows.map(toEvent)
}

export async function lastZoneEventNo(db: Kysely<Schema>): Promise<number> {
  const row = await db
    .selectFrom('zone_events')
    .select('no')
    .orderBy('no', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.no ?? 0
}

/** They are about positions, and are kept as long. The newest stays: SQLite would give its number again. */
export async function removeOldZoneEvents(db: Kysely<Schema>, beforeMs: number): Promise<void> {
  const newest = await lastZoneEventNo(db)
  await db.deleteFrom('zone_events').where('time_ms', '<', beforeMs).where('no', '<', newest).execute()
}

function toEvent(row: Selectable<ZoneEventRow>): ZoneEvent {
  return {
    no: row.no,
    timeMs: row.time_ms,
    kind: row.kind,
    zoneId: row.zone_id as ZoneId,
    zoneName: row.zone_name,
    zoneKind: row.zone_kind,
    bikeNo: row.bike_no,
    courierNo: row.courier_no,
    lat: row.lat,
    lon: row.lon,
  }
}
