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
 * changes nothing for a role whose password is the same.
 */
export function renderPasswordSql(spec: ClusterSpec, secrets: ClusterSecrets): string {
  const roles: Readonly<Record<RoleSecret, string>> = {
    ...databaseUsers,
    app: spec.postgresql.role,
    monitor: spec.postgresql.monitorRole,
  }
  const lines = Object.entries(roles).map(([name, role]) => {
    const verifier = scramVerifier(role, secrets[name as RoleSecret])
    return `ALTER ROLE "${role.replaceAll('"', '""')}" PASSWORD '${verifier}';`
  })
  return `${[
    '\\set ON_ERROR_STOP on',
    '-- Verifiers do not belong into a log either, not even when a statement fails.',
    "SET log_statement = 'none';",
    'SET log_min_duration_statement = -1;',
    "SET log_min_error_statement = 'panic';",
    'BEGIN;',
    ...lines,
    'COMMIT;',
  ].join('\n')}\n`
}
