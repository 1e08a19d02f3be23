import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@fleet/domain'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
  /** sha-256 hex of the file. */
  readonly checksum: string
}

/** A line of the table `migrations`. */
export interface AppliedMigration {
  readonly version: number
  readonly name: string
  readonly checksum: string
}

/**
 * Reads `NNNN_name.sql` files in order.
 *
 * @throws Error when numbers are missing or given twice: a bug, not a person's mistake
 */
export function readMigrations(folder: string): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map((file) => {
      // A checkout with CRLF must not look like another migration.
      const sql = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n')
      return {
        version: Number(file.slice(0, 4)),
        name: file.slice(5, -4),
        sql,
        checksum: createHash('sha256').update(sql).digest('hex'),
      }
    })
  for (const [index, migration] of migrations.entries())
    if (migration.version !== index + 1)
      throw new Error(`${folder}: migration ${index + 1} is missing or given twice`)
  return migrations
}

/**
 * The migrations that this database still lacks.
 *
 * @param location where the database is, without secrets
 * @throws AppError schema_too_new when a newer program made the database, or a migration that this program knows
 *   was applied with another text: then nobody knows what the tables look like, and writing would make it worse
 */
export function checkPending(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
  location: string,
): readonly Migration[] {
  const newest = applied.at(-1)?.version ?? 0
  if (newest > known.length)
    throw new AppError(
      'schema_too_new',
      `The database ${location} has schema version ${newest}; this program knows versions up to ${known.length}.`,
    )
  for (const line of applied) {
    const migration = known[line.version - 1]
    if (migration && migration.checksum !== line.checksum)
      throw new AppError(
        'schema_too_new',
        `The database ${location} was made by another build of this program: migration ${line.version} ` +
          `(${line.name}) differs.`,
      )
  }
  return known.slice(newest)
}
