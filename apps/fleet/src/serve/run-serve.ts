import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '@fleet/domain'
import { type FleetServer, openServer } from '@fleet/server'
import { openStore, type Store } from '@fleet/store'
import type { CommandWorld } from '../command.ts'
import { configurationError, parseServeConfig, type ServeConfig } from '../config/serve-config.ts'
import type { Env } from '../config/settings.ts'
import { type DemoRiders, startDemoRiders } from '../demo/demo-riders.ts'
import { seedDemo } from '../demo/seed.ts'
import { createJsonLog, createTextLog, type Log } from '../log.ts'

export type ServeOptions = Readonly<Record<'host' | 'port' | 'seed' | 'riders', string | null>>

/**
 * Starts the app and ends when it was stopped.
 *
 * @throws AppError invalid_configuration (all problems at once), database_unavailable, address_in_use, ...
 */
export async function runServe(options: ServeOptions, world: CommandWorld): Promise<null> {
  const parsed = parseServeConfig(withOptions(world.env, options))
  for (const warning of parsed.warnings) world.terminal.err(`${world.terminal.paint.yellow(warning)}\n`)
  if (!parsed.ok) throw configurationError(parsed.problems)
  const log = createLog(parsed.config, world)
  const app = await start(parsed.config, world, log)
  if (!app) return null
  announce(app, parsed.config, world)
  await untilStopped(world.stop)
  log.info({}, 'Stopping: requests in flight are finished first')
  await app.riders?.stop()
  await app.server.close()
  log.info({}, 'Stopped')
  return null
}

/** What is typed counts more than what is set. */
function withOptions(env: Env, options: ServeOptions): Env {
  return {
    ...env,
    ...(options.host === null ? {} : { FLEET_HOST: options.host }),
    ...(options.port === null ? {} : { FLEET_PORT: options.port }),
    ...(options.seed === null ? {} : { FLEET_SEED: options.seed }),
    ...(options.riders === null ? {} : { FLEET_DEMO_RIDERS: options.riders }),
  }
}

function createLog({ logFormat, logLevel }: ServeConfig, { terminal, now, json }: CommandWorld): Log {
  const isText = logFormat === null ? terminal.isErrTty && !json : logFormat === 'text'
  return isText
    ? createTextLog(terminal.err, now, logLevel, terminal.paint)
    : createJsonLog(terminal.err, now, logLevel)
}

interface RunningApp {
  readonly server: FleetServer
  readonly riders: DemoRiders | null
}

/** @returns null when it was stopped before it was up */
async function start(config: ServeConfig, world: CommandWorld, log: Log): Promise<RunningApp | null> {
  const store = await openUntilStopped(config, world, log)
  if (!store) return null
  let server: FleetServer
  let isNew = false
  try {
    if (world.stop.aborted) return await closeAgain(store)
    isNew = config.seed === 'demo' && (await seedIfEmpty(store, world, log))
    if (world.stop.aborted) return await closeAgain(store)
    server = await openServer({
      store,
      host: config.host,
      port: config.port,
      osmand: config.osmand,
      webRoot: findWebRoot(log),
      publicUrl: config.publicUrl,
      trustProxy: config.trustProxy,
      metricsOpen: config.metricsOpen,
      retention: { positionsDays: config.retentionDays, idempotencyDays: 7 },
      version: readVersion(),
      log,
      now: world.now,
      random: randomBytes,
    })
  } catch (error) {
    await store.close()
    throw await explain(error, config)
  }
  const riders =
    config.riders.count === 0
      ? null
      : startDemoRiders({
          store,
          appUrl: server.url,
          maxRiders: config.riders.count,
          mayGrow: config.riders.isAsked,
          isNew,
          now: world.now,
          randomBytes: world.randomBytes,
          log,
        })
  return { server, riders }
}

/** @returns null when it was stopped while the database was still waited for */
async function openUntilStopped(
  config: ServeConfig,
  { now, stop }: CommandWorld,
  log: Log,
): Promise<Store | null> {
  try {
    return await openStore(config.store, { now, signal: stop, report: (message) => log.info({}, message) })
  } catch (error) {
    if (stop.aborted) return null
    throw error
  }
}

async function closeAgain(store: Store): Promise<null> {
  await store.close()
  return null
}

async function seedIfEmpty(store: Store, world: CommandWorld, log: Log): Promise<boolean> {
  if (!(await store.isEmpty())) return false
  const startedMs = world.now()
  const summary = await seedDemo(store, { nowMs: startedMs, randomBytes: world.randomBytes })
  if (summary) {
    const note = 'Filled the empty database with a demo fleet; "fleet demo clear" removes it'
    log.info({ ...summary, durationMs: world.now() - startedMs }, note)
  }
  return summary !== null
}

/** Says who listens there already, where that can be found out. */
async function explain(error: unknown, { host, port }: ServeConfig): Promise<unknown> {
  if (!(error instanceof AppError) || error.code !== 'address_in_use' || error.fix.includes('OSMAND'))
    return error
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  const url = `http://${local}:${port}`
  if (!(await isFleetApp(url))) return error
  return new AppError('address_in_use', `The fleet app is running already at ${url}.`, {
    cause: error,
    fix: 'Open that address, or stop the other one first; FLEET_PORT and FLEET_OSMAND_PORT give this one ports of its own.',
  })
}

async function isFleetApp(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) })
    return ((await answer.json()) as { status?: unknown }).status === 'alive'
  } catch {
    return false
  }
}

/** The built web app, beside this one. */
function findWebRoot(log: Log): string | null {
  const folder = fileURLToPath(new URL('../../../web/dist', import.meta.url))
  if (existsSync(`${folder}/index.html`)) return folder
  log.warn(
    {},
    'The web app is not built, so there is no screen, only the API. Build it with: npm run build -w apps/web',
  )
  return null
}

function readVersion(): string {
  const text = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function announce({ server }: RunningApp, config: ServeConfig, { terminal, json }: CommandWorld): void {
  const { url, osmandUrl, signInLink } = server
  if (json) {
    terminal.out(`${JSON.stringify({ event: 'ready', url, osmandUrl, signInLink })}\n`)
    return
  }
  const { paint } = terminal
  const lines = [`${paint.green('ready')} ${paint.bold(url)}`]
  if (signInLink) lines.push(`Sign in with this link (once, within 10 minutes): ${paint.cyan(signInLink)}`)
  else if (config.publicUrl) lines.push(`Open ${config.publicUrl.origin}`)
  if (osmandUrl) lines.push(`Trackers (OsmAnd protocol, Traccar Client): ${osmandUrl}`)
  lines.push(paint.dim('Stop with Ctrl-C.'))
  terminal.out(`${lines.join('\n')}\n`)
}

function untilStopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve()
    else stop.addEventListener('abort', () => resolve(), { once: true })
  })
}
