import type { ClientBase } from 'pg'
import { checkPending, readMigrations, type AppliedMigration, type Migration } from '../migrations.ts'
import type { PostgresConnection } from './connection.ts'

const folder = `${import.meta.dirname}/migrations`

/** Names the lock that only a migrating instance takes: "fleet" in ASCII, as a number. */
const migrationLock = '439956988276'

/**
 * Brings the schema up to date. All pending migrations and their records are one transaction under an advisory lock:
 * of several instances that start at once one migrates and the others wait, and an instance that dies leaves the
 * database as it was.
 *
 * The role needs CREATE on the schema only while something is pending.
 *
 * @throws AppError schema_too_new; errors of `pg` as they are, for the caller to classify
 */
export async function migratePostgres(connection: PostgresConnection, nowMs: number): Promise<void> {
  // Building an index may take longer than the pool lets a statement take.
  const client = await connection.openSession(0)
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
    await client.query('SELECT pg_advisory_xact_lock($1::bigint)', [migrationLock])
    const { rows } = await client.query<{ there: boolean; standby: boolean }>(
      `SELECT to_regclass('migrations') IS NOT NULL AS there, pg_is_in_recovery() AS standby`,
    )
    // In the middle of a failover: worth waiting for. The code is that of a socket, so that it counts as such.
    if (rows[0]?.standby)
      throw Object.assign(new Error('it is a standby, and no primary yet'), { code: 'ECONNABORTED' })
    if (!rows[0]?.there)
      await client.query(
        `CREATE TABLE migrations (
           version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at_ms bigint NOT NULL
         )`,
      )
    for (const { version, name, sql, checksum } of await readPending(client, connection.location)) {
      await client.query(sql)
      await client.query(
        'INSERT INTO migrations (version, name, checksum, applied_at_ms) VALUES ($1, $2, $3, $4)',
        [version, name, checksum, nowMs],
      )
    }
    await client.query('COMMIT')
  } finally {
    // Ending the session rolls back what was not committed and frees the lock.
    await client.end().catch(() => {})
  }
}

export async function hasSchema(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('migrations') IS NOT NULL AS there`,
  )
  return rows[0]!.there
}

/**
 * The migrations that a database with a schema still lacks.
 *
 * @throws AppError schema_too_new
 */
export async function readPending(client: ClientBase, location: string): Promise<readonly Migration[]> {
  const applied = await client.query<AppliedMigration>(
    'SELECT version, name, checksum FROM migrations ORDER BY version',
  )
  return checkPending(readMigrations(folder), applied.rows, location)
}
