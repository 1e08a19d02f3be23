import { deliverySizes, priorities } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { deliveryPatch } from './deliveries.ts'
import { dispatch, mostCommandsAtOnce, route, type Route } from './route.ts'

const row = {
  id: s.deliveryId,
  /** The version that the person saw; left out or null: any. */
  expectedVersion: z.int().min(1).nullable().default(null),
}
const reason = s.text(500)

/** One command of many. Those on one delivery may follow each other: each sees what those before it did. */
export const bulkCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('delivery.create'),
    id: s.deliveryId,
    pickup: s.stop,
    dropoff: s.stop,
    size: z.enum(deliverySizes).default('small'),
    priority: z.enum(priorities).default('normal'),
    pinRequired: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal('delivery.update'), ...row, patch: deliveryPatch }),
  z.strictObject({ type: z.literal('delivery.assign'), ...row, courierId: s.courierId }),
  z.strictObject({ type: z.literal('delivery.unassign'), ...row }),
  z.strictObject({ type: z.literal('delivery.pick_up'), ...row }),
  z.strictObject({ type: z.literal('delivery.deliver'), ...row }),
  z.strictObject({
    type: z.literal('delivery.fail'),
    ...row,
    reason: reason.refine((value) => value.trim().length > 0, 'must not be empty'),
  }),
  z.strictObject({ type: z.literal('delivery.retry'), ...row }),
  z.strictObject({ type: z.literal('delivery.cancel'), ...row, reason: reason.default('') }),
])
export type BulkCommand = z.input<typeof bulkCommand>

/** What one person does in one go, to many rows or back again. */
export const actionsRoutes = {
  bulk: route({
    method: 'POST',
    path: '/api/bulk',
    tag: 'Actions',
    summary:
      'Do many things to deliveries at once: all of it or nothing. A refusal names in `rows` each command at fault',
    roles: dispatch,
    body: z.strictObject({ commands: z.array(bulkCommand).min(1).max(mostCommandsAtOnce) }),
    bodyLimitBytes: 16 * 1024 * 1024,
    /** The deliveries as they are afterwards, each once, in the order in which they were first named. */
    response: z.object({ items: z.array(s.delivery) }),
    mutation: true,
  }),
  undo: route({
    method: 'POST',
    path: '/api/undo',
    tag: 'Actions',
    summary:
      'Undo what was done under an Idempotency-Key; undoing an undo does it again. Refused with 409 stale_version when a row changed since',
    roles: ['admin', 'dispatcher', 'mechanic', 'courier'],
    body: z.strictObject({
      key: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be the Idempotency-Key of the action'),
      /** Whose action it was, when somebody else's; for dispatchers and admins. */
      userId: s.userId.optional(),
    }),
    /** The rows as they are afterwards; an `entity` of null is a row that is gone. */
    response: z.object({ changes: z.array(s.change) }),
    mutation: true,
  }),
} as const satisfies Record<string, Route>
