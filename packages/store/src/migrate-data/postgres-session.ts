import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import { Client } from 'pg'
import { applicationName } from '../postgres/client-config.ts'
import type { PostgresConnection } from '../postgres/connection.ts'
import { hasSchema, readPending } from '../postgres/migrate.ts'
import type { Role } from './side.ts'

/** Held by the one migration that writes to a database. */
export const migrationDataLock = '112629929373746'
const hangUpMs = 3_000

/**
 * Opens a session of its own: a statement may take as long as it takes, and a transaction may wait for the other
 * database. What a source holds is read as of one moment, in a transaction that stays open.
 *
 * @param asOfNow the app may go on using a source; what it writes from now on is not copied
 * @throws AppError migration_refused, schema_too_new (of a source); errors of `pg` as they are
 */
export async function openPostgresSession(
  connection: PostgresConnection,
  role: Role,
  asOfNow: boolean,
): Promise<Client> {
  const client = new Client({
    ...connection.clientConfig,
    // Not the app's, which is looked for below.
    application_name: 'fleet-migrate',
    query_timeout: 0,
    idle_in_transaction_session_timeout: 0,
  })
  // What breaks the connection breaks the next statement, which tells.
  client.on('error', () => {})
  await client.connect()
  try {
    await (role === 'source'
      ? openSource(client, connection, asOfNow)
      : openTarget(client, connection.location))
    // The order of the key comes out of its index; sorting all positions first would need as much disk as they do.
    await client.query('SET enable_sort = off')
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}

async function openSource(client: Client, connection: PostgresConnection, asOfNow: boolean): Promise<void> {
  const { location } = connection
  if (!(await hasSchema(client)))
    throw new AppError('migration_refused', `${location} has no database of this app.`, {
      fix: 'Check PG_HOST, PG_PORT and PG_DATABASE.',
    })
  const lacking = (await readPending(client, location)).length
  if (lacking > 0)
    throw new AppError(
      'migration_refused',
      `${location} was made by an older version of the app: it lacks ${lacking} steps of the schema.`,
      { fix: 'Start this version of the app on it once, stop it, and run the same command again.' },
    )
  if (!asOfNow) {
    await refuseStandby(client, location)
    await refuseInUse(client, connection, 'or add --snapshot to copy what it holds now while the app goes on')
  }
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
}

async function openTarget(client: Client, location: string): Promise<void> {
  const isMine = async () => {
    const { rows } = await client.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_lock($1::bigint) AS mine',
      [migrationDataLock],
    )
    return rows[0]!.mine
  }
  if (!(await holdsSoon(isMine)))
    throw new AppError('migration_refused', `Another fleet migrate is at work on ${location}.`, {
      fix: 'Wait until it has ended.',
    })
}

/** @throws AppError migration_refused when it is a standby, where one cannot see whether the app is connected */
async function refuseStandby(client: Client, location: string): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
  if (rows[0]!.standby)
    throw new AppError('migration_refused', `${location} is a standby: what it holds may be a little old.`, {
      fix: 'Set PG_HOST and PG_PORT to the primary, or add --snapshot for a copy of what it holds.',
    })
}

/**
 * @param otherwise what else may be done about it, for the fix
 * @throws AppError migration_refused when the app or one of its commands is connected
 */
export async function refuseInUse(
  client: Client,
  { location, sessionPrefix }: PostgresConnection,
  otherwise = '',
): Promise<void> {
  let [sessions, hosts] = [0, '']
  const isUnused = async () => {
    const { rows } = await client.query<{ sessions: number; hosts: string }>(
      `SELECT count(*)::integer AS sessions,
         string_agg(DISTINCT coalesce(host(client_addr), 'this machine'), ', ') AS hosts
       FROM pg_stat_activity
       WHERE datname = current_database() AND starts_with(application_name, $1) AND NOT starts_with(application_name, $2)`,
      [applicationName, sessionPrefix],
    )
    ;({ sessions, hosts } = rows[0]!)
    return sessions === 0
  }
  if (!(await holdsSoon(isUnused)))
    throw new AppError(
      'migration_refused',
      `${location} is in use: the app has ${sessions} connections open from ${hosts}.`,
      { fix: `Stop the app everywhere and run the same command again${otherwise && `, ${otherwise}`}.` },
    )
}

/** Asks again and again: a program that was stopped or killed a moment ago may not have hung up yet. */
async function holdsSoon(condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + hangUpMs
  while (!(await condition())) {
    if (Date.now() > deadline) return false
    await sleep(100)
  }
  return true
}
