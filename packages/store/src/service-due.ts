import type { ServiceEntry } from '@fleet/domain'
import { sql, type Kysely } from 'kysely'
import { fromRow } from './rows.ts'
import type { Schema, ServiceEntryRow } from './schema.ts'

/** See `Store.dueService`. What was done again since is not due any more, whatever the older entry says. */
export async function readDueService(db: Kysely<Schema>): Promise<readonly ServiceEntry[]> {
  const { rows } = await sql<ServiceEntryRow>`
    select * from (
      select service_entries.*, row_number() over (
        partition by bike_id, kind order by at_ms desc, created_at_ms desc, id desc
      ) as place
      from service_entries
    ) as numbered
    where place = 1 and (due_ms is not null or due_km is not null)
    order by bike_id, kind
  `.execute(db)
  return rows.map((row) => fromRow('service', row))
}
