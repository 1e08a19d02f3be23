import { databaseUsers } from '../layout.ts'
import { scramVerifier } from '../render/scram.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import type { ClusterSecrets } from './cluster-secrets.ts'
import type { SecretName } from './secrets-file.ts'

type RoleSecret = 'superuser' | 'replication' | 'rewind' | 'app' | 'monitor'

/** PostgreSQL keeps something of it, besides the files of the hosts. */
export const isRoleSecret = (name: SecretName): name is RoleSecret =>
  ['superuser', 'replication', 'rewind', 'app', 'monitor'].includes(name)

/**
 * Sets the passwords of all roles, for psql, run as superuser on the primary. It holds SCRAM verifiers, no password, and
 * changes nothing for a role whose password is the same, or that the deploy has not made yet.
 */
export function renderPasswordSql(spec: ClusterSpec, secrets: ClusterSecrets): string {
  const lines = verifiersOf(spec, secrets).map(([role, verifier]) => {
    const statement = `ALTER ROLE "${role.replaceAll('"', '""')}" PASSWORD ${literal(verifier)}`
    return `SELECT ${literal(statement)} FROM pg_authid WHERE rolname = ${literal(role)} AND rolpassword IS DISTINCT FROM ${literal(verifier)} \\gexec`
  })
  return `${[...unlogged, 'BEGIN;', ...lines, 'COMMIT;'].join('\n')}\n`
}

/** As `renderPasswordSql`, but only asks: a line each with the roles whose password would change. */
export function renderPasswordQuery(spec: ClusterSpec, secrets: ClusterSecrets): string {
  const wanted = verifiersOf(spec, secrets).map((pair) => `(${pair.map(literal).join(', ')})`)
  return `${[
    ...unlogged,
    'SELECT role FROM pg_authid',
    `JOIN (VALUES ${wanted.join(', ')}) AS wanted (role, verifier) ON rolname = role`,
    'WHERE rolpassword IS DISTINCT FROM verifier ORDER BY role;',
  ].join('\n')}\n`
}

const unlogged = [
  '\\set ON_ERROR_STOP on',
  '-- Verifiers do not belong into a log either, not even when a statement fails.',
  "SET log_statement = 'none';",
  'SET log_min_duration_statement = -1;',
  "SET log_min_error_statement = 'panic';",
]

function verifiersOf(
  spec: ClusterSpec,
  secrets: ClusterSecrets,
): readonly (readonly [role: string, verifier: string])[] {
  const roles: Readonly<Record<RoleSecret, string>> = {
    ...databaseUsers,
    app: spec.postgresql.role,
    monitor: spec.postgresql.monitorRole,
  }
  return Object.entries(roles).map(([name, role]) => [role, scramVerifier(role, secrets[name as RoleSecret])])
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
