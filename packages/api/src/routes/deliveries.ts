import { deliverySizes, deliveryStatuses, priorities } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import {
  mostCommandsAtOnce,
  route,
  signedIn,
  dispatch,
  street,
  byId,
  anyOf,
  listQuery,
  queryTime,
  note,
  patchOf,
  type Route,
} from './route.ts'

/** What may be corrected of a delivery. */
export const deliveryPatch = patchOf({
  pickup: s.stop.optional(),
  dropoff: s.stop.optional(),
  size: z.enum(deliverySizes).optional(),
  priority: z.enum(priorities).optional(),
  /** Whether the courier has to ask for a PIN. Sent again, it forgets the wrong ones. */
  pinRequired: z.boolean().optional(),
})

/** A step that a courier may have taken without a network. */
const stepTaken = {
  /**
   * When the courier took it, by their phone: believed for a day back, and not before what was done with the delivery
   * last. For couriers only; left out, it is when the request arrives.
   */
  happenedAtMs: s.timeMs.optional(),
}

export const deliveriesRoutes = {
  listDeliveries: route({
    method: 'GET',
    path: '/api/deliveries',
    tag: 'Deliveries',
    summary: 'List deliveries; a courier sees their own',
    roles: signedIn,
    query: listQuery.extend({
      status: anyOf(deliveryStatuses),
      courierId: s.courierId.optional(),
      fromMs: queryTime.optional(),
      toMs: queryTime.optional(),
      /** Delivered, failed or cancelled: endedFromMs <= time < endedToMs. */
      endedFromMs: queryTime.optional(),
      endedToMs: queryTime.optional(),
      /** Of those that ended: after (true) or before (false) the promised window was over. */
      late: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional(),
      district: s.text(120).optional(),
    }),
    response: s.page(s.delivery),
    mutation: false,
  }),
  getDelivery: route({
    method: 'GET',
    path: '/api/deliveries/:id',
    tag: 'Deliveries',
    summary: 'One delivery',
    roles: signedIn,
    params: byId(s.deliveryId),
    response: s.delivery,
    mutation: false,
  }),
  knownDeliveries: route({
    method: 'POST',
    path: '/api/deliveries/known',
    tag: 'Deliveries',
    summary: 'Which of these ids are taken: for whoever imports rows a second time',
    roles: dispatch,
    body: z.strictObject({ ids: z.array(s.deliveryId).max(mostCommandsAtOnce) }),
    bodyLimitBytes: 1024 * 1024,
    response: z.object({
      there: z.array(z.object({ id: s.deliveryId, code: z.string() })),
      /** Their creation was undone; the id cannot be given again. */
      removed: z.array(s.deliveryId),
    }),
    mutation: false,
  }),
  createDelivery: route({
    method: 'POST',
    path: '/api/deliveries',
    tag: 'Deliveries',
    summary: 'Create a delivery',
    roles: dispatch,
    body: z.strictObject({
      id: s.deliveryId.optional(),
      pickup: s.stop,
      dropoff: s.stop,
      size: z.enum(deliverySizes).default('small'),
      priority: z.enum(priorities).default('normal'),
      pinRequired: z.boolean().default(false),
    }),
    response: s.delivery,
    mutation: true,
  }),
  updateDelivery: route({
    method: 'PATCH',
    path: '/api/deliveries/:id',
    tag: 'Deliveries',
    summary: 'Correct a delivery',
    roles: dispatch,
    params: byId(s.deliveryId),
    body: deliveryPatch,
    response: s.delivery,
    mutation: true,
  }),
  assignDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/assign',
    tag: 'Deliveries',
    summary: 'Give a delivery to a courier, or hand it over',
    roles: dispatch,
    params: byId(s.deliveryId),
    body: z.strictObject({ courierId: s.courierId }),
    response: s.delivery,
    mutation: true,
  }),
  unassignDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/unassign',
    tag: 'Deliveries',
    summary: 'Take a delivery back',
    roles: dispatch,
    params: byId(s.deliveryId),
    response: s.delivery,
    mutation: true,
  }),
  pickUpDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/pick-up',
    tag: 'Deliveries',
    summary: 'The courier has it',
    roles: street,
    params: byId(s.deliveryId),
    body: z.strictObject(stepTaken),
    response: s.delivery,
    mutation: true,
  }),
  deliverDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/deliver',
    tag: 'Deliveries',
    summary: 'The customer has it; with what proves it. Attachments are stored before, with putAttachment',
    roles: street,
    params: byId(s.deliveryId),
    body: z.strictObject({
      receivedBy: s.text(120).optional(),
      note: note.optional(),
      photoId: s.attachmentId.nullable().optional(),
      signatureId: s.attachmentId.nullable().optional(),
      /** Where the delivery asks for one. 422 wrong_pin counts the try. */
      pin: z
        .string()
        .regex(/^\d{4}$/, 'must be four digits')
        .optional(),
      ...stepTaken,
    }),
    response: s.delivery,
    mutation: true,
  }),
  getDeliveryPin: route({
    method: 'GET',
    path: '/api/deliveries/:id/pin',
    tag: 'Deliveries',
    summary: 'The PIN that the customer tells the courier',
    roles: dispatch,
    params: byId(s.deliveryId),
    response: z.object({ pin: z.string() }),
    mutation: false,
  }),
  failDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/fail',
    tag: 'Deliveries',
    summary: 'It could not be done',
    roles: street,
    params: byId(s.deliveryId),
    body: z.strictObject({
      reason: s.text(500).refine((value) => value.trim().length > 0, 'must not be empty'),
      ...stepTaken,
    }),
    response: s.delivery,
    mutation: true,
  }),
  retryDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/retry',
    tag: 'Deliveries',
    summary: 'Try a failed delivery again',
    roles: dispatch,
    params: byId(s.deliveryId),
    response: s.delivery,
    mutation: true,
  }),
  cancelDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/cancel',
    tag: 'Deliveries',
    summary: 'Cancel a delivery',
    roles: dispatch,
    params: byId(s.deliveryId),
    body: z.strictObject({ reason: s.text(500).default('') }),
    response: s.delivery,
    mutation: true,
  }),
  rateDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/rating',
    tag: 'Deliveries',
    summary: "Record the customer's rating and complaint",
    roles: dispatch,
    params: byId(s.deliveryId),
    body: z.strictObject({ rating: z.int().min(1).max(5), complaint: note.nullable().default(null) }),
    response: s.delivery,
    mutation: true,
  }),
} as const satisfies Record<string, Route>
