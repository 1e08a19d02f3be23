import { databaseUsers } from '../layout.ts'
import type { ClusterSecrets } from '../secrets/cluster-secrets.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { dcsParameters, reservedConnections } from '../spec/sizing.ts'
import { scramVerifier } from './scram.ts'

/** Functions that pg_rewind reads the primary's files with (PostgreSQL: pg_rewind, Notes). */
const rewindFunctions = [
  'pg_ls_dir(text, boolean, boolean)',
  'pg_stat_file(text, boolean)',
  'pg_read_binary_file(text)',
  'pg_read_binary_file(text, bigint, bigint, boolean)',
]

const mayDoNothing = 'NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT'

/**
 * Roles, the application's database and who may what, for psql, run as superuser in `postgres`. It may be run again at any
 * time: it brings everything to the same state. It holds SCRAM verifiers, no password.
 *
 * @throws Error when the spec has no PostgreSQL host: a bug, as checking refuses it
 */
export function renderRolesSql(spec: ClusterSpec, secrets: ClusterSecrets): string {
  const { database, role: app, monitorRole: monitor } = spec.postgresql
  const { superuser, replication, rewind } = databaseUsers
  const [anyNode] = hostsWith(spec, 'postgresql')
  if (!anyNode) throw new Error('The spec has no PostgreSQL host.')
  const maxConnections = Number(dcsParameters(spec, anyNode).shared['max_connections'])
  const password = (role: string, clear: string) => `PASSWORD ${literal(scramVerifier(role, clear))}`
  const lines = [
    '\\set ON_ERROR_STOP on',
    'SET client_min_messages = warning;',
    '-- Verifiers do not belong into a log either, not even when a statement fails.',
    "SET log_statement = 'none';",
    'SET log_min_duration_statement = -1;',
    "SET log_min_error_statement = 'panic';",
    '',
    ...[app, monitor, replication, rewind].map(createRole),
    `ALTER ROLE ${name(superuser)} WITH ${password(superuser, secrets.superuser)};`,
    `ALTER ROLE ${name(replication)} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS REPLICATION ${password(replication, secrets.replication)};`,
    `ALTER ROLE ${name(rewind)} WITH LOGIN ${mayDoNothing} ${password(rewind, secrets.rewind)};`,
    '-- Leaves room for Patroni, pgBackRest, the monitor and a person.',
    `ALTER ROLE ${name(app)} WITH LOGIN ${mayDoNothing} CONNECTION LIMIT ${Math.max(1, maxConnections - reservedConnections)} ${password(app, secrets.app)};`,
    '-- A statement that waits for a lock lets everybody queue behind it.',
    `ALTER ROLE ${name(app)} SET lock_timeout = '30s';`,
    `ALTER ROLE ${name(monitor)} WITH LOGIN ${mayDoNothing} CONNECTION LIMIT 5 ${password(monitor, secrets.monitor)};`,
    `ALTER ROLE ${name(monitor)} SET statement_timeout = '10s';`,
    `ALTER ROLE ${name(monitor)} SET default_transaction_read_only = on;`,
    `GRANT pg_monitor TO ${name(monitor)};`,
    ...rewindFunctions.map((f) => `GRANT EXECUTE ON FUNCTION pg_catalog.${f} TO ${name(rewind)};`),
    '',
    `SELECT ${literal(`CREATE DATABASE ${name(database)}`)} WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(database)}) \\gexec`,
    '-- The application owns its schema, not the database, so it can neither drop nor rename it.',
    `ALTER DATABASE ${name(database)} OWNER TO ${name(superuser)};`,
    ...[database, 'postgres', 'template1'].map((each) => `REVOKE ALL ON DATABASE ${name(each)} FROM PUBLIC;`),
    `GRANT CONNECT, TEMPORARY ON DATABASE ${name(database)} TO ${name(app)};`,
    `GRANT CONNECT ON DATABASE ${name(database)} TO ${name(monitor)};`,
    `GRANT CONNECT ON DATABASE postgres TO ${name(monitor)}, ${name(rewind)};`,
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
    '',
    `\\connect ${name(database)}`,
    'SET client_min_messages = warning;',
    `ALTER SCHEMA public OWNER TO ${name(app)};`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC;',
    '-- For searching text by its parts. Installing it takes more rights than the application has.',
    'CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;',
  ]
  return `${lines.join('\n')}\n`
}

const createRole = (role: string): string =>
  `SELECT ${literal(`CREATE ROLE ${name(role)}`)} WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(role)}) \\gexec`

const name = (text: string): string => `"${text.replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
