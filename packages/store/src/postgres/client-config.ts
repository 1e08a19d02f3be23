import { readFileSync } from 'node:fs'
import { types, type ClientConfig } from 'pg'
import type { PostgresConfig } from '../config.ts'

const int8 = 20
/** pg's own parsers, untyped: its types know neither plain numbers nor what a parser returns. */
const parserOf = types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown

/** What the names of all our sessions begin with. */
export const applicationName = 'amsterdam-bike-fleet'

/** How long opening a connection may take: name, TCP, TLS, password. */
export const connectTimeoutMs = 5_000

/**
 * How long one statement may take: long enough for a lock that bulk work holds, and for a COMMIT that waits for the
 * synchronous standby. A connection that is dead is noticed much earlier, see `watch.ts`.
 */
export const statementTimeoutMs = 30_000

/** What every connection to the server is opened with. Holds the password: never print it. */
export function createClientConfig(config: PostgresConfig): ClientConfig {
  return {
    host: config.host,
    port: config.port,
    user: config.user,
    database: config.database,
    // An empty function keeps pg from reading PGPASSWORD, which would be a second, undocumented way.
    ...(config.password === null ? {} : { password: config.password }),
    ssl: createTls(config),
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: statementTimeoutMs,
    // An instance that stalls inside a transaction must not hold back readers of the change log for long.
    idle_in_transaction_session_timeout: 30_000,
    // A session that this program gave up ends also while it waits for a lock.
    options: '-c client_connection_check_interval=2000',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === int8 && format !== 'binary' ? Number : parserOf(oid, format),
    },
  }
}

/** TLS that is asked for is verified, always: an unverified connection protects from nobody who can redirect it. */
function createTls(config: PostgresConfig): ClientConfig['ssl'] {
  if (config.ssl.mode === 'disable') return false
  const { rootCertFile, rootCertificate } = config.ssl
  const ca = rootCertificate ?? (rootCertFile === null ? null : readFileSync(rootCertFile, 'utf8'))
  return {
    rejectUnauthorized: true,
    ...(ca === null ? {} : { ca }),
    // verify-ca accepts any name that the authority has signed.
    ...(config.ssl.mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  }
}
