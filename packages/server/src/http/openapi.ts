import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { problem, type Route, type RouteName, routes } from '@fleet/api'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { sessionCookie } from './session-cookie.ts'

const toJsonSchema = createJsonSchemaTransform({})

/**
 * `/api/openapi.json` (OpenAPI 3.1) and a page to read it at `/api/docs`, from the schemas that requests are read
 * by. Call before the routes are registered.
 */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Amsterdam Bike Fleet',
        version,
        description:
          'Mutations take `Idempotency-Key`: the same key again never acts twice and returns the first outcome. ' +
          'They take `If-Match` with the ETag of the row that the change was decided on; a stale one gets 409 with ' +
          'the row as it is now. Errors are RFC 9457 problems. While the database is away a request waits for it, and ' +
          'is answered 503 with `Retry-After` in the end: `database_unavailable` when nothing was done, ' +
          '`outcome_unknown` when it may have been. The same request with the same `Idempotency-Key`, which the second ' +
          'names, also when it was made up, then does it once.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [...new Set(Object.values(routes).map(({ tag }) => tag))].map((name) => ({ name })),
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: sessionCookie } },
      },
    },
    transform: (document) => {
      const name = document.route.config?.routeName
      if (name === undefined || document.route.method === 'HEAD')
        return { schema: { hide: true }, url: document.url }
      const { schema, url } = toJsonSchema({ ...document, schema: schemaOf(name) })
      return { schema: { ...schema, ...headersOf(routes[name]) }, url }
    },
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  })
  app.get(
    '/api/openapi.json',
    { config: { access: 'anyone' }, schema: { hide: true } },
    async (_request, reply) => reply.header('cache-control', 'no-cache').send(app.swagger()),
  )
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    // The base layout has no bar to type another document's address into.
    uiConfig: { docExpansion: 'list', filter: true, layout: 'BaseLayout' },
    theme: { title: 'Amsterdam Bike Fleet: API' },
    // The page's own policy would be laxer than ours; it works under ours.
    staticCSP: false,
  })
}

/** The library adds every schema twice, as it is read and as it is written; most documents need one of the two. */
function withoutUnused<T extends object>(document: T): T {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } }
  const schemas = components?.schemas ?? {}
  for (let removed = true; removed;) {
    removed = false
    const text = JSON.stringify(document)
    for (const name of Object.keys(schemas))
      if (!text.includes(`"#/components/schemas/${name}"`)) {
        delete schemas[name]
        removed = true
      }
  }
  return document
}

/** One row of the route table as @fastify/swagger takes it. */
function schemaOf(name: RouteName): FastifySchema {
  const route: Route = routes[name]
  const { method, roles, params, query, body, response, mediaType, summary, tag } = route
  const creates = method === 'POST' && name.startsWith('create')
  const ok = mediaType
    ? { description: 'Done', content: { [mediaType]: { schema: z.string().meta({ format: 'binary' }) } } }
    : response
      ? { description: creates ? 'Created' : 'Done', content: { 'application/json': { schema: response } } }
      : { description: 'Done' }
  const failure = { description: 'Refused', content: { 'application/problem+json': { schema: problem } } }
  return {
    operationId: name,
    summary,
    tags: [tag],
    description: roles === 'anyone' ? 'Needs no session.' : `Roles: ${roles.join(', ')}.`,
    security: roles === 'anyone' ? [] : [{ session: [] }],
    ...(params ? { params } : {}),
    ...(query ? { querystring: query } : {}),
    ...(body ? { body } : {}),
    response: {
      ...(response || mediaType ? { [creates ? 201 : 200]: ok } : {}),
      // `4XX` covers what any route may say: faults, no session, wrong role, not found, conflict, too many.
      '4XX': failure,
      '5XX': failure,
    },
  }
}

/** Headers are read by hand, so they are described by hand. */
function headersOf(route: Route): { headers?: object } {
  const properties = {
    ...(route.mutation
      ? {
          'Idempotency-Key': {
            type: 'string',
            pattern: '^[!-~]{1,200}$',
            description:
              'One per intent. The same key again returns the first outcome. Made up when left out.',
          },
        }
      : {}),
    ...(route.mutation && route.params
      ? {
          'If-Match': {
            type: 'string',
            pattern: '^("[1-9][0-9]*"|\\*)$',
            description: 'The ETag of the row that the change was decided on. Left out: any version.',
          },
        }
      : {}),
  }
  return Object.keys(properties).length > 0 ? { headers: { type: 'object', properties } } : {}
}
