import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '@fleet/domain'
import { type FleetServer, openServer, type SettingsOffice, type WindowDoor } from '@fleet/server'
import type { Store } from '@fleet/store'
import type { CommandWorld } from '../command.ts'
import { mapFolderOf } from '../config/map-folder.ts'
import type { ServeConfig } from '../config/serve-config.ts'
import { type DemoRiders, startDemoRiders } from '../demo/demo-riders.ts'
import { seedDemo } from '../demo/seed.ts'
import type { Log } from '../log.ts'
import type { Launch } from './launch.ts'

export interface RunningApp {
  readonly server: FleetServer
  readonly riders: DemoRiders | null
}

interface StartOptions {
  /** Belongs to the app from now on, also when it does not start. */
  readonly store: Store
  readonly config: ServeConfig
  readonly log: Log
  /** Of the desktop app; null for a server of its own. */
  readonly launch: Launch | null
  readonly settings: SettingsOffice | null
  /** Where its window comes in; null: it listens itself. */
  readonly door: WindowDoor | null
}

/**
 * Starts the server on an open database, and the demonstration where it is wanted.
 *
 * @returns null when it was stopped before it was up
 * @throws AppError address_in_use, invalid_configuration, storage_failed, ...
 */
export async function startApp(options: StartOptions, world: CommandWorld): Promise<RunningApp | null> {
  const { store, config, log, launch, settings, door } = options
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
      mapFolder: mapFolderOf(config.store, world.env),
      spool: config.spool,
      publicUrl: config.publicUrl,
      trustProxy: config.trustProxy,
      dispatchPhone: config.dispatchPhone,
      metricsOpen: config.metricsOpen,
      launchToken: launch?.token ?? null,
      desktop: launch?.shell ?? null,
      settings,
      door,
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

/** Requests in flight are finished first. */
export async function stopApp({ server, riders }: RunningApp, log: Log): Promise<void> {
  log.info({}, 'Stopping: requests in flight are finished first')
  await riders?.stop()
  await server.close()
  log.info({}, 'Stopped')
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
export function findWebRoot(log: Log): string | null {
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
