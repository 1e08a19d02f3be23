import { dirname, join } from 'node:path'
import { AppError } from '@fleet/domain'
import { type ConfigProblem, defaultFile, parseStoreConfig, type StoreConfig } from '@fleet/store'
import type { LogLevel } from '@fleet/server'
import { type Env, findUnknownVariables, SettingsReader } from './settings.ts'

export interface ServeConfig {
  readonly store: StoreConfig
  readonly host: string
  readonly port: number
  /** Null: the port for trackers stays closed. */
  readonly osmand: { readonly host: string; readonly port: number } | null
  readonly seed: 'demo' | 'none'
  readonly riders: {
    readonly count: number
    /** Somebody asked for this many: the demo fleet grows when it has fewer. */
    readonly isAsked: boolean
  }
  readonly retentionDays: number
  /** Where positions are kept while PostgreSQL is away; null: they stay on the phones. */
  readonly spool: { readonly folder: string; readonly maxBytes: number } | null
  readonly publicUrl: URL | null
  readonly trustProxy: boolean | readonly string[]
  readonly dispatchPhone: string | null
  readonly metricsOpen: boolean
  /** Null: by whether a person looks. */
  readonly logFormat: 'text' | 'json' | null
  readonly logLevel: LogLevel
}

export type ParsedServeConfig =
  | { readonly ok: true; readonly config: ServeConfig; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[]; readonly warnings: readonly string[] }

export const maxDemoRiders = 2_000
const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

/** Reads all settings of `fleet serve`, and finds all that is wrong with them at once. */
export function parseServeConfig(
  env: Env,
  defaults: Parameters<typeof parseStoreConfig>[1] = {},
): ParsedServeConfig {
  const reader = new SettingsReader(env)
  const store = parseStoreConfig(env, defaults)
  const host = reader.host('FLEET_HOST', '127.0.0.1')
  const port = reader.wholeNumber('FLEET_PORT', 8484, 0, 65_535)
  const osmand = readOsmAnd(reader, host, port)
  // A company's cluster is no place for invented couriers, unless somebody asks for them.
  const seed = reader.choice('FLEET_SEED', ['demo', 'none']) ?? 'demo'
  const riders = {
    count: reader.wholeNumber('FLEET_DEMO_RIDERS', 60, 0, maxDemoRiders),
    isAsked: reader.text('FLEET_DEMO_RIDERS') !== null,
  }
  const retentionDays = reader.wholeNumber('FLEET_RETENTION_DAYS', 90, 1, 3_650)
  const spool = readSpool(
    reader,
    store.ok && store.config.backend === 'postgres',
    dirname(defaultFile(env, defaults)),
  )
  const publicUrl = reader.webAddress('FLEET_PUBLIC_URL')
  const proxies = reader.networks('FLEET_TRUST_PROXY')
  const dispatchPhone = reader.phone('FLEET_DISPATCH_PHONE')
  const metricsOpen = reader.choice('FLEET_METRICS_OPEN', ['1', '0']) === '1'
  const logFormat = reader.choice('FLEET_LOG', ['text', 'json'])
  const logLevel = reader.choice('FLEET_LOG_LEVEL', logLevels) ?? 'info'
  const warnings = findUnknownVariables(env)
  const problems = [...(store.ok ? [] : store.problems), ...reader.problems]
  if (!store.ok || problems.length > 0) return { ok: false, problems, warnings }
  return {
    ok: true,
    warnings,
    config: {
      store: store.config,
      host,
      port,
      osmand,
      seed,
      riders,
      retentionDays,
      spool,
      publicUrl,
      trustProxy: proxies ?? false,
      dispatchPhone,
      metricsOpen,
      logFormat,
      logLevel,
    },
  }
}

function readOsmAnd(reader: SettingsReader, host: string, port: number): ServeConfig['osmand'] {
  const value = reader.text('FLEET_OSMAND_PORT')
  const osmandHost = reader.host('FLEET_OSMAND_HOST', host)
  if (value === 'off' || value === '0') return null
  const osmandPort = reader.wholeNumber('FLEET_OSMAND_PORT', 5055, 0, 65_535)
  if (port !== 0 && osmandPort === port && osmandHost === host)
    reader.fail(
      'FLEET_OSMAND_PORT',
      `FLEET_OSMAND_PORT and FLEET_PORT are both ${port}.`,
      'Give each a port of its own, or set FLEET_OSMAND_PORT=off: trackers can use /ingest/osmand on the main port.',
    )
  return { host: osmandHost, port: osmandPort }
}

/** For PostgreSQL only: SQLite is on this disk itself. */
function readSpool(reader: SettingsReader, isUsed: boolean, dataFolder: string): ServeConfig['spool'] {
  const folder = reader.text('FLEET_SPOOL_DIR') ?? join(dataFolder, 'fleet-spool')
  const mebibytes = reader.wholeNumber('FLEET_SPOOL_MB', 1024, 0, 1_000_000)
  return isUsed && mebibytes > 0 ? { folder, maxBytes: mebibytes * 1024 * 1024 } : null
}

/** All problems as one error that a person can work through. */
export function configurationError(problems: readonly ConfigProblem[]): AppError {
  const lines = problems.map(({ message, fix }) => `- ${message} ${fix}`)
  const head = problems.length === 1 ? 'One setting is wrong:' : `${problems.length} settings are wrong:`
  return new AppError('invalid_configuration', [head, ...lines].join('\n'))
}
