import { defaultFile, parseStoreConfig, type StoreConfig, type StoreConfigDefaults } from '@fleet/store'
import { configurationError } from './serve-config.ts'
import type { Env } from './settings.ts'

/**
 * Where the imported map is: beside the database file, named after it (`fleet.db` has `fleet-map`). With PostgreSQL it
 * is where that file would be by default: each machine that runs the app has a map of its own.
 */
export function mapFolderOf(config: StoreConfig, env: Env, defaults: StoreConfigDefaults = {}): string {
  const file = config.backend === 'sqlite' ? config.file : defaultFile(env, defaults)
  return `${file.replace(/\.[^./\\]+$/, '')}-map`
}

/** @throws AppError invalid_configuration */
export function readMapFolder(env: Env): string {
  const parsed = parseStoreConfig(env)
  if (!parsed.ok) throw configurationError(parsed.problems)
  return mapFolderOf(parsed.config, env)
}
