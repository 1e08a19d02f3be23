import type { DesktopSettings } from '@fleet/api'
import { postgresConfigOf } from '@fleet/server'
import { databaseVariables, type Env } from '../config/settings.ts'
import { parseServeConfig, type ParsedServeConfig } from '../config/serve-config.ts'

const isSet = (env: Env) => (name: string) => (env[name] ?? '') !== ''

/** Of these, one is enough: then the environment says where the data is, and the settings are not asked. */
const databaseNames = ['FLEET_DB', ...Object.keys(databaseVariables).filter((name) => name.startsWith('PG_'))]

export const isDecidedOutside = (env: Env): boolean => databaseNames.some(isSet(env))

/** The variables that count instead of what is set in the app. */
export const setOutside = (env: Env): string[] =>
  [...Object.keys(databaseVariables), 'FLEET_DB', 'FLEET_OSMAND_PORT', 'FLEET_OSMAND_HOST'].filter(isSet(env))

/**
 * The configuration of a server of the desktop app: what the environment says, then what the settings say.
 *
 * @param settings null when only the environment counts
 */
export function parseDesktopConfig(
  env: Env,
  settings: DesktopSettings | null,
  password: string | null,
): ParsedServeConfig {
  if (settings === null) return parseServeConfig(env)
  const { connection, trackerPort, trackersFromNetwork } = settings
  const trackers = {
    FLEET_OSMAND_PORT: trackerPort === null ? 'off' : String(trackerPort),
    ...(trackersFromNetwork ? { FLEET_OSMAND_HOST: '0.0.0.0' } : {}),
  }
  const given = Object.fromEntries(Object.entries(env).filter(([name]) => isSet(env)(name)))
  if (isDecidedOutside(env) || settings.data === 'here' || connection === null)
    return parseServeConfig({ ...trackers, ...given })
  const parsed = parseServeConfig({
    // Nobody wants invented couriers in the company's database because of a first start.
    FLEET_SEED: 'none',
    FLEET_DEMO_RIDERS: '0',
    ...trackers,
    ...given,
    PG_HOST: connection.host,
    PG_USER: connection.user,
    PG_DATABASE: connection.database,
    PGSSLMODE: '',
    PGSSLROOTCERT: '',
  })
  if (!parsed.ok) return parsed
  return { ...parsed, config: { ...parsed.config, store: postgresConfigOf(connection, password) } }
}
