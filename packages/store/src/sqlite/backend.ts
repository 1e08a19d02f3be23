import type { DatabaseSync } from 'node:sqlite'
import { sql, type Kysely } from 'kysely'
import type { Backend, CommandTransaction, Counter } from '../backend.ts'
import { ChangeFeed } from '../change-feed.ts'
import { HealthRecord } from '../health.ts'
import type { PositionStore } from '../positions-port.ts'
import { createQueryLayer, isRead } from '../query-layer.ts'
import type { Schema } from '../schema.ts'
import { writeRecord } from './change-log.ts'
import type { SqliteConnection } from './connection.ts'
import { translateSqliteError, uniqueViolation } from './errors.ts'
import { indexedSearch } from './search-index.ts'
import { prepared, toSqliteValue } from './statements.ts'

/** How soon a commit of another process is noticed. */
const pollMs = 250

export function createSqliteBackend(
  connection: SqliteConnection,
  positions: PositionStore<DatabaseSync>,
): Backend<DatabaseSync> {
  const { file, reader } = connection
  // One query layer a connection. The writer's is used inside `connection.transaction` only.
  const layers = new WeakMap<DatabaseSync, Kysely<Schema>>()
  const layerOf = (db: DatabaseSync) => {
    let layer = layers.get(db)
    if (!layer) {
      // eslint-disable-next-line typescript/require-await -- a promise for Kysely, though SQLite answers at once
      layer = createQueryLayer('sqlite', async (text, values) => runOn(db, text, values))
      layers.set(db, layer)
    }
    return layer
  }
  const feed = new ChangeFeed(() => watch(reader, () => feed.wake()))
  const db = createQueryLayer('sqlite', async (text, values) => {
    // What only reads must not wait for whoever writes.
    if (!isRead(text)) return connection.transaction((writer) => runOn(writer, text, values))
    try {
      return runOn(reader, text, values)
    } catch (error) {
      throw translateSqliteError(error, file)
    }
  })

  return {
    name: 'sqlite',
    location: file,
    // A file on this machine does not go away and come back.
    health: new HealthRecord('fine', Date.now),
    positions,
    db,
    pastDb: db,
    async command(work) {
      const result = await connection.transaction((db) => work(openTransaction(db, layerOf(db))))
      // Other processes look at the file themselves, see `watch`.
      feed.wake()
      return result
    },
    snapshot: (work) => connection.snapshot((db) => work(layerOf(db), db)),
    contains: (word) => sql<boolean>`instr(search_text, ${word}) > 0`,
    indexedSearch,
    // One writer at a time: lines appear in the order of their seq.
    settledChanges: sql<boolean>`1 = 1`,
    uniqueViolation,
    onChange: (wake) => feed.subscribe(wake),
    async ping() {
      // Takes the write lock and gives it back: proves that the file is there, sound and writable.
      await connection.transaction((db) => db.prepare('SELECT count(*) FROM meta').get())
    },
    async close() {
      feed.close()
      await connection.close()
    },
  }
}

function runOn(db: DatabaseSync, text: string, values: readonly unknown[]): readonly unknown[] {
  // all() also runs statements that return nothing.
  return prepared(db, text).all(...values.map(toSqliteValue))
}

function openTransaction(db: DatabaseSync, layer: Kysely<Schema>): CommandTransaction<DatabaseSync> {
  return {
    db: layer,
    native: () => Promise.resolve(db),
    // BEGIN IMMEDIATE has locked everything already.
    lock: () => Promise.resolve(),
    allocate(counter: Counter, count: number) {
      const row = prepared(db, 'UPDATE counters SET value = value + ? WHERE name = ? RETURNING value').get(
        count,
        counter,
      ) as { value: number }
      return Promise.resolve(Array.from({ length: count }, (_, index) => row.value - count + 1 + index))
    },
    async record(record) {
      const firstSeq = await writeRecord(db, layer, record)
      return () => Promise.resolve(firstSeq)
    },
  }
}

/** Notices commits of other processes, and of other stores of this one, by looking at the file's version. */
function watch(reader: DatabaseSync, wake: () => void): () => void {
  const read = () => ({
    version: (prepared(reader, 'PRAGMA data_version').get() as { data_version: number }).data_version,
    head: prepared(reader, 'SELECT CAST(max(seq) AS TEXT) AS head FROM changes').get()!['head'],
  })
  let seen = read()
  const timer = setInterval(() => {
    const version = (prepared(reader, 'PRAGMA data_version').get() as { data_version: number }).data_version
    // Changes with positions too, which come by the second and wake nobody.
    if (version === seen.version) return
    const now = read()
    const grew = now.head !== seen.head
    seen = now
    if (grew) wake()
  }, pollMs)
  // Watching must not keep a program alive that has nothing else to do.
  timer.unref()
  return () => clearInterval(timer)
}
