import { type Route, type RouteName, routes } from '@fleet/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Answer, type Call, etagOf, type Handlers, isUnchanged, readCall } from './call.ts'
import { clearSessionCookie, isHttps, setSessionCookie } from './session-cookie.ts'

export interface ApiOptions {
  readonly publicUrl: URL | null
  /** @throws HttpProblem when who was believed to be signed in is not */
  readonly confirm: (request: FastifyRequest) => Promise<void>
}

/** Registers every route of the table in `@fleet/api` with its handler. */
export function registerApi(
  app: FastifyInstance,
  handlers: Handlers,
  { publicUrl, confirm }: ApiOptions,
): void {
  for (const name of Object.keys(routes) as RouteName[]) {
    const { method, path, roles, bodyLimitBytes }: Route = routes[name]
    const handler = handlers[name] as (call: Call) => Promise<Answer<unknown>>
    app.route({
      method,
      url: path,
      ...(bodyLimitBytes === undefined ? {} : { bodyLimit: bodyLimitBytes }),
      config: { access: roles, routeName: name },
      handler: async (request, reply) => {
        const call = readCall(name, request)
        if (call.key !== '') reply.header('idempotency-key', call.key)
        const answer = await handler(call)
        // Who was believed is told no more than that; all else has come from the database.
        if (name !== 'getSession') await confirm(request)
        if (answer.session !== undefined) sendSession(answer.session, request, reply, publicUrl)
        return sendAnswer(answer, request, reply)
      },
    })
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The row of the route table that this is; the OpenAPI document is made of it. */
    routeName?: RouteName
  }
}

function sendAnswer(answer: Answer<unknown>, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { body, media, version, location, replayed } = answer
  // Rows may be kept by the browser if it asks each time whether they still hold; nothing else is kept.
  const mayKeep = version !== undefined && request.method === 'GET'
  reply.header('cache-control', mayKeep ? 'private, no-cache' : 'no-store')
  if (version !== undefined) reply.header('etag', etagOf(version))
  if (location !== undefined) reply.header('location', location)
  if (replayed === true) reply.header('idempotency-replayed', 'true')
  if (mayKeep && isUnchanged(request.headers['if-none-match'], version)) return reply.code(304).send()
  if (media !== undefined) return sendMedia(media, reply)
  if (body === undefined) return reply.code(204).send()
  return reply.code(location === undefined ? 200 : 201).send(body)
}

/** Nothing in a file of somebody's can run, wherever it is opened. */
function sendMedia(
  { type, bytes }: NonNullable<Answer<unknown>['media']>,
  reply: FastifyReply,
): FastifyReply {
  return reply
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .type(type)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

function sendSession(
  session: NonNullable<Answer<unknown>['session']> | null,
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: URL | null,
): void {
  const secure = isHttps(request, publicUrl)
  if (session) setSessionCookie(reply, session.token, session.expiresAtMs, secure)
  else clearSessionCookie(reply, secure)
}
