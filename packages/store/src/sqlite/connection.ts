import { chmodSync, closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { AsyncMutex } from '../async-mutex.ts'
import { makeFolder } from '../make-folder.ts'
import { isBusy, translateSqliteError } from './errors.ts'

/** How long a transaction waits for another process that is writing. */
const writeWaitMs = 15_000

/**
 * One database file: a writer, a reader and a connection for snapshots. In WAL mode readers never wait for the
 * writer, and because they are connections of their own they never see its open transaction.
 */
export interface SqliteConnection {
  readonly file: string
  /** For single statements outside any transaction: each sees all that was committed before it. Never BEGIN here. */
  readonly reader: DatabaseSync
  /**
   * Runs `work` between BEGIN IMMEDIATE and COMMIT on the writer, one at a time; a throw rolls back. Resolves after
   * the commit is on disk (synchronous=FULL).
   *
   * If the process dies before COMMIT returned, nothing or all of it is there when the file is opened again.
   *
   * @throws AppError database_locked, storage_failed, outcome_unknown (see `translateSqliteError`)
   */
  transaction<T>(work: (writer: DatabaseSync) => T | Promise<T>): Promise<T>
  /** Runs `work` inside a read transaction: all its statements see the same moment. One at a time. */
  snapshot<T>(work: (db: DatabaseSync) => T | Promise<T>): Promise<T>
  /** Waits for what is running, then closes. */
  close(): Promise<void>
}

/**
 * Opens or creates the database file: mode 0600, in a folder of mode 0700 if the folder is new.
 *
 * @param file a path; `:memory:` is not accepted, since three connections share the file
 * @throws AppError storage_failed, database_locked
 */
export async function openSqlite(file: string): Promise<SqliteConnection> {
  const opened: DatabaseSync[] = []
  const close = () => {
    for (const db of opened) if (db.isOpen) db.close()
  }
  try {
    createFile(file)
    const writer = await openConnection(file)
    opened.push(writer)
    const reader = await openConnection(file)
    opened.push(reader)
    const snapshots = await openConnection(file)
    opened.push(snapshots)
    reader.exec('PRAGMA query_only = ON')
    snapshots.exec('PRAGMA query_only = ON')
    return createConnection(file, writer, reader, snapshots)
  } catch (error) {
    close()
    throw translateOpenError(error, file)
  }
}

/** Creates what is missing, and keeps others from reading it. */
export function createFile(file: string): void {
  makeFolder(dirname(file))
  // SQLite gives the -wal and -shm files the mode of the database file.
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

async function openConnection(file: string): Promise<DatabaseSync> {
  // The timeout covers short waits (a checkpoint, recovery of the WAL); they block the event loop, so it is short,
  // and waiting for another writer is done without blocking, in `begin`.
  const db = new DatabaseSync(file, { timeout: 250, enableForeignKeyConstraints: true })
  // Five processes that open a new file at once meet here: only one can switch it to WAL.
  await whileBusy(() => db.exec('PRAGMA journal_mode = WAL'))
  // A 2xx promises that the change survives a power cut: FULL syncs the WAL at every commit (NORMAL does not).
  // A checkpoint every 40 MB instead of 4: fixes of one minute touch the same pages again and again, and each checkpoint
  // writes and syncs them once more.
  // fullfsync makes that true on macOS, where fsync alone leaves data in the disk's cache.
  db.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA cache_size = -16000;
    PRAGMA mmap_size = 0;
    PRAGMA wal_autocheckpoint = 10000;
  `)
  return db
}

function createConnection(
  file: string,
  writer: DatabaseSync,
  reader: DatabaseSync,
  snapshots: DatabaseSync,
): SqliteConnection {
  const writing = new AsyncMutex()
  const snapshotting = new AsyncMutex()
  return {
    file,
    reader,
    transaction: (work) =>
      writing.run(async () => {
        let committing = false
        // SQLite answers without ever waiting, so a loop of transactions would never let anything else run: no timer,
        // no request, and not the other store of this process that holds the lock we want.
        await setImmediate()
        try {
          await whileBusy(() => writer.exec('BEGIN IMMEDIATE'))
          const result = await work(writer)
          committing = true
          writer.exec('COMMIT')
          return result
        } catch (error) {
          rollBack(writer)
          throw translateSqliteError(error, file, committing)
        }
      }),
    snapshot: (work) =>
      snapshotting.run(async () => {
        try {
          // DEFERRED takes its view of the data at the first read.
          snapshots.exec('BEGIN')
          return await work(snapshots)
        } catch (error) {
          throw translateSqliteError(error, file)
        } finally {
          rollBack(snapshots)
        }
      }),
    async close() {
      await Promise.all([writing.idle(), snapshotting.idle()])
      // The last to close checkpoints the WAL into the file.
      for (const db of [snapshots, reader, writer]) if (db.isOpen) db.close()
    },
  }
}

function rollBack(db: DatabaseSync): void {
  // Some failures (disk full, I/O) have rolled back already; then ROLLBACK itself would fail and hide the cause.
  if (db.isOpen && db.isTransaction) db.exec('ROLLBACK')
}

/**
 * Repeats while another connection holds the lock, without blocking the event loop: that connection may be another
 * store of this very process, whose transaction could then never end.
 */
async function whileBusy(attempt: () => void): Promise<void> {
  const deadline = Date.now() + writeWaitMs
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
    try {
      attempt()
      return
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error
    }
    await sleep(waitMs * (0.5 + Math.random()))
  }
}

function translateOpenError(error: unknown, file: string): unknown {
  if (error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code))) {
    return translateSqliteError(
      Object.assign(new Error(error.message, { cause: error }), { errcode: 14 }),
      file,
    )
  }
  return translateSqliteError(error, file)
}
