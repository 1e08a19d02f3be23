import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '@fleet/domain'
import { createFile } from '../sqlite/connection.ts'
import { isBusy, translateSqliteError } from '../sqlite/errors.ts'
import { hasSchema, migrateSqlite, readPending } from '../sqlite/migrate.ts'
import type { Role } from './side.ts'

/**
 * Opens a database file for this program alone: while it is open, an app that starts on it is told `database_locked`.
 *
 * @throws AppError migration_refused, schema_too_new, storage_failed
 */
export async function openSqliteFile(file: string, role: Role, nowMs: number): Promise<DatabaseSync> {
  if (role === 'source' && !existsSync(file))
    throw new AppError('migration_refused', `There is no file ${file}.`, {
      fix: 'Name the database file of the app with --from.',
    })
  let db: DatabaseSync | null = null
  try {
    if (role === 'target') createFile(file)
    db = new DatabaseSync(file, { timeout: 2_000, enableForeignKeyConstraints: true })
    lock(db, file)
    if (role === 'source') checkSource(db, file)
    else await prepareTarget(db, file, nowMs)
    return db
  } catch (error) {
    db?.close()
    throw translateSqliteError(error, file)
  }
}

function lock(db: DatabaseSync, file: string): void {
  try {
    // Whoever has the file open in WAL mode holds a lock on it, also when nothing is under way; this wants it alone.
    // FULL: what the mark of a target says is on disk.
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -64000;
      BEGIN IMMEDIATE;
      COMMIT;
    `)
  } catch (error) {
    if (!isBusy(error)) throw error
    throw new AppError('migration_refused', `Another program has ${file} open: the app, or a command.`, {
      cause: error,
      fix: 'Stop the app that uses this file, then run the same command again.',
    })
  }
}

function checkSource(db: DatabaseSync, file: string): void {
  if (!hasSchema(db))
    throw new AppError('migration_refused', `${file} is no database of this app.`, {
      fix: 'Name the database file of the app with --from.',
    })
  const lacking = readPending(db, file).length
  if (lacking > 0)
    throw new AppError(
      'migration_refused',
      `${file} was made by an older version of the app: it lacks ${lacking} steps of the schema.`,
      { fix: 'Start this version of the app on it once, stop it, and run the same command again.' },
    )
}

async function prepareTarget(db: DatabaseSync, file: string, nowMs: number): Promise<void> {
  if (!hasSchema(db) && db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get())
    throw new AppError('migration_refused', `${file} is a database of another program.`, {
      fix: 'Name a file that does not exist yet with --to.',
    })
  await migrateSqlite({ file, transaction: (work) => inTransaction(db, () => work(db)) }, nowMs)
}

/** BEGIN IMMEDIATE, `work`, COMMIT; a throw rolls back. */
export async function inTransaction<T>(db: DatabaseSync, work: () => T | Promise<T>): Promise<T> {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = await work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
