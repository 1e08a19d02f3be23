import { X509Certificate } from 'node:crypto'
import type { ConnectionFailure, ConnectionVerdict } from '@fleet/api'
import { AppError } from '@fleet/domain'
import { Client, DatabaseError } from 'pg'
import type { PostgresConfig } from '../config.ts'
import { markKey } from '../migrate-data/unfinished.ts'
import { createClientConfig } from './client-config.ts'
import { describeFailure } from './errors.ts'
import { hasSchema, readPending } from './migrate.ts'

/** PostgreSQL 15, as the server numbers it. */
const oldestServer = 150_000

/** How long one answer may take, once connected. */
const answerTimeoutMs = 5_000

/**
 * Tries a connection as the app would use it, and changes nothing: reach, encrypt, sign in, read, and ask for the rights
 * that it takes.
 *
 * What the server says is known by its codes and by the names of the routines that say it, since its sentences may be in
 * any language (https://www.postgresql.org/docs/17/protocol-error-fields.html).
 */
export async function probePostgres(config: PostgresConfig): Promise<ConnectionVerdict> {
  const verdict = await probePort(config, look)
  if (verdict.is !== 'fine' || config.readPort === null) return verdict
  const replicas = await probePort({ ...config, port: config.readPort }, async (client) => {
    await client.query('SELECT 1')
    return verdict
  })
  return replicas.is === 'fine' ? verdict : { ...verdict, readPort: replicas.is }
}

type Look = (client: Client, config: PostgresConfig) => Promise<ConnectionVerdict>

async function probePort(config: PostgresConfig, look: Look): Promise<ConnectionVerdict> {
  const authority = config.ssl.rootCertificate ?? null
  if (authority !== null && !isCertificate(authority)) return failed('certificate_unreadable')
  let client: Client
  try {
    client = new Client({ ...createClientConfig(config), query_timeout: answerTimeoutMs })
  } catch (error) {
    // The file of the authority is read here.
    return failed('certificate_unreadable', describeFailure(error))
  }
  // An error of the socket after the answer is none of ours.
  client.on('error', () => {})
  try {
    await client.connect()
    return await look(client, config)
  } catch (error) {
    return judgeProbe(error)
  } finally {
    // One that never connected may have nothing to end, or wait for ever for a word from the other side.
    client.connection.stream.destroy()
  }
}

async function look(client: Client, config: PostgresConfig): Promise<ConnectionVerdict> {
  const startedMs = performance.now()
  const { rows } = await client.query<{
    number: number
    version: string
    standby: boolean
    mayCreate: boolean | null
  }>(
    `SELECT current_setting('server_version_num')::integer AS number, current_setting('server_version') AS version,
       pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS standby,
       has_schema_privilege(current_schema(), 'CREATE') AS "mayCreate"`,
  )
  const latencyMs = Math.round((performance.now() - startedMs) * 10) / 10
  const { number, version, standby, mayCreate } = rows[0]!
  // Distributions add words of their own: 17.2 (Debian 17.2-1).
  const shortVersion = version.split(' ')[0]!
  if (number < oldestServer) return failed('server_too_old', shortVersion)
  if (standby) return failed('standby')
  const isThere = await hasSchema(client)
  if (!isThere && mayCreate !== true) return failed('no_right_to_create')
  const fine = {
    is: 'fine',
    version: shortVersion,
    latencyMs,
    encrypted: config.ssl.mode !== 'disable',
    readPort: null,
  } as const
  if (!isThere) return { ...fine, rows: null, isOlder: false }
  const refused = await missingRight(client)
  if (refused !== null) return failed('no_right_to_use', refused)
  const pending = await readPending(client, `${config.host}:${config.port}/${config.database}`)
  if (pending.length > 0 && mayCreate !== true) return failed('no_right_to_create')
  const unfinished = await client.query('SELECT 1 FROM meta WHERE key = $1', [markKey])
  if (unfinished.rowCount !== 0) return failed('copy_unfinished')
  const counted = await client.query<{ bikes: number; couriers: number; deliveries: number }>(
    `SELECT (SELECT count(*) FROM bikes) AS bikes, (SELECT count(*) FROM couriers) AS couriers,
       (SELECT count(*) FROM deliveries) AS deliveries`,
  )
  return { ...fine, rows: counted.rows[0]!, isOlder: pending.length > 0 }
}

/** The first table that this role may not read and write as the app does; null when it may. */
async function missingRight(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ table: string }>(
    `SELECT relname AS table FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
       AND NOT (has_table_privilege(oid, 'SELECT') AND (relname = 'migrations' OR has_table_privilege(oid, 'INSERT')))
     ORDER BY relname LIMIT 1`,
  )
  return rows[0]?.table ?? null
}

const failed = (is: ConnectionFailure, detail: string | null = null): ConnectionVerdict => ({ is, detail })

/** What an error of the driver, the socket, TLS or the server says about a connection that is being tried. */
export function judgeProbe(error: unknown): ConnectionVerdict {
  if (error instanceof AggregateError && error.errors.length > 0) return judgeProbe(error.errors[0])
  if (error instanceof AppError) {
    if (error.code === 'schema_too_new') return failed('schema_too_new', error.message)
    return failed('other', error.message)
  }
  const said = describeFailure(error)
  if (error instanceof DatabaseError) return failed(ofServer(error), said)
  if (!(error instanceof Error)) return failed('other', said)
  const code = 'code' in error ? String(error.code) : ''
  const known = ofSocket[code] ?? ofMessage.find(({ pattern }) => pattern.test(error.message))?.is
  if (known !== undefined) return failed(known, said)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return failed('certificate_other_name', namesIn(error))
  if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return failed('certificate_not_trusted', said)
  // A server that does not speak TLS, or not ours, after it has agreed to; and one that is no PostgreSQL at all.
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) return failed('not_postgres', said)
  return failed('other', said)
}

const ofSocket: Readonly<Record<string, ConnectionFailure>> = {
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
  EAI_FAIL: 'unknown_host',
  EINVAL: 'unknown_host',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timed_out',
  ECONNRESET: 'hung_up',
  EPIPE: 'hung_up',
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_NOT_YET_VALID: 'certificate_expired',
}

/** What `pg` says without a code. */
const ofMessage: readonly { readonly pattern: RegExp; readonly is: ConnectionFailure }[] = [
  { pattern: /^(timeout expired|Query read timeout)/i, is: 'timed_out' },
  { pattern: /^Connection terminated/i, is: 'hung_up' },
  { pattern: /does not support SSL/i, is: 'tls_not_offered' },
  { pattern: /error establishing an SSL connection/i, is: 'not_postgres' },
  { pattern: /password must be a/i, is: 'password_needed' },
]

function ofServer({ code, routine }: DatabaseError): ConnectionFailure {
  switch (code ?? '') {
    case '28P01':
      return 'wrong_password'
    case '28000':
      // A rule for this address may be missing, or the role; a wrong password without SCRAM comes here, too.
      if (routine === 'InitializeSessionUserId') return 'no_such_role'
      return routine === 'ClientAuthentication' ? 'not_let_in' : 'wrong_password'
    case '3D000':
      return 'no_such_database'
    case '42501':
      return routine === 'CheckMyDatabase' ? 'no_right_to_connect' : 'no_right_to_use'
    case '57P03':
      return 'starting_up'
    case '53300':
      return 'too_many_connections'
    case '25006':
      return 'standby'
    default:
      return 'other'
  }
}

function namesIn(error: Error): string | null {
  const { cert } = error as Error & { cert?: { subjectaltname?: string; subject?: { CN?: string } } }
  const names = cert?.subjectaltname?.replaceAll(/(DNS|IP Address):/g, '') ?? cert?.subject?.CN
  return names ?? null
}

function isCertificate(pem: string): boolean {
  try {
    void new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}
