import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import type { ClusterSecrets } from './cluster-secrets.ts'
import { renderPasswordQuery, renderPasswordSql } from './password-sql.ts'

export interface PasswordInput {
  readonly spec: ClusterSpec
  readonly secrets: ClusterSecrets
  readonly shell: HostShell
  /** The primary. */
  readonly host: HostSpec
  readonly signal: AbortSignal
}

/**
 * Gives the roles of PostgreSQL the passwords of the secrets. Those that have theirs already are left alone.
 *
 * @throws ClusterError command_failed, host_unreachable
 */
export async function setPasswords(input: PasswordInput): Promise<void> {
  await runSql(input, renderPasswordSql(input.spec, input.secrets))
}

/**
 * @returns the roles that have another password than the secrets say
 * @throws ClusterError command_failed, host_unreachable
 */
export async function findOtherPasswords(input: PasswordInput): Promise<readonly string[]> {
  const answer = await runSql(input, renderPasswordQuery(input.spec, input.secrets))
  return answer.split('\n').filter((line) => line !== '')
}

/** By standard input, as whatever is an argument can be read by everybody on the host. */
async function runSql({ shell, host, signal }: PasswordInput, sql: string): Promise<string> {
  const psql = [
    'psql',
    '--no-psqlrc',
    '--quiet',
    '--no-align',
    '--tuples-only',
    '--dbname=postgres',
    '--file=-',
  ]
  const { exitCode, stdout, stderr } = await shell.run(host, psql, { user: 'postgres', input: sql, signal })
  if (exitCode === 0) return stdout
  throw new ClusterError(
    'command_failed',
    `The new passwords could not be set on ${host.name}: ${stderr.trim()}`,
    { fix: 'Run the same command again: it goes on with the same values.' },
  )
}
