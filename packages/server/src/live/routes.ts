import websocket from '@fastify/websocket'
import { courierNewsPath } from '@fleet/api'
import type { Role, User } from '@fleet/domain'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { checkOrigin } from '../auth/origin.ts'
import { restrictedTo } from '../http/handlers/own.ts'
import { HttpProblem } from '../http/problem.ts'
import type { CourierNews } from './courier-news.ts'
import type { LiveHub } from './hub.ts'

/** Couriers work with their own deliveries only; the live screen shows everybody's. */
export const liveRoles = ['admin', 'dispatcher', 'mechanic', 'viewer'] as const satisfies readonly Role[]
const mayWatch = (user: User | null) =>
  user !== null && !user.disabled && (liveRoles as readonly Role[]).includes(user.role)

/** A `start` message is some 100 bytes. */
const maxMessageBytes = 4_096

export interface LiveRouteOptions {
  /**
   * Who is signed in by this request's cookie now; null for nobody. Asked when the socket opens and again while it is
   * open, with the same request.
   *
   * @throws what the store throws when it cannot be read
   */
  readonly authorise: (request: FastifyRequest) => Promise<User | null>
  /** The host of the public address when a proxy stands before the app; null when there is none. */
  readonly publicHost: string | null
}

/** `/api/live`: the protocol of `@fleet/api` (live.ts). */
export async function registerLive(
  app: FastifyInstance,
  hub: LiveHub,
  { authorise, publicHost }: LiveRouteOptions,
): Promise<void> {
  await app.register(websocket, {
    options: {
      maxPayload: maxMessageBytes,
      // For snapshots (see `LiveClient`). No compressor stays in memory between two messages.
      perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true },
    },
  })
  // A refused upgrade is answered by a hook that ran before those of the plugin, which then does not know that the
  // socket is its to close. Nobody reads that socket any more: it would stay open, and keep the server from closing.
  app.addHook('onResponse', async (request) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroySoon()
  })
  app.get(
    '/api/live',
    {
      websocket: true,
      config: { access: liveRoles },
      preValidation: async (request) => {
        // A WebSocket is not bound to its page's origin: any site could open one with the person's cookie.
        checkOrigin(request, publicHost)
        const user = await authorise(request)
        if (user === null) throw new HttpProblem('not_signed_in', 'This needs you to be signed in.')
        if (!mayWatch(user)) throw new HttpProblem('forbidden', 'The live screen is not for this role.')
        liveUsers.set(request, user)
      },
    },
    (socket, request) => {
      const user = liveUsers.get(request)!
      hub.attach(socket, async () => {
        const current = await authorise(request)
        return current?.id === user.id && mayWatch(current)
      })
    },
  )
}

const liveUsers = new WeakMap<FastifyRequest, User>()

/** `/api/live/mine`: see `courierNewsPath` of `@fleet/api`. */
export function registerCourierNews(
  app: FastifyInstance,
  news: CourierNews,
  { authorise }: Pick<LiveRouteOptions, 'authorise'>,
): void {
  app.get(
    courierNewsPath,
    // A HEAD request would wait for the end of what has none.
    { config: { access: ['courier'] }, exposeHeadRoute: false },
    async (request, reply) => {
      const courierId = restrictedTo(request.signedIn!)!
      const mayStay = async () => {
        const user = await authorise(request)
        return user !== null && !user.disabled && user.role === 'courier' && user.courierId === courierId
      }
      return (
        reply
          .header('cache-control', 'no-store')
          // Nginx would keep it back until some kilobytes have come together.
          .header('x-accel-buffering', 'no')
          .type('text/event-stream')
          .send(news.open(courierId, mayStay))
      )
    },
  )
}
