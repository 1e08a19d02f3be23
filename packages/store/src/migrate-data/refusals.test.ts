import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeBike } from '../contract/harness.ts'
import { openStore } from '../open-store.ts'
import { contentOf, fillFleet } from './filled-fleet.ts'
import { openMigrationHarness, type MigrationHarness } from './migration-harness.ts'
import { migrationDataLock } from './postgres-session.ts'

let harness: MigrationHarness
beforeAll(async () => {
  harness = await openMigrationHarness()
})
afterAll(() => harness.close())

const toSqlite = { direction: 'to_sqlite' } as const
const refused = (...parts: readonly string[]) => ({
  code: 'migration_refused',
  message: expect.stringMatching(new RegExp(parts.join('[^]*'))) as unknown,
})
const filledFile = async () => {
  const file = harness.newFile()
  await harness.onFile(file, fillFleet)
  return file
}
const filledDatabase = async () => {
  const database = await harness.server.createDatabase()
  await harness.onServer(database, fillFleet)
  return database
}

describe('a target', () => {
  test('that is not empty is refused, and told what is in it', async () => {
    const [file, database] = [await filledFile(), await harness.server.createDatabase()]
    await harness.onServer(database, makeBike)
    await expect(harness.migrate(file, database)).rejects.toMatchObject(
      refused('is not empty', '1 bikes', '1 changes', '1 idempotency'),
    )
    // Also when one asks to begin again: only what a migration left behind is thrown away.
    await expect(harness.migrate(file, database, { restart: true })).rejects.toMatchObject(
      refused('is not empty'),
    )
    await expect(harness.migrate(await filledFile(), await filledDatabase(), toSqlite)).rejects.toMatchObject(
      refused('is not empty'),
    )
    await harness.onServer(database, async (store) => expect(await store.isEmpty()).toBe(false))
  })

  test('that the app has open is refused, and nothing is begun there', async () => {
    const [file, database] = [await filledFile(), await harness.server.createDatabase()]
    await harness.onServer(database, async () => {
      await expect(harness.migrate(file, database)).rejects.toMatchObject(
        refused('is in use', 'connections open from 127.0.0.1'),
      )
    })
    await harness.onServer(database, (store) => store.isEmpty())
    expect(await harness.migrate(file, database)).toMatchObject({ isEqual: true })
  })

  test('that another migration writes to is refused', async () => {
    const [file, database] = [await filledFile(), await harness.server.createDatabase()]
    const { host, port, user, password } = harness.server
    const other = new Client({ host, port, user, password, database })
    await other.connect()
    await other.query('SELECT pg_advisory_lock($1::bigint)', [migrationDataLock])
    await expect(harness.migrate(file, database)).rejects.toMatchObject(refused('Another fleet migrate'))
    await other.end()
    expect(await harness.migrate(file, database)).toMatchObject({ isEqual: true })
  })

  test('that is another program’s file is refused and stays as it is', async () => {
    const [file, database] = [harness.newFile(), await filledDatabase()]
    const db = new DatabaseSync(file)
    db.exec('CREATE TABLE recipes (name TEXT)')
    db.close()
    await expect(harness.migrate(file, database, toSqlite)).rejects.toMatchObject(
      refused('database of another program'),
    )
    const text = harness.newFile()
    writeFileSync(text, 'not a database, and long enough to be taken for one'.repeat(100))
    await expect(harness.migrate(text, database, toSqlite)).rejects.toMatchObject({ code: 'storage_failed' })
  })
})

describe('a source', () => {
  test('that is not there, or no database of the app, is refused', async () => {
    const database = await harness.server.createDatabase()
    await expect(harness.migrate(harness.newFile(), database)).rejects.toMatchObject(
      refused('There is no file'),
    )
    const empty = harness.newFile()
    writeFileSync(empty, '')
    await expect(harness.migrate(empty, database)).rejects.toMatchObject(refused('no database of this app'))
    await expect(harness.migrate(harness.newFile(), database, toSqlite)).rejects.toMatchObject(
      refused('no database of this app'),
    )
  })

  test('that the app has open is refused; an app that starts on it meanwhile is kept out', async () => {
    const [file, database] = [await filledFile(), await harness.server.createDatabase()]
    await harness.onFile(file, async () => {
      await expect(harness.migrate(file, database)).rejects.toMatchObject(
        refused('Another program has', 'open'),
      )
    })
    let attempts = 0
    await harness.migrate(file, database, {
      report: () => {
        attempts++
        const db = new DatabaseSync(file)
        expect(() => db.exec('PRAGMA journal_mode = WAL')).toThrow('database is locked')
        db.close()
      },
    })
    expect(attempts).toBeGreaterThan(5)

    const from = await filledDatabase()
    await harness.onServer(from, async () => {
      await expect(harness.migrate(harness.newFile(), from, toSqlite)).rejects.toMatchObject(
        refused('is in use'),
      )
    })
  })

  test('of a newer or an older schema is refused', async () => {
    const [file, database] = [await filledFile(), await harness.server.createDatabase()]
    const change = (sql: string) => {
      const db = new DatabaseSync(file)
      db.exec(sql)
      db.close()
    }
    change(`INSERT INTO migrations VALUES (9999, 'later', 'x', 0)`)
    await expect(harness.migrate(file, database)).rejects.toMatchObject({ code: 'schema_too_new' })
    change(`DELETE FROM migrations WHERE version > 9`)
    await expect(harness.migrate(file, database)).rejects.toMatchObject(refused('older version'))

    const from = await filledDatabase()
    await harness.query(from, `INSERT INTO migrations VALUES (9999, 'later', 'x', 0)`)
    await expect(harness.migrate(harness.newFile(), from, toSqlite)).rejects.toMatchObject({
      code: 'schema_too_new',
    })
    await harness.query(from, `DELETE FROM migrations WHERE version > 9`)
    await expect(harness.migrate(harness.newFile(), from, toSqlite)).rejects.toMatchObject(
      refused('older version'),
    )
  })

  test('that changed since an unfinished copy began needs --restart', async () => {
    const [file, database] = [await filledFile(), await harness.server.createDatabase()]
    await stopAt('checking', file, database)
    await harness.onFile(file, makeBike)
    await expect(harness.migrate(file, database)).rejects.toMatchObject(
      refused('is another by now', 'its log went from', 'bikes had 1 rows and has 2'),
    )
    await expect(harness.migrate(await filledFile(), database)).rejects.toMatchObject(
      refused('it is another database'),
    )
    expect(await harness.migrate(file, database, { restart: true })).toMatchObject({
      isEqual: true,
      resumedRows: 0,
    })
    await harness.onServer(database, async (store) => expect((await store.snapshot()).bikes).toHaveLength(2))
  })

  test('on PostgreSQL that is written to while it is copied is noticed in the end', async () => {
    const [file, database] = [harness.newFile(), await filledDatabase()]
    await expect(
      harness.migrate(file, database, { ...toSqlite, report: writeOnce(database) }),
    ).rejects.toMatchObject(refused('was written to while it was copied', 'idempotency had \\d+ rows'))
    await expect(openStore({ backend: 'sqlite', file })).rejects.toMatchObject({
      code: 'migration_unfinished',
    })
  })

  test('on PostgreSQL is copied as of one moment while the app goes on, when that is asked for', async () => {
    const [file, database] = [harness.newFile(), await filledDatabase()]
    await harness.onServer(database, async () => {
      expect(
        await harness.migrate(file, database, { ...toSqlite, asOfNow: true, report: writeOnce(database) }),
      ).toMatchObject({ isEqual: true })
    })
    expect(contentOf(file)['idempotency']!.join()).not.toContain('meanwhile')
    await harness.onFile(file, makeBike)
  })
})

/** Writes a row at the first report, and is done with it when it returns. */
function writeOnce(database: string): () => void {
  let isWritten = false
  return () => {
    if (isWritten) return
    isWritten = true
    const { server } = harness
    execFileSync(
      join(server.binDir, 'psql'),
      ['-qc', `INSERT INTO idempotency VALUES ('meanwhile', 'x', '{}', 0)`],
      {
        env: {
          ...process.env,
          ...Object.fromEntries(
            Object.entries(server.env(database)).map(([name, value]) => [name.replace('PG_', 'PG'), value]),
          ),
        },
      },
    )
  }
}

/** Copies everything and is stopped before it is compared. */
async function stopAt(phase: string, file: string, database: string): Promise<void> {
  const stop = new AbortController()
  const copying = harness.migrate(file, database, {
    signal: stop.signal,
    report: (step) => {
      if (step.phase === phase) stop.abort()
    },
  })
  await expect(copying).rejects.toMatchObject({ name: 'AbortError' })
}
