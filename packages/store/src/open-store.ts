import type { ConnectionVerdict } from '@fleet/api'
import type { PostgresConfig, StoreConfig } from './config.ts'
import type { Store } from './port.ts'

export interface OpenOptions {
  /** Told while the database cannot be reached yet: one sentence, without secrets. */
  readonly report?: (message: string) => void
  /** How long to go on trying while it may still come up. Default 30 s. */
  readonly deadlineMs?: number
  /** Ends the wait early: what was in the way is thrown at once. */
  readonly signal?: AbortSignal
  /** The clock, epoch ms. */
  readonly now?: () => number
}

/**
 * Opens the store and brings its schema up to date. Several instances may do so at once.
 *
 * @throws AppError database_unavailable (at once for a wrong password, else after the deadline), database_locked,
 *   schema_too_new, storage_failed
 */
export async function openStore(config: StoreConfig, options: OpenOptions = {}): Promise<Store> {
  // Loaded when needed: whoever uses the embedded database should not wait for the driver of the other one.
  if (config.backend === 'sqlite') return (await import('./sqlite/open.ts')).openSqliteStore(config, options)
  return (await import('./postgres/open.ts')).openPostgresStore(config, options)
}

/** Tries a connection as the app would use it, and changes nothing. */
export async function probePostgres(config: PostgresConfig): Promise<ConnectionVerdict> {
  return (await import('./postgres/probe.ts')).probePostgres(config)
}
