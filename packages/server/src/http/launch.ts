import { createHmac, timingSafeEqual } from 'node:crypto'
import { routes } from '@fleet/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { accessOf } from './access.ts'
import { HttpProblem } from './problem.ts'

export const launchCookie = 'fleet_launch'

/**
 * What a window has done on this database since the program started: nothing, it was let in by the launch, or somebody
 * has signed out of it or in with a password. Kept in the window, so that it outlives a server that died.
 */
export type Landing = 'new' | 'seen' | 'left'

export interface LaunchOptions {
  /** A secret of one launch of the program whose window this server is for. */
  readonly token: string
  /** Where the window goes first. */
  readonly landing: (request: FastifyRequest, window: Landing) => Promise<string>
  /** Where the data is; null: nowhere yet, and nobody is let in. */
  readonly database: string | null
  /** Whether the token was shown, for all servers of the process; null: this is the only one. */
  readonly once: { isTokenUsed: boolean } | null
}

/**
 * Keeps the server to one window: `GET /launch/TOKEN` works once and leaves a cookie, without which everything else is
 * refused. With it, `GET /launch` goes where the window goes first. Other people on this machine reach a port of loopback, too; trackers prove themselves by their own ids.
 *
 * The cookie is derived from the token, so that a server that was started again within the launch knows its window.
 * Call before any other route is registered.
 */
export function registerLaunch(
  app: FastifyInstance,
  { token, landing, database, once }: LaunchOptions,
): void {
  const derive = (...words: string[]) =>
    createHmac('sha256', token).update(words.join('\n')).digest('base64url')
  const proof = derive('launch cookie')
  const use = once ?? { isTokenUsed: false }
  // Gone with the window, as the launch is.
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax' } as const
  const markCookie = `fleet_window_${derive(database ?? '').slice(0, 8)}`
  const markOf = (window: Landing) => derive(window, database ?? '')
  const windowOf = ({ cookies }: FastifyRequest): Landing =>
    (['left', 'seen'] as const).find((each) => isSame(cookies[markCookie] ?? '', markOf(each))) ?? 'new'

  app.addHook('onRequest', async (request) => {
    if (accessOf(request) === 'tracker' || request.routeOptions.config.opensLaunch === true) return
    if (!isSame(request.cookies[launchCookie] ?? '', proof)) throw refusal()
  })
  app.addHook('onSend', async ({ method, routeOptions }, reply) => {
    const isSession = routeOptions.url === routes.signOut.path && method !== 'GET'
    if (isSession && reply.statusCode < 300) void reply.setCookie(markCookie, markOf('left'), cookie)
  })

  const land = async (request: FastifyRequest, reply: FastifyReply) => {
    const window = windowOf(request)
    const path = await landing(request, window)
    if (window === 'new' && database !== null) void reply.setCookie(markCookie, markOf('seen'), cookie)
    return reply.header('cache-control', 'no-store').redirect(path, 303)
  }

  app.get<{ Params: { token: string } }>(
    '/launch/:token',
    { config: { access: 'anyone', needsNoSession: true, opensLaunch: true } },
    async (request, reply) => {
      if (use.isTokenUsed || !isSame(request.params.token, token)) throw refusal()
      use.isTokenUsed = true
      // Not `strict`: the window comes here from the splash, which is another site, and WebKit 2.52 then withholds the
      // cookie from where the redirect leads.
      void reply.setCookie(launchCookie, proof, cookie)
      return land(request, reply)
    },
  )

  // For the window that has the cookie: after another database was chosen, the session of the one before is none here.
  app.get('/launch', { config: { access: 'anyone', needsNoSession: true } }, land)
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The one route that needs no proof of the launch: it gives it. */
    opensLaunch?: boolean
  }
}

const refusal = () =>
  new HttpProblem('forbidden', 'This server is for the window of the desktop app that started it.')

/** Takes as long wherever they differ. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
