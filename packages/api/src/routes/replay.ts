import { deliveryEvents, deliveryStatuses, issueKinds, dayMs } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { endsAfterItBegins, route, span, staff, type Route } from './route.ts'

/** Bike numbers, `1,2,3`; left out: all bikes. */
const bikeNos = z
  .string()
  .regex(/^\d{1,9}(,\d{1,9}){0,999}$/, 'must be numbers of bikes, separated by commas')
  .transform((list) => list.split(',').map(Number))
  .optional()

const within7Days = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => toMs - fromMs <= 7 * dayMs
const order = { path: ['toMs'], message: 'must be after fromMs' }
const length = { path: ['toMs'], message: 'must be no more than 7 days after fromMs' }

const place = z.object({ address: z.string(), point: s.point })

export const replayEvents = z
  .object({
    fromMs: s.timeMs,
    toMs: s.timeMs,
    deliveries: z.array(
      z.object({
        id: s.deliveryId,
        code: z.string(),
        pickup: place,
        dropoff: place,
        /** What happened to it before `toMs`, oldest first, and what it was from then on. */
        steps: z.array(
          z.object({
            atMs: s.timeMs,
            event: z.enum([...deliveryEvents, 'create', 'undo']),
            status: z.enum(deliveryStatuses),
            courierId: s.courierId.nullable(),
          }),
        ),
      }),
    ),
    issues: z.array(
      z.object({
        id: s.issueId,
        kind: z.enum(issueKinds),
        description: z.string(),
        /** When it was reported. */
        atMs: s.timeMs,
        bikeId: s.bikeId.nullable(),
        courierId: s.courierId.nullable(),
        deliveryId: s.deliveryId.nullable(),
      }),
    ),
    /** Who had which bike, oldest first; not cut to the span. */
    rides: z.array(
      z.object({
        courierId: s.courierId,
        bikeId: s.bikeId,
        fromMs: s.timeMs,
        /** Null when it went on beyond the span. */
        toMs: s.timeMs.nullable(),
      }),
    ),
  })
  .meta({ id: 'ReplayEvents' })
export type ReplayEvents = z.infer<typeof replayEvents>

export const replayRoutes = {
  replay: route({
    method: 'GET',
    path: '/api/replay',
    tag: 'Replay',
    summary: 'Where many bikes were in a span of time, no closer together than a screen can show',
    roles: staff,
    query: z
      .strictObject({
        ...span,
        bikeNos,
        /** A bike has no two places closer together in time; raised when there would be too many. */
        stepMs: z.coerce.number().int().min(0).max(dayMs).default(0),
        /** How far before `fromMs` to look for where a bike already was: its track then begins there. */
        lookBackMs: z.coerce.number().int().min(0).max(dayMs).default(0),
      })
      .refine(endsAfterItBegins, order)
      .refine(within7Days, length),
    response: z.object({
      fromMs: s.timeMs,
      toMs: s.timeMs,
      stepMs: z.int(),
      /** Columns of equal length; `track.ts` reads them. */
      tracks: z.array(
        z.object({
          bikeNo: z.int(),
          /** Milliseconds after `fromMs`, then after the one before. */
          timesMs: z.array(z.int()),
          /** 1e-5 degrees (a metre), then the difference to the one before. */
          latsE5: z.array(z.int()),
          lonsE5: z.array(z.int()),
        }),
      ),
    }),
    mutation: false,
  }),
  replayActivity: route({
    method: 'GET',
    path: '/api/replay/activity',
    tag: 'Replay',
    summary: 'How many bikes moved in each of equal parts of a span of time',
    roles: staff,
    query: z
      .strictObject({ ...span, bikeNos, slots: z.coerce.number().int().min(1).max(500).default(160) })
      .refine(endsAfterItBegins, order)
      .refine(within7Days, length),
    response: z.object({
      fromMs: s.timeMs,
      toMs: s.timeMs,
      /** One number a slot, oldest first. */
      moving: z.array(z.int()),
    }),
    mutation: false,
  }),
  replayEvents: route({
    method: 'GET',
    path: '/api/replay/events',
    tag: 'Replay',
    summary:
      'What happened in a span of time: deliveries under way, issues reported, and who rode which bike',
    roles: staff,
    query: z.strictObject(span).refine(endsAfterItBegins, order).refine(within7Days, length),
    response: replayEvents,
    mutation: false,
  }),
} as const satisfies Record<string, Route>
