import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { describeCommandsContract } from '../contract/commands.contract.ts'
import type { FreshDatabase } from '../contract/harness.ts'
import { describeFiguresContract } from '../contract/figures.contract.ts'
import { describeInsightsContract } from '../contract/insights.contract.ts'
import { describeListsContract } from '../contract/lists.contract.ts'
import { describeLogContract } from '../contract/log.contract.ts'
import { describeModelContract } from '../contract/model.contract.ts'
import { describeOpeningContract } from '../contract/opening.contract.ts'
import { describeOwnershipContract } from '../contract/ownership.contract.ts'
import { describeProofContract } from '../contract/proof.contract.ts'
import { describeReplayContract } from '../contract/replay.contract.ts'
import { describeUndoContract } from '../contract/undo.contract.ts'
import { describeUndoWalksContract } from '../contract/undo-walks.contract.ts'
import { describeZoneEventsContract } from '../contract/zone-events.contract.ts'
import { openStore } from '../open-store.ts'

// eslint-disable-next-line typescript/require-await -- the contract's factory is asynchronous for PostgreSQL
async function makeDatabase(): Promise<FreshDatabase & { readonly file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-sqlite-'))
  const file = join(folder, 'new', 'fleet.db')
  return {
    file,
    open: () => openStore({ backend: 'sqlite', file }),
    pretendNewerSchema() {
      const db = new DatabaseSync(file)
      db.exec(`INSERT INTO migrations SELECT max(version) + 1, 'future', 'x', 0 FROM migrations`)
      db.close()
      return Promise.resolve()
    },
    close() {
      rmSync(folder, { recursive: true })
      return Promise.resolve()
    },
  }
}

describeOpeningContract('SQLite', makeDatabase)
describeCommandsContract('SQLite', makeDatabase)
describeOwnershipContract('SQLite', makeDatabase)
describeLogContract('SQLite', makeDatabase)
describeListsContract('SQLite', makeDatabase)
describeModelContract('SQLite', makeDatabase)
describeUndoContract('SQLite', makeDatabase)
describeUndoWalksContract('SQLite', makeDatabase)
describeProofContract('SQLite', makeDatabase)
describeInsightsContract('SQLite', makeDatabase)
describeReplayContract('SQLite', makeDatabase)
describeFiguresContract('SQLite', makeDatabase)
describeZoneEventsContract('SQLite', makeDatabase)

test('the file and its folder are for their owner only', async () => {
  const database = await makeDatabase()
  const store = await database.open()
  const mode = (path: string) => statSync(path).mode & 0o777
  expect(mode(join(database.file, '..'))).toBe(0o700)
  expect(mode(database.file)).toBe(0o600)
  expect(mode(`${database.file}-wal`)).toBe(0o600)
  await store.close()
  await database.close()
})

test('a search waits for nobody who writes', async () => {
  const database = await makeDatabase()
  const store = await database.open()
  const other = new DatabaseSync(database.file)
  other.exec('BEGIN IMMEDIATE')
  // It comes while the other one still writes.
  expect(await store.list('bike', { limit: 10, search: 'nowhere' })).toMatchObject({ items: [] })
  other.exec('ROLLBACK')
  other.close()
  await store.close()
  await database.close()
})

test('a file that is no database is named in the error, and left as it was', async () => {
  const database = await makeDatabase()
  const folder = join(database.file, '..', '..')
  const file = join(folder, 'letter.txt')
  writeFileSync(file, 'Dear reader, '.repeat(100))
  await expect(openStore({ backend: 'sqlite', file })).rejects.toMatchObject({
    code: 'storage_failed',
    message: expect.stringContaining(file) as string,
  })
  expect(readFileSync(file, 'utf8')).toBe('Dear reader, '.repeat(100))
  // A file in the place of a folder.
  await expect(openStore({ backend: 'sqlite', file: join(file, 'fleet.db') })).rejects.toMatchObject({
    code: 'storage_failed',
  })
  await database.close()
})
