import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@fleet/store'
import { startPostgres } from '@fleet/store/testing'

/** A database for one test file; every store that it opens is empty. */
export interface TestBackend {
  readonly name: Store['backend']
  open(): Promise<Store>
  stop(): Promise<void>
}

export async function sqliteBackend(): Promise<TestBackend> {
  const dir = mkdtempSync(join(tmpdir(), 'fleet-server-'))
  let files = 0
  return {
    name: 'sqlite',
    open: () => openStore({ backend: 'sqlite', file: join(dir, `${(files += 1)}.db`) }),
    stop: async () => rmSync(dir, { recursive: true, force: true }),
  }
}

export async function postgresBackend(): Promise<TestBackend> {
  const server = await startPostgres()
  return {
    name: 'postgres',
    open: async () => openStore(server.config(await server.createDatabase(), 5)),
    stop: () => server.stop(),
  }
}

/** For `describe.each`: what must hold on both. */
export const backends = [
  ['SQLite', sqliteBackend],
  ['PostgreSQL', postgresBackend],
] as const
