// For the tests of this folder: one server, files and databases of their own, and stores on them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { startPostgres, type PostgresServer } from '../../testing/index.ts'
import type { StoreConfig } from '../config.ts'
import { openStore } from '../open-store.ts'
import type { Store } from '../port.ts'
import { migrateData, type MigrationOptions, type MigrationResult } from './index.ts'

export interface MigrationHarness {
  readonly server: PostgresServer
  /** A path where no file is yet. */
  newFile(): string
  migrate(file: string, database: string, more?: Partial<MigrationOptions>): Promise<MigrationResult>
  /** Runs `work` on a store that is closed again. */
  onFile<T>(file: string, work: (store: Store) => Promise<T>): Promise<T>
  onServer<T>(database: string, work: (store: Store) => Promise<T>): Promise<T>
  query(database: string, text: string): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}

export async function openMigrationHarness(): Promise<MigrationHarness> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-migrate-'))
  // What is killed here is never the server.
  const server = await startPostgres({ fsync: 'off' })
  let files = 0
  const withStore = async <T>(config: StoreConfig, work: (store: Store) => Promise<T>) => {
    const store = await openStore(config)
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }
  return {
    server,
    newFile: () => join(folder, `${(files += 1)}.db`),
    migrate: (file, database, more = {}) =>
      migrateData({
        sqlite: { backend: 'sqlite', file },
        postgres: server.config(database, 2),
        direction: 'to_postgres',
        restart: false,
        asOfNow: false,
        now: Date.now,
        ...more,
      }),
    onFile: (file, work) => withStore({ backend: 'sqlite', file }, work),
    onServer: (database, work) => withStore(server.config(database, 2), work),
    async query(database, text) {
      const { host, port, user, password } = server
      const client = new Client({ host, port, user, password, database })
      await client.connect()
      try {
        return (await client.query<Record<string, unknown>>(text)).rows
      } finally {
        await client.end()
      }
    },
    async close() {
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
}
