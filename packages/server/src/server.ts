import { randomBytes } from 'node:crypto'
import type { RetentionPolicy, Store } from '@fleet/store'
import type { FastifyInstance } from 'fastify'
import { findOrCreateOwner, warnWithoutAccounts } from './auth/first-account.ts'
import { isLoopback } from './auth/origin.ts'
import { createPasswords } from './auth/passwords.ts'
import { createSessions } from './auth/sessions.ts'
import { createSignInLinks } from './auth/sign-in-links.ts'
import { registerApi } from './http/api.ts'
import { createApp, findSession, listen, urlOf } from './http/app.ts'
import { createHandlers } from './http/handlers/index.ts'
import { registerHealth } from './http/health.ts'
import { createRegistry, measureRequests, registerMetrics } from './http/metrics.ts'
import { registerOpenApi } from './http/openapi.ts'
import { registerWebApp } from './http/web-app.ts'
import { createIngest, openOsmAndPort, type OsmAndPort, registerIngestRoutes } from './ingest/index.ts'
import { createLiveHub, registerLive } from './live/index.ts'
import type { Log } from './log.ts'
import { type Maintenance, startMaintenance } from './maintenance.ts'
import { observeStore } from './observe-store.ts'

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
  /** Where people reach the app when a proxy stands before it, like https://fleet.example.nl. */
  readonly publicUrl?: URL | null
  /** Proxies whose X-Forwarded-* headers are believed: addresses, or true for any. Default: none. */
  readonly trustProxy?: boolean | string | readonly string[]
  /** Gives /metrics to other machines, too. */
  readonly metricsOpen?: boolean
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
 * @throws AppError address_in_use, invalid_configuration, database_unavailable
 */
export async function openServer(options: FleetServerOptions): Promise<FleetServer> {
  const { start } = await composeServer(options)
  return start()
}

/** The server before it listens, with its app in reach: tests compare its routes with the table. */
export async function composeServer(
  options: FleetServerOptions,
): Promise<{ app: FastifyInstance; start: () => Promise<FleetServer> }> {
  const { host, port, now, log, publicUrl = null, trustProxy = false, random = randomBytes } = options
  const registry = createRegistry()
  const store = observeStore(options.store, registry)
  const sessions = createSessions(store, now)
  const signInLinks = createSignInLinks(now, random)
  const hub = createLiveHub({ store, now, registry, log })
  const ingest = createIngest({ store, now, registry, log, onMarkers: (moved) => hub.publishMarkers(moved) })
  let stopping = false

  const isStopping = () => stopping

  const app = await createApp({ sessions, host, publicUrl, trustProxy, isStopping, now, log })
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
      onSessionsEnded: () => hub.recheckSessions(),
    }),
    publicUrl,
  )
  registerHealth(app, { store, now, isStopping })
  registerMetrics(app, registry, options.metricsOpen ?? false)
  registerIngestRoutes(app, ingest, { log })
  await registerLive(app, hub, {
    authorise: async (request) => (await findSession(sessions, request))?.user ?? null,
    publicHost: publicUrl?.host ?? null,
  })
  await registerWebApp(app, options.webRoot)

  let osmandPort: OsmAndPort | null = null
  let maintenance: Maintenance | null = null

  /** From the outside in: doors, people on the line, requests in flight, the fixes they wait for, the store. */
  async function close(): Promise<void> {
    stopping = true
    maintenance?.stop()
    // First, because open sockets would keep the HTTP server from closing; their clients come back by themselves.
    await hub.close()
    await atMost(drainTimeoutMs, Promise.all([app.close(), osmandPort?.close()]))
    app.server.closeAllConnections()
    await ingest.close()
    await maintenance?.idle()
    await options.store.close()
  }

  async function start(): Promise<FleetServer> {
    const means = { store, now, random, log }
    const owner = isLoopback(host) ? await findOrCreateOwner(means) : null
    if (!isLoopback(host)) await warnWithoutAccounts(means)
    await Promise.all([ingest.start(), hub.start()])
    const url = await listen(app, host, port)
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

/** Waits for work, but no longer than this. */
async function atMost(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, timeoutMs)
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
