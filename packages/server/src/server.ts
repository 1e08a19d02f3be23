import { randomBytes } from 'node:crypto'
import type { LatestFix } from '@fleet/domain'
import type { RetentionPolicy, Store } from '@fleet/store'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { findOrCreateOwner, hasAdminWithPassword, warnWithoutAccounts } from './auth/first-account.ts'
import { isLoopback } from './auth/origin.ts'
import { createPasswords } from './auth/passwords.ts'
import { createSessions } from './auth/sessions.ts'
import { createSignInLinks } from './auth/sign-in-links.ts'
import type { DesktopShell } from './desktop/desktop-shell.ts'
import { registerNative } from './desktop/native-routes.ts'
import type { SettingsOffice } from './desktop/settings-office.ts'
import { registerSettings } from './desktop/settings-routes.ts'
import type { WindowDoor } from './desktop/window-door.ts'
import { registerApi } from './http/api.ts'
import { urlOf } from './http/address.ts'
import { closeApp, confirmSession, createApp, findSession, listen } from './http/app.ts'
import { createHandlers } from './http/handlers/index.ts'
import { registerHealth } from './http/health.ts'
import { type Landing, registerLaunch } from './http/launch.ts'
import { registerMapTiles } from './http/map-tiles.ts'
import { createRegistry, measureRequests, registerMetrics } from './http/metrics.ts'
import { registerOpenApi } from './http/openapi.ts'
import { registerStoreMetrics } from './http/store-metrics.ts'
import { registerWebApp } from './http/web-app.ts'
import { createIngest, openOsmAndPort, type OsmAndPort, registerIngestRoutes, Spool } from './ingest/index.ts'
import {
  createCourierNews,
  createLiveHub,
  createZoneWatch,
  registerCourierNews,
  registerLive,
} from './live/index.ts'
import type { Log } from './log.ts'
import { type Maintenance, startMaintenance } from './maintenance.ts'
import { openImportedMaps } from './map/imported-maps.ts'
import { observeStore } from './observe-store.ts'
import { within } from './within.ts'

export interface FleetServerOptions {
  /** The server owns it from now on and closes it last. */
  readonly store: Store
  /** 127.0.0.1 keeps the app to this machine and gives a sign-in link; 0.0.0.0 opens it to the network. */
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Where trackers that speak OsmAnd connect; null leaves that port closed (the path on the main port stays). */
  readonly osmand: { readonly host: string; readonly port: number } | null
  /** The folder of the built web app; null when it was not built. */
  readonly webRoot: string | null
  /** Where `fleet map import` puts the map; it need not exist. Null or left out: there never is one. */
  readonly mapFolder?: string | null
  /**
   * Where fixes of trackers are kept while the database is away; null or left out: they stay on the phones. Only for a
   * database on other machines: a disk that SQLite cannot write would take no spool either.
   */
  readonly spool?: { readonly folder: string; readonly maxBytes: number } | null
  /** Where people reach the app when a proxy stands before it, like https://fleet.example.nl. */
  readonly publicUrl?: URL | null
  /** Proxies whose X-Forwarded-* headers are believed: addresses, or true for any. Default: none. */
  readonly trustProxy?: boolean | string | readonly string[]
  /** The telephone number under which couriers reach a dispatcher. Default: none. */
  readonly dispatchPhone?: string | null
  /** Gives /metrics to other machines, too. */
  readonly metricsOpen?: boolean
  /** Set by the desktop app: the server answers its window only, which proves itself with this token (`http/launch.ts`). */
  readonly launchToken?: string | null
  /** Open already, and open when this server has ended; then nothing listens on `host` and `port`. Null or left out: none. */
  readonly door?: WindowDoor | null
  /** The program around this server; null or left out: there is none. */
  readonly desktop?: DesktopShell | null
  /** Of the desktop app; null or left out: there are none, the environment says it all. */
  readonly settings?: SettingsOffice | null
  readonly retention: RetentionPolicy
  readonly version: string
  readonly log: Log
  readonly now: () => number
  readonly random?: (bytes: number) => Buffer
}

export interface FleetServer {
  /** Without a slash at the end. */
  readonly url: string
  readonly osmandUrl: string | null
  /** Signs the first admin in, once, within ten minutes; null when the server listens beyond this machine. */
  readonly signInLink: string | null
  /** Stops accepting, lets requests in flight finish (at most 10 s), then closes everything, the store last. */
  close(): Promise<void>
}

/** Longer than any request takes that will still succeed; service managers kill after 90 s. */
const drainTimeoutMs = 10_000

/**
 * Starts the app: HTTP API, web app, live channel and tracker ingest over one store.
 *
 * @throws AppError address_in_use, invalid_configuration, database_unavailable, database_locked, storage_failed
 */
export async function openServer(options: FleetServerOptions): Promise<FleetServer> {
  const { start } = await composeServer(options)
  return start()
}

/** The server before it listens, with its app in reach: tests compare its routes with the table. */
export async function composeServer(
  options: FleetServerOptions,
): Promise<{ app: FastifyInstance; start: () => Promise<FleetServer> }> {
  const {
    host,
    port,
    now,
    log,
    publicUrl = null,
    trustProxy = false,
    random = randomBytes,
    door = null,
  } = options
  const registry = createRegistry()
  const store = observeStore(options.store, registry)
  const sessions = createSessions(store, now)
  const signInLinks = createSignInLinks(now, random)
  const news = createCourierNews()
  const hub = createLiveHub({
    store,
    now,
    registry,
    log,
    onChanges(changes) {
      if (changes.some(({ kind }) => kind === 'user')) sessions.forget()
      news.publish(changes)
    },
  })
  const zoneWatch = createZoneWatch({ store, log, onEvents: (events) => hub.publishZoneEvents(events) })
  const onMarkers = (moved: readonly LatestFix[]) => {
    hub.publishMarkers(moved)
    zoneWatch.moved(moved)
  }
  const spool = options.spool ? await Spool.open({ ...options.spool, log }) : null
  const onSpooledMarkers = (moved: readonly LatestFix[]) => hub.publishMarkers(moved)
  const ingest = createIngest({ store, now, registry, log, onMarkers, onSpooledMarkers, spool })
  const maps = openImportedMaps(options.mapFolder ?? null, log)
  let stopping = false

  const isStopping = () => stopping

  const means = { store, now, random, log }

  /**
   * Who works alone is the owner, once a start; on a company's database the window asks who it is, as soon as anybody
   * could answer. Where nobody could, because there is no password, the owner is let in again who never left.
   */
  async function landing(request: FastifyRequest, window: Landing): Promise<string> {
    if (await findSession(sessions, request)) return '/'
    if (window === 'left') return '/'
    const isAsked = window === 'seen' || store.backend === 'postgres'
    if (isAsked && (await hasAdminWithPassword(store))) return '/'
    const owner = await findOrCreateOwner(means)
    return owner ? `/#/link/${signInLinks.issue(owner.id)}` : '/'
  }

  const app = await createApp({ sessions, host, publicUrl, trustProxy, isStopping, now, log })
  if (options.launchToken)
    registerLaunch(app, { token: options.launchToken, landing, database: store.location, once: door })
  measureRequests(app, registry)
  await registerOpenApi(app, options.version)
  registerApi(
    app,
    createHandlers({
      store,
      now,
      sessions,
      passwords: createPasswords(),
      signInLinks,
      maps,
      markerOf: (bikeNo) => hub.markerOf(bikeNo),
      positionsDays: options.retention.positionsDays,
      dispatchPhone: options.dispatchPhone ?? null,
      onSessionsEnded: () => hub.recheckSessions(),
    }),
    { publicUrl, confirm: (request) => confirmSession(sessions, store, request) },
  )
  await registerMapTiles(app, maps)
  registerHealth(app, { store, now, isStopping })
  registerStoreMetrics(registry, store, now)
  registerMetrics(app, registry, options.metricsOpen ?? false)
  registerIngestRoutes(app, ingest, { log })
  const authorise = async (request: FastifyRequest) => (await findSession(sessions, request))?.user ?? null
  await registerLive(app, hub, { authorise, publicHost: publicUrl?.host ?? null })
  registerCourierNews(app, news, { authorise })
  if (options.desktop)
    registerNative(app, {
      shell: options.desktop,
      store,
      now,
      env: process.env,
      settingsFile: process.env['FLEET_SETTINGS'] ?? null,
      metrics: () => registry.metrics(),
      secrets: () => [
        options.launchToken ?? null,
        process.env['PG_PASSWORD'] ?? null,
        options.settings?.knownPassword() ?? null,
      ],
    })
  if (options.settings)
    registerSettings(
      app,
      options.settings,
      async (request) => (await findSession(sessions, request, true))?.user ?? null,
    )
  await registerWebApp(app, options.webRoot, () => options.settings?.look() ?? null)

  let osmandPort: OsmAndPort | null = null
  let maintenance: Maintenance | null = null

  /** From the outside in: doors, people on the line, requests in flight, the fixes they wait for, the store. */
  async function close(): Promise<void> {
    stopping = true
    maintenance?.stop()
    // First, because open sockets would keep the HTTP server from closing; their clients come back by themselves.
    news.close()
    await hub.close()
    await Promise.all([
      closeApp(app, drainTimeoutMs, door),
      within(osmandPort?.close() ?? Promise.resolve(), drainTimeoutMs, null),
    ])
    await ingest.close()
    await zoneWatch.close()
    await maintenance?.idle()
    maps.close()
    await options.store.close()
  }

  async function start(): Promise<FleetServer> {
    const owner = isLoopback(host) ? await findOrCreateOwner(means) : null
    if (!isLoopback(host)) await warnWithoutAccounts(means)
    await Promise.all([ingest.start(), hub.start(), zoneWatch.start()])
    const url = await listen(app, host, port, door)
    if (options.osmand) osmandPort = await openOsmAndPort(ingest, { ...options.osmand, log })
    maintenance = startMaintenance({ store, now, log, retention: options.retention })
    log.info({ url, backend: store.backend, location: store.location }, 'The fleet app is up')
    let closing: Promise<void> | null = null
    return {
      url,
      osmandUrl: options.osmand && osmandPort ? urlOf(options.osmand.host, osmandPort.port) : null,
      signInLink: owner ? `${url}/#/link/${signInLinks.issue(owner.id)}` : null,
      close: () => (closing ??= close()),
    }
  }

  return {
    app,
    start: () =>
      start().catch(async (error: unknown) => {
        // Half a server would keep the port and the database's lock.
        await close()
        throw error
      }),
  }
}
