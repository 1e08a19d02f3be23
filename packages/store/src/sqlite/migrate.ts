import type { DatabaseSync } from 'node:sqlite'
import { checkPending, readMigrations, type AppliedMigration, type Migration } from '../migrations.ts'
import type { SqliteConnection } from './connection.ts'
import { prepared } from './statements.ts'

const folder = `${import.meta.dirname}/migrations`

/**
 * Brings the schema up to date. All pending migrations and their records are one transaction under SQLite's write
 * lock: several processes may start at once, and a process that dies leaves the database as it was.
 *
 * @throws AppError schema_too_new, database_locked, storage_failed
 */
export async function migrateSqlite(
  connection: Pick<SqliteConnection, 'file' | 'transaction'>,
  nowMs: number,
): Promise<void> {
  await connection.transaction((db) => {
    db.exec(
      `CREATE TABLE IF NOT EXISTS migrations (
         version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
       ) STRICT`,
    )
    for (const { version, name, sql, checksum } of readPending(db, connection.file)) {
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

export function hasSchema(db: DatabaseSync): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'migrations'`).get() !== undefined
}

/**
 * The migrations that a database with a schema still lacks.
 *
 * @throws AppError schema_too_new
 */
export function readPending(db: DatabaseSync, file: string): readonly Migration[] {
  const applied = db
    .prepare('SELECT version, name, checksum FROM migrations ORDER BY version')
    .all() as unknown as AppliedMigration[]
  return checkPending(readMigrations(folder), applied, file)
}
