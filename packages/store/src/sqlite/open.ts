import type { SqliteConfig } from '../config.ts'
import { refuseUnfinished } from '../migrate-data/unfinished.ts'
import type { OpenOptions } from '../open-store.ts'
import type { Store } from '../port.ts'
import { createStore } from '../store.ts'
import { createSqliteBackend } from './backend.ts'
import { openSqlite } from './connection.ts'
import { migrateSqlite } from './migrate.ts'
import { createSqlitePositions } from './positions.ts'

/** See `openStore`. */
export async function openSqliteStore(config: SqliteConfig, { now = Date.now }: OpenOptions): Promise<Store> {
  const connection = await openSqlite(config.file)
  try {
    await migrateSqlite(connection, now())
    const backend = createSqliteBackend(connection, createSqlitePositions(connection))
    await refuseUnfinished(backend.db, connection.file)
    return createStore(backend)
  } catch (error) {
    await connection.close()
    throw error
  }
}
