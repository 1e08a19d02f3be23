import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface SqliteConfig {
  readonly backend: 'sqlite'
  readonly file: string
}

export const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof sslModes)[number]

export interface PostgresConfig {
  readonly backend: 'postgres'
  readonly host: string
  readonly port: number
  /**
   * Where reads that may be a little old go: a port of the same host that leads to replicas. Null: to the primary, as all
   * others.
   */
  readonly readPort: number | null
  readonly user: string
  /** Null: the server trusts this connection, or `~/.pgpass` has the password. */
  readonly password: string | null
  readonly database: string
  /**
   * Connections of this instance to each port, besides one that listens and one that watches whether the others are
   * alive.
   */
  readonly poolSize: number
  readonly ssl: {
    /** `require` is the same as `verify-full`: see `parseStoreConfig`. */
    readonly mode: SslMode
    /** PEM file; null means the authorities that Node trusts. */
    readonly rootCertFile: string | null
    /** The same as text, instead of the file. */
    readonly rootCertificate?: string | null
  }
}

export type StoreConfig = SqliteConfig | PostgresConfig

/** One thing that is wrong with the settings. */
export interface ConfigProblem {
  readonly variable: string
  /** What was given; null where that is a secret or nothing was given. */
  readonly value: string | null
  readonly message: string
  readonly fix: string
}

export type ParsedStoreConfig =
  | { readonly ok: true; readonly config: StoreConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

type Env = Readonly<Record<string, string | undefined>>

export interface StoreConfigDefaults {
  readonly platform?: NodeJS.Platform
  readonly home?: string
  /** Used when FLEET_DB is not set, instead of the user's data folder. */
  readonly file?: string
}

/**
 * Reads where the data is. With PG_HOST it is PostgreSQL, else the SQLite file FLEET_DB, else `fleet.db` in the user's
 * data folder. An empty variable counts as not set.
 *
 * TLS: PGSSLMODE is `disable` (default), `require`, `verify-ca` or `verify-full`. What libpq calls `require` encrypts
 * without knowing with whom; here it verifies like `verify-full`, against PGSSLROOTCERT or else the authorities that
 * Node trusts. `prefer` and `allow` would fall back to plain text when somebody in between asks for it: refused.
 *
 * PG_READ_PORT is for a cluster: 5433 of its virtual IP leads to replicas that are near the primary.
 *
 * PG_PASSWORD may be absent: then `~/.pgpass` is asked, or the server trusts the connection (peer, trust, cert).
 *
 * @returns the configuration, or all problems at once
 */
export function parseStoreConfig(env: Env, defaults: StoreConfigDefaults = {}): ParsedStoreConfig {
  const given = (name: string) => env[name] || null
  const host = given('PG_HOST')
  const problems: ConfigProblem[] = []
  if (host === null) {
    for (const variable of [
      'PG_PORT',
      'PG_READ_PORT',
      'PG_USER',
      'PG_PASSWORD',
      'PG_DATABASE',
      'PG_POOL_SIZE',
    ])
      if (given(variable) !== null)
        problems.push({
          variable,
          value: variable === 'PG_PASSWORD' ? null : given(variable),
          message: `${variable} is set but PG_HOST is not, so nobody knows which server is meant.`,
          fix: `Set PG_HOST to use PostgreSQL, or unset ${variable} to use the embedded database.`,
        })
    if (problems.length > 0) return { ok: false, problems }
    const file = given('FLEET_DB') ?? defaults.file ?? defaultFile(env, defaults)
    return { ok: true, config: { backend: 'sqlite', file } }
  }
  if (given('FLEET_DB') !== null)
    problems.push({
      variable: 'FLEET_DB',
      value: given('FLEET_DB'),
      message: 'FLEET_DB and PG_HOST are both set, so nobody knows where the data is.',
      fix: 'Unset FLEET_DB to use PostgreSQL, or unset PG_HOST to use the file.',
    })
  const required = (variable: string, example: string) => {
    const value = given(variable)
    if (value === null)
      problems.push({
        variable,
        value,
        message: `${variable} is not set, and PG_HOST is.`,
        fix: `Set ${variable}, for instance to ${example}.`,
      })
    return value ?? ''
  }
  const wholeNumber = <T extends number | null>(variable: string, fallback: T, min: number, max: number) => {
    const value = given(variable)
    if (value === null) return fallback
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    problems.push({
      variable,
      value,
      message: `${variable} is not a whole number from ${min} to ${max}.`,
      fix: `Set ${variable} to such a number, or unset it for ${fallback ?? 'none'}.`,
    })
    return fallback
  }
  const config: PostgresConfig = {
    backend: 'postgres',
    host,
    port: wholeNumber<number>('PG_PORT', 5432, 1, 65_535),
    readPort: wholeNumber<number | null>('PG_READ_PORT', null, 1, 65_535),
    user: required('PG_USER', 'fleet_app'),
    password: given('PG_PASSWORD'),
    database: required('PG_DATABASE', 'bike_fleet'),
    // Two at least: one may be waiting for a lock that the other's transaction holds.
    poolSize: wholeNumber<number>('PG_POOL_SIZE', 10, 2, 200),
    ssl: parseTls(given('PGSSLMODE'), given('PGSSLROOTCERT'), problems),
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config }
}

function parseTls(
  mode: string | null,
  rootCert: string | null,
  problems: ConfigProblem[],
): PostgresConfig['ssl'] {
  // libpq's word for "what the system trusts".
  const rootCertFile = rootCert === 'system' ? null : rootCert
  if (rootCertFile !== null && !existsSync(rootCertFile))
    problems.push({
      variable: 'PGSSLROOTCERT',
      value: rootCertFile,
      message: 'PGSSLROOTCERT names a file that does not exist or cannot be read.',
      fix: 'Set PGSSLROOTCERT to the PEM file of the authority that signed the server certificate.',
    })
  const known = sslModes.find((candidate) => candidate === (mode ?? 'disable'))
  if (!known) {
    const fallsBack = mode === 'prefer' || mode === 'allow'
    problems.push({
      variable: 'PGSSLMODE',
      value: mode,
      message: fallsBack
        ? `PGSSLMODE ${mode} falls back to plain text when somebody in between asks for it.`
        : 'PGSSLMODE is not a mode that is known here.',
      fix: `Set PGSSLMODE to one of ${sslModes.join(', ')}.`,
    })
  } else if (known === 'disable' && rootCertFile !== null && mode === null)
    problems.push({
      variable: 'PGSSLROOTCERT',
      value: rootCertFile,
      message: 'PGSSLROOTCERT is set but PGSSLMODE is not, so the connection would be plain text.',
      fix: 'Set PGSSLMODE=verify-full, or unset PGSSLROOTCERT.',
    })
  return { mode: known ?? 'verify-full', rootCertFile }
}

/** Where the operating system wants a program to keep the data of its user. */
export function defaultFile(
  env: Env,
  { platform = process.platform, home = homedir() }: StoreConfigDefaults = {},
): string {
  const name = 'amsterdam-bike-fleet'
  const folder =
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support', name)
      : platform === 'win32'
        ? join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), name)
        : join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), name)
  return join(folder, 'fleet.db')
}
