import type { MigrationOptions, MigrationResult } from './migrate-data.ts'

export type { Comparison } from './compare.ts'
export type { Digest } from './digest.ts'
export type { MigrationOptions, MigrationResult, MigrationStep } from './migrate-data.ts'

/** See `runMigration`. Loaded when needed, as the driver of PostgreSQL is. */
export async function migrateData(options: MigrationOptions): Promise<MigrationResult> {
  return (await import('./migrate-data.ts')).runMigration(options)
}
