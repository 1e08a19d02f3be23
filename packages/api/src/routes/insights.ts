import { insightGroups, issueKinds, dayMs } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { byId, endsAfterItBegins, route, signedIn, span, staff, type Route } from './route.ts'

const share = z.number().min(0).max(1).nullable()
const figures = {
  delivered: z.int(),
  onTime: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  /** Of those delivered; null when none was. */
  onTimeShare: share,
  /** Metres from pickup to dropoff over all delivered, by street, roughly. */
  rideM: z.number(),
  /** Milliseconds at work, breaks not counted; null for districts. */
  workedMs: z.number().nullable(),
  /** Milliseconds with a parcel in the bag. */
  busyMs: z.number(),
  /** `busyMs` of `workedMs`. */
  utilisation: share,
  /** Delivered for each hour of the span so far, for couriers of those at work; null for hours, and without such time. */
  perHour: z.number().nullable(),
  /** Reported; null for districts. */
  issues: z.int().nullable(),
}
/**
 * The query of `listDeliveries` that lists what was counted. With `status=delivered` and `late=false` those on time, with
 * `late=true` the others; with `status=failed` or `cancelled` those.
 */
const deliveriesFilter = z.object({
  endedFromMs: s.timeMs,
  endedToMs: s.timeMs,
  courierId: s.courierId.optional(),
  district: z.string().optional(),
})

export const insights = z
  .object({
    fromMs: s.timeMs,
    toMs: s.timeMs,
    total: z.object({ ...figures, filter: deliveriesFilter }),
    rows: z.array(
      z.object({
        /** The courier's id, the district's name, or the beginning of the hour or day as epoch ms. */
        key: z.string(),
        ...figures,
        filter: deliveriesFilter,
      }),
    ),
    /** Every kind, also those that nobody reported. */
    issues: z.array(
      z.object({
        kind: z.enum(issueKinds),
        count: z.int(),
        /** The query of `listIssues` that lists them. */
        filter: z.object({ kind: z.enum(issueKinds), fromMs: s.timeMs, toMs: s.timeMs }),
      }),
    ),
  })
  .meta({ id: 'Insights' })
export type Insights = z.infer<typeof insights>

export const insightsRoutes = {
  insights: route({
    method: 'GET',
    path: '/api/insights',
    tag: 'Insights',
    summary:
      'What was done in a span of time, by hour, day, courier or district; each figure with what lists its rows',
    roles: staff,
    query: z
      .strictObject({ ...span, by: z.enum(insightGroups).default('day') })
      .refine(endsAfterItBegins, { path: ['toMs'], message: 'must be after fromMs' })
      .refine(({ fromMs, toMs, by }) => toMs - fromMs <= (by === 'hour' ? 8 : 400) * dayMs, {
        path: ['toMs'],
        message: 'must be no more than 400 days after fromMs, by hour no more than 8',
      }),
    response: insights,
    mutation: false,
  }),
  courierShifts: route({
    method: 'GET',
    path: '/api/couriers/:id/shifts',
    tag: 'Couriers',
    summary: 'The shifts that a courier worked, oldest first; those that begin in the span',
    roles: signedIn,
    params: byId(s.courierId),
    query: z
      .strictObject(span)
      .refine(endsAfterItBegins, { path: ['toMs'], message: 'must be after fromMs' }),
    response: z.object({
      items: z.array(
        z.object({
          courierId: s.courierId,
          fromMs: s.timeMs,
          /** Null while it lasts. */
          toMs: s.timeMs.nullable(),
          workedMs: z.number(),
          breakMs: z.number(),
          bikeIds: z.array(s.bikeId),
        }),
      ),
    }),
    mutation: false,
  }),
} as const satisfies Record<string, Route>
