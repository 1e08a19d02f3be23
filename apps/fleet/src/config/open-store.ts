import { openStore, parseStoreConfig, type Store } from '@fleet/store'
import type { CommandWorld } from '../command.ts'
import { configurationError } from './serve-config.ts'

/**
 * Opens the store that the settings name, for one command; the app may run meanwhile.
 *
 * @throws AppError invalid_configuration, database_unavailable, database_locked, schema_too_new, storage_failed
 */
export async function withStore<T>(world: CommandWorld, use: (store: Store) => Promise<T>): Promise<T> {
  const parsed = parseStoreConfig(world.env)
  if (!parsed.ok) throw configurationError(parsed.problems)
  const store = await openStore(parsed.config, {
    now: world.now,
    // A person at the keyboard does not want to wait as long as a service may.
    deadlineMs: 10_000,
    report: (message) => world.terminal.err(`${message}\n`),
  })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
