import { ports } from '../layout.ts'
import { quoteWord, sshOptions } from '../hosts/ssh-command.ts'
import type { ClusterSecrets } from '../secrets/cluster-secrets.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'

/** A program for the operator's terminal. The password is in `env` only: everybody may read argv. */
export interface TerminalProgram {
  readonly words: readonly string[]
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>
}

export interface ClientPsqlOptions {
  readonly spec: ClusterSpec
  readonly secrets: Pick<ClusterSecrets, 'app'>
  /** Absolute path of the cluster's authority. */
  readonly authorityFile: string
  /** A standby, through the port for reads. */
  readonly replica: boolean
  /** psql's own. */
  readonly args: readonly string[]
}

/** psql of this machine, as the application's role through the virtual IP. */
export function clientPsql({
  spec,
  secrets,
  authorityFile,
  replica,
  args,
}: ClientPsqlOptions): TerminalProgram {
  return {
    words: ['psql', ...args],
    env: {
      PGHOST: spec.network.vip,
      PGPORT: String(replica ? ports.reads : ports.writes),
      PGDATABASE: spec.postgresql.database,
      PGUSER: spec.postgresql.role,
      PGPASSWORD: secrets.app,
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: authorityFile,
      PGAPPNAME: 'fleet cluster psql',
      PGCONNECT_TIMEOUT: '10',
    },
  }
}

export interface HostPsqlOptions {
  readonly spec: ClusterSpec
  readonly host: HostSpec
  /** `admin`: the superuser as it is; `application`: the superuser that has become the application's role. */
  readonly as: 'admin' | 'application'
  /** Somebody sits at a terminal. */
  readonly isTerminal: boolean
  readonly args: readonly string[]
}

/** psql of a database host over ssh, on its own socket, where being the user postgres is the password. */
export function hostPsql({ spec, host, as, isTerminal, args }: HostPsqlOptions): TerminalProgram {
  const { database, role } = spec.postgresql
  const become =
    spec.ssh.user === 'root'
      ? ['runuser', '-u', 'postgres', '--']
      : ['sudo', '-n', '-H', '-u', 'postgres', '--']
  const session = [
    'env',
    `PGDATABASE=${database}`,
    'PGAPPNAME=fleet cluster psql',
    // A backslash keeps a space or a backslash of the name within the value (PostgreSQL, "options" of libpq).
    ...(as === 'application' ? [`PGOPTIONS=-c role=${role.replaceAll(/[\\ ]/g, String.raw`\$&`)}`] : []),
    'psql',
  ]
  const line = `cd / && exec ${[...become, ...session, ...args].map(quoteWord).join(' ')}`
  return {
    words: ['ssh', isTerminal ? '-t' : '-T', ...sshOptions(spec.ssh), '--', host.address, line],
    env: {},
  }
}
