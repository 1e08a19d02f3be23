import type { RouteName } from '@fleet/api'
import type { Role } from '@fleet/domain'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { SignedIn } from '../auth/sessions.ts'
import { HttpProblem } from './problem.ts'

/**
 * Who may use a route: people with one of these roles; `anyone`; or a `tracker`, which proves itself to ingest
 * and has neither session nor origin.
 */
export type Access = readonly Role[] | 'anyone' | 'tracker'

/** A route of the running app. */
export interface DeclaredRoute {
  readonly method: string
  readonly url: string
  readonly access: Access
  /** Its row in the route table; null for what is outside the table. */
  readonly name: RouteName | null
}

declare module 'fastify' {
  interface FastifyInstance {
    declaredRoutes: readonly DeclaredRoute[]
  }
  interface FastifyContextConfig {
    /** Every route says who may use it; the server does not start with one that does not. */
    access?: Access
  }
  interface FastifyRequest {
    /** Who sent this; never null in a route whose access names roles. */
    signedIn: SignedIn | null
    /** Aborted when whoever asked went away. */
    gone: AbortSignal
  }
}

/** Routes of plugins, which cannot say it themselves. */
const pluginRoutes: readonly { readonly prefix: string; readonly access: Access }[] = [
  { prefix: '/api/docs', access: 'anyone' },
]

/**
 * Makes a route without `config.access` a mistake that shows at start, not a hole that shows never.
 *
 * Call before any route is registered.
 */
export function requireDeclaredAccess(app: FastifyInstance): void {
  const declared: DeclaredRoute[] = []
  app.decorate('declaredRoutes', declared)
  app.addHook('onRoute', (route) => {
    const access = route.config?.access ?? accessOfPluginRoute(route.method, route.url)
    route.config = { ...route.config, access }
    if (route.config.needsNoSession === true && access !== 'anyone')
      throw new Error(`The route ${String(route.method)} ${route.url} names roles but looks up no session.`)
    const name = route.config.routeName ?? null
    for (const method of [route.method].flat()) declared.push({ method, url: route.url, access, name })
  })
}

function accessOfPluginRoute(method: string | string[], url: string): Access {
  const plugin = pluginRoutes.find(({ prefix }) => url === prefix || url.startsWith(`${prefix}/`))
  if (!plugin) throw new Error(`The route ${String(method)} ${url} does not say who may use it.`)
  return plugin.access
}

/** What the route that the router chose declares; an address that no route has is open to be told 404. */
export const accessOf = (request: FastifyRequest): Access => request.routeOptions.config.access ?? 'anyone'

/** @throws HttpProblem 401 without a session, 403 with a role that the route does not name */
export function checkAccess(access: Access, signedIn: SignedIn | null): void {
  if (access === 'anyone' || access === 'tracker') return
  if (!signedIn) throw new HttpProblem('not_signed_in', 'This needs you to be signed in.')
  if (!access.includes(signedIn.user.role))
    throw new HttpProblem(
      'forbidden',
      `The role ${signedIn.user.role} may not do this. It is for: ${access.join(', ')}.`,
    )
}
