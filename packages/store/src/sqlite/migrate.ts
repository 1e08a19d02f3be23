import { checkPending, readMigrations, type AppliedMigration } from '../migrations.ts'
import type { SqliteConnection } from './connection.ts'
import { prepared } from './statements.ts'

const folder = `${import.meta.dirname}/migrations`

/**
 * Brings the schema up to date. All pending migrations and their records are one transaction under SQLite's write
 * lock: several processes may start at once, and a process that dies leaves the database as it was.
 *
 * @throws AppError schema_too_new, database_locked, storage_failed
 */
export async function migrateSqlite(connection: SqliteConnection, nowMs: number): Promise<void> {
  const known = readMigrations(folder)
  await connection.transaction((db) => {
    db.exec(
      `CREATE TABLE IF NOT EXISTS migrations (
         version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
       ) STRICT`,
    )
    const applied = db
      .prepare('SELECT version, name, checksum FROM migrations ORDER BY version')
      .all() as unknown as AppliedMigration[]
    for (const { version, name, sql, checksum } of checkPending(known, applied, connection.file)) {
      db.exec(sql)
      prepared(db, 'INSERT INTO migrations (version, name, checksum, applied_at_ms) VALUES (?, ?, ?, ?)').run(
        version,
        name,
        checksum,
        nowMs,
      )
    }
  })
}
