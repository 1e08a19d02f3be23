import { deliveryStatuses } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { byId, dispatch, route, type Route } from './route.ts'

/** What a customer may see of one delivery, and nothing else. */
export const tracking = z
  .object({
    code: z.string(),
    status: z.enum(deliveryStatuses),
    address: z.string(),
    point: s.point,
    window: z.object({ fromMs: s.timeMs, toMs: s.timeMs }),
    /** When it will be there, as far as anybody can tell; null when nobody can. */
    etaMs: s.timeMs.nullable(),
    /** While the parcel is on its way: who brings it, by first name, and, once this is their next stop, where they were last. */
    courier: z
      .object({
        firstName: z.string(),
        position: z.object({ ...s.point.shape, timeMs: s.timeMs }).nullable(),
      })
      .nullable(),
    /** What to tell the courier; null where none is asked for, and when it is over. */
    pin: z.string().nullable(),
    /** When it was delivered, failed or was cancelled. */
    endedAtMs: s.timeMs.nullable(),
    serverTimeMs: s.timeMs,
  })
  .meta({ id: 'Tracking' })
export type Tracking = z.infer<typeof tracking>

export const trackingRoutes = {
  shareDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/tracking-link',
    tag: 'Tracking',
    summary: 'Make a link that shows the customer this delivery; the same again until it is taken back',
    roles: dispatch,
    params: byId(s.deliveryId),
    response: z.object({
      token: z.string(),
      /** To be put behind the address of the app. */
      path: z.string(),
    }),
    mutation: true,
  }),
  unshareDelivery: route({
    method: 'DELETE',
    path: '/api/deliveries/:id/tracking-link',
    tag: 'Tracking',
    summary: 'Take the link back: it shows nothing any more, at once',
    roles: dispatch,
    params: byId(s.deliveryId),
    mutation: true,
  }),
  trackDelivery: route({
    method: 'GET',
    path: '/api/track/:token',
    tag: 'Tracking',
    summary: 'What a tracking link shows, until 24 hours after the delivery ended',
    roles: 'anyone',
    params: z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'must be 22 letters and digits') }),
    response: tracking,
    mutation: false,
  }),
} as const satisfies Record<string, Route>
