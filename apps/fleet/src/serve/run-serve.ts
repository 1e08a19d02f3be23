import { openStore, type Store } from '@fleet/store'
import type { CommandWorld } from '../command.ts'
import { configurationError, parseServeConfig, type ServeConfig } from '../config/serve-config.ts'
import type { Env } from '../config/settings.ts'
import { createJsonLog, createTextLog, type Log } from '../log.ts'
import { dieWithParent, type Launch, readLaunch } from './launch.ts'
import { runLaunched } from './run-launched.ts'
import { boundShellLog } from './shell-log.ts'
import { type RunningApp, startApp, stopApp } from './start-app.ts'

export type ServeOptions = Readonly<Record<'host' | 'port' | 'seed' | 'riders', string | null>> & {
  readonly launched: boolean
}

/**
 * Starts the app and ends when it was stopped.
 *
 * @throws AppError invalid_configuration (all problems at once), database_unavailable, address_in_use, ...
 */
export async function runServe(options: ServeOptions, outer: CommandWorld): Promise<null> {
  const launch = options.launched ? await readLaunch(outer.terminal.stdin, outer.terminal.out) : null
  if (launch) dieWithParent(launch)
  const world = launch ? worldOf(outer, launch) : outer
  const env = withOptions(world.env, options)
  const parsed = parseServeConfig(env)
  for (const warning of parsed.warnings) world.terminal.err(`${world.terminal.paint.yellow(warning)}\n`)
  const settingsFile = world.env['FLEET_SETTINGS']
  if (launch && settingsFile) {
    // Also with wrong settings: the window says so.
    const log = createLog(parsed.ok ? parsed.config : { logFormat: null, logLevel: 'info' }, world)
    await runLaunched(
      { settingsFile, env, launch, log, announce: (app) => announce(app, null, world) },
      world,
    )
    return null
  }
  if (!parsed.ok) throw configurationError(parsed.problems)
  const log = createLog(parsed.config, world)
  const store = await openUntilStopped(parsed.config, world, log)
  const app =
    store &&
    (await startApp({ store, config: parsed.config, log, launch, settings: null, door: null }, world))
  if (!app) return null
  announce(app.server, parsed.config, world)
  await untilStopped(world.stop)
  await stopApp(app, log)
  return null
}

/** The world of a server that ends with the desktop app, and whose standard error is the app's log. */
function worldOf(outer: CommandWorld, { parentGone, shell }: Launch): CommandWorld {
  const { terminal } = outer
  return {
    ...outer,
    stop: AbortSignal.any([outer.stop, parentGone]),
    terminal: { ...terminal, err: boundShellLog(shell.logFile, terminal.err) },
  }
}

/** What is typed counts more than what is set. */
function withOptions(env: Env, options: ServeOptions): Env {
  return {
    ...env,
    // The window is on this machine.
    ...(options.launched ? { FLEET_HOST: '127.0.0.1' } : {}),
    ...(options.host === null ? {} : { FLEET_HOST: options.host }),
    ...(options.port === null ? {} : { FLEET_PORT: options.port }),
    ...(options.seed === null ? {} : { FLEET_SEED: options.seed }),
    ...(options.riders === null ? {} : { FLEET_DEMO_RIDERS: options.riders }),
  }
}

function createLog(
  { logFormat, logLevel }: Pick<ServeConfig, 'logFormat' | 'logLevel'>,
  { terminal, now, json }: CommandWorld,
): Log {
  const isText = logFormat === null ? terminal.isErrTty && !json : logFormat === 'text'
  return isText
    ? createTextLog(terminal.err, now, logLevel, terminal.paint)
    : createJsonLog(terminal.err, now, logLevel)
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

/** @param config null for the desktop app, which reads JSON */
function announce(
  { url, osmandUrl, signInLink }: Pick<RunningApp['server'], 'url' | 'osmandUrl' | 'signInLink'>,
  config: ServeConfig | null,
  { terminal, json }: CommandWorld,
): void {
  if (json || config === null) {
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

export function untilStopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve()
    else stop.addEventListener('abort', () => resolve(), { once: true })
  })
}
