import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import type { Store } from '@fleet/store'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { checkHost, checkOrigin } from '../auth/origin.ts'
import { addressKey, createRateLimiter } from '../auth/rate-limiter.ts'
import type { Sessions, SignedIn } from '../auth/sessions.ts'
import { isDatabaseAway } from '../database-away.ts'
import type { WindowDoor } from '../desktop/window-door.ts'
import type { Log } from '../log.ts'
import { within } from '../within.ts'
import { accessOf, checkAccess, requireDeclaredAccess } from './access.ts'
import { listenFailure, urlOf } from './address.ts'
import { sendProblem } from './error-handler.ts'
import { HttpProblem } from './problem.ts'
import { registerSecurityHeaders } from './security-headers.ts'
import { sessionCookie } from './session-cookie.ts'

export interface AppOptions {
  readonly sessions: Pick<Sessions, 'find'>
  readonly host: string
  /** The address that people use when a proxy stands before the app; null when there is none. */
  readonly publicUrl: URL | null
  readonly trustProxy: boolean | string | readonly string[]
  /** True from the moment the server begins to stop. */
  readonly isStopping?: () => boolean
  readonly now: () => number
  readonly log: Log
}

/** The largest zone and the longest list of fixes fit in well; nothing honest is larger. */
const bodyLimitBytes = 512 * 1024

/** Strangers' requests: a first visit loads some dozens of files at once. */
const strangers = { burst: 300, refillMs: 100 }

/**
 * The HTTP app without its routes: what holds for every request, wherever its route comes from.
 *
 * In this order: host, origin, session, role, rate of strangers.
 */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { sessions, host, publicUrl, now, log } = options
  const publicHost = publicUrl?.host ?? null
  const app = fastify({
    logger: false,
    trustProxy: typeof options.trustProxy === 'object' ? [...options.trustProxy] : options.trustProxy,
    bodyLimit: bodyLimitBytes,
    // Slow senders hold a connection, not more.
    requestTimeout: 30_000,
    genReqId: () => randomUUID(),
    // An id of ours cannot forge log lines.
    requestIdHeader: false,
    routerOptions: { maxParamLength: 200 },
    // A late request on an open connection is served while the doors close: see `onSend` below.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      void sendProblem(error, request, reply, log)
    },
    clientErrorHandler: answerUnreadable,
  })
  requireDeclaredAccess(app)
  await app.register(cookie)
  await registerSecurityHeaders(app, publicUrl)
  await app.register(compress, {
    // What trackers are told is shorter than it would be worth.
    threshold: 1_024,
    encodings: ['br', 'gzip'],
    // Brotli's own default takes a hundred times as long for a tenth less.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    // A short body that unpacks to a long one would pass the limit above.
    globalDecompression: false,
  })

  // Validation and serialisation belong to the route table (registered in api.ts), which reports all faults at once.
  app.setValidatorCompiler(() => (data) => ({ value: data }))
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  acceptJsonOnly(app)

  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, log))
  app.decorateRequest('signedIn', null)
  app.decorateRequest('gone')

  const limiter = createRateLimiter(strangers)
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id)
    const access = accessOf(request)
    if (access === 'tracker') return
    checkHost(request, host, publicHost)
    checkOrigin(request, publicHost)
    // The state of the process is asked for when the database is away, too, and often.
    if (request.routeOptions.config.needsNoSession === true) return
    const gone = new AbortController()
    // Also after an answer: then nobody listens any more.
    reply.raw.once('close', () => gone.abort())
    request.gone = gone.signal
    request.signedIn = await findSession(sessions, request)
    if (!request.signedIn) {
      const waitMs = limiter.take(addressKey(request.ip), now())
      if (waitMs > 0)
        throw new HttpProblem('too_many_requests', 'Too many requests came from your address.', {
          retryAfterMs: waitMs,
        })
    }
    checkAccess(access, request.signedIn)
  })
  app.addHook('onSend', async (_request, reply) => {
    // A connection that is kept alive after its last answer would hold the stop up until it times out.
    if (options.isStopping?.()) void reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => {
    log.debug(
      {
        requestId: request.id,
        method: request.method,
        // The template, not the address: addresses may hold names of devices.
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        user: request.signedIn?.user.name ?? null,
      },
      'Answered',
    )
  })
  return app
}

const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/**
 * Whose session the request's cookie names.
 *
 * @param toRead to look at something, also while the database is away
 */
export async function findSession(
  sessions: Pick<Sessions, 'find'>,
  request: FastifyRequest,
  toRead = readMethods.has(request.method),
): Promise<SignedIn | null> {
  const token = request.cookies[sessionCookie]
  return token === undefined ? null : sessions.find(token, toRead)
}

/**
 * For an answer to somebody who was believed: when the database is back by now, it is asked after all. What it has just
 * told is for those only who are signed in.
 *
 * @throws HttpProblem 401 or 403
 */
export async function confirmSession(
  sessions: Sessions,
  store: Pick<Store, 'health'>,
  request: FastifyRequest,
): Promise<void> {
  const { signedIn } = request
  if (signedIn?.isBelieved !== true || isDatabaseAway(store)) return
  request.signedIn = await sessions.find(signedIn.token)
  checkAccess(accessOf(request), request.signedIn)
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Health, metrics and files of the web app: no session is looked up and no stranger is counted. */
    needsNoSession?: boolean
  }
}

/** Many clients send `Content-Type: application/json` with no body at all where a route takes none. */
function acceptJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    // The parser is Fastify's own: it calls `done` and returns nothing.
    else void parse(request, body as string, done)
  })
}

/** Bytes that are not HTTP never become a request; Node hands us the bare socket. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'headers_too_large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request_timeout'
        : 'malformed_request'
  const { problem } = new HttpProblem(code, 'The request could not be read.')
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/**
 * Starts to listen, or to answer what comes through the door.
 *
 * @returns the address that a browser on this machine can open
 * @throws AppError address_in_use
 */
export async function listen(
  app: FastifyInstance,
  host: string,
  port: number,
  door: WindowDoor | null = null,
): Promise<string> {
  if (door !== null) {
    await app.ready()
    door.lead(app.server)
    return door.url
  }
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw listenFailure(error, host, port)
  }
  const address = app.server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return urlOf(host, bound)
}

/** Stops to accept, lets requests in flight end, at most for as long as this, then closes the app. */
export async function closeApp(
  app: FastifyInstance,
  timeoutMs: number,
  door: WindowDoor | null = null,
): Promise<void> {
  if (door !== null) await door.leave(app.server, timeoutMs)
  await within(app.close(), timeoutMs, null)
  app.server.closeAllConnections()
}
