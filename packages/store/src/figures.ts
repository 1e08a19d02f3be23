import { sql } from 'kysely'
import type { Backend } from './backend.ts'
import type { DatabaseFigures } from './port.ts'
import { tableOf } from './schema.ts'

/** Positions are left out: counting them takes minutes where there are years of them, and their size says it. */
const counted = [...Object.values(tableOf), 'changes', 'attachments', 'zone_events', 'sessions'] as const

export async function readFigures<Tx>({ name, db }: Backend<Tx>): Promise<DatabaseFigures> {
  const facts =
    name === 'sqlite'
      ? sql<{ version: string; size: number }>`SELECT sqlite_version() AS version,
          (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS size`
      : sql<{ version: string; size: string }>`SELECT current_setting('server_version') AS version,
          pg_database_size(current_database()) AS size`
  const { version, size } = (await facts.execute(db)).rows[0]!
  const rows: Record<string, number> = {}
  for (const table of new Set(counted)) {
    const count = sql<{ count: number | string }>`SELECT count(*) AS count FROM ${sql.table(table)}`
    rows[table] = Number((await count.execute(db)).rows[0]!.count)
  }
  return {
    version: `${name === 'sqlite' ? 'SQLite' : 'PostgreSQL'} ${version}`,
    sizeBytes: Number(size),
    rows,
  }
}
