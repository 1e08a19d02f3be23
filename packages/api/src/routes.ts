import {
  bikeEvents,
  bikeKinds,
  bikeStatuses,
  deliverySizes,
  deliveryStatuses,
  issueEvents,
  issueKinds,
  issueReporters,
  issueStatuses,
  priorities,
  roles,
  shiftEvents,
  shifts,
  type Role,
} from '@fleet/domain'
import { z } from 'zod'
import * as s from './schemas.ts'

/** One HTTP route: what it takes, what it gives, who may. The server, the web client and OpenAPI read this. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `:name` marks a path parameter. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  /** `anyone` needs no session. */
  readonly roles: readonly Role[] | 'anyone'
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** Left out: 204, no body. */
  readonly response?: z.ZodType
  /** A mutation: honours `Idempotency-Key`, and `If-Match` where the row has an ETag. */
  readonly mutation: boolean
}

const route = <const R extends Route>(definition: R) => definition

const signedIn = ['admin', 'dispatcher', 'mechanic', 'courier', 'viewer'] as const
const staff = ['admin', 'dispatcher', 'mechanic', 'viewer'] as const
const dispatch = ['admin', 'dispatcher'] as const
const workshop = ['admin', 'dispatcher', 'mechanic'] as const
const admin = ['admin'] as const
/** A courier may do this to their own shift, bike, deliveries and issues only; the server checks whose they are. */
const street = ['admin', 'dispatcher', 'courier'] as const

const byId = <Id>(id: z.ZodType<Id, string>) => z.object({ id })
/** `a` or `a,b`: any of. */
const anyOf = <const T extends readonly string[]>(values: T) =>
  z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(values)))
    .optional()
/** Unknown names are faults: a filter that is misspelt must not silently list everything. */
export const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: s.cursor.optional(),
  search: s.text(100).optional(),
})
const queryTime = z.coerce.number().pipe(s.timeMs)
const historyQuery = z.strictObject({
  fromMs: queryTime,
  toMs: queryTime,
  limit: z.coerce.number().int().min(1).max(10_000).default(5_000),
  cursor: s.cursor.optional(),
})
const note = s.text(2000)

export const credentials = z.object({
  name: z.string().min(1).max(100),
  password: z.string().min(1).max(1000),
})
/** Long beats complicated (NIST SP 800-63B). */
export const newPassword = z.string().min(12, 'must have at least 12 characters').max(1000)
export const session = z.object({ user: s.user, expiresAtMs: s.timeMs }).meta({ id: 'Session' })
export const deviceSecret = z
  .object({
    device: s.device,
    /** Shown once; only its hash is kept. */
    secret: z.string(),
  })
  .meta({ id: 'DeviceSecret' })

const patchOf = <T extends z.ZodRawShape>(shape: T) =>
  z
    .strictObject(shape)
    .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'names nothing to change')

export const routes = {
  // Session
  getSession: route({
    method: 'GET',
    path: '/api/session',
    tag: 'Session',
    summary: 'Who is signed in',
    roles: signedIn,
    response: session,
    mutation: false,
  }),
  signIn: route({
    method: 'POST',
    path: '/api/session',
    tag: 'Session',
    summary: 'Sign in with name and password',
    roles: 'anyone',
    body: credentials,
    response: session,
    mutation: false,
  }),
  signInByLink: route({
    method: 'POST',
    path: '/api/session/link',
    tag: 'Session',
    summary: 'Sign in with the one-time link that the program printed',
    roles: 'anyone',
    body: z.object({ token: z.string().min(1).max(200) }),
    response: session,
    mutation: false,
  }),
  signOut: route({
    method: 'DELETE',
    path: '/api/session',
    tag: 'Session',
    summary: 'Sign out',
    roles: signedIn,
    mutation: false,
  }),

  // Bikes
  listBikes: route({
    method: 'GET',
    path: '/api/bikes',
    tag: 'Bikes',
    summary: 'List bikes',
    roles: staff,
    query: listQuery.extend({ status: anyOf(bikeStatuses) }),
    response: s.page(s.bike),
    mutation: false,
  }),
  getBike: route({
    method: 'GET',
    path: '/api/bikes/:id',
    tag: 'Bikes',
    summary: 'One bike',
    roles: staff,
    params: byId(s.bikeId),
    response: s.bike,
    mutation: false,
  }),
  createBike: route({
    method: 'POST',
    path: '/api/bikes',
    tag: 'Bikes',
    summary: 'Register a bike',
    roles: workshop,
    body: z.strictObject({
      id: s.bikeId.optional(),
      code: s.bikeCode,
      kind: z.enum(bikeKinds),
      note: note.default(''),
    }),
    response: s.bike,
    mutation: true,
  }),
  updateBike: route({
    method: 'PATCH',
    path: '/api/bikes/:id',
    tag: 'Bikes',
    summary: 'Correct a bike',
    roles: workshop,
    params: byId(s.bikeId),
    body: patchOf({ code: s.bikeCode.optional(), kind: z.enum(bikeKinds).optional(), note: note.optional() }),
    response: s.bike,
    mutation: true,
  }),
  stepBike: route({
    method: 'POST',
    path: '/api/bikes/:id/steps',
    tag: 'Bikes',
    summary: 'Move a bike to its next state',
    roles: workshop,
    params: byId(s.bikeId),
    body: z.strictObject({ event: z.enum(bikeEvents).exclude(['take', 'return']) }),
    response: s.bike,
    mutation: true,
  }),
  removeBike: route({
    method: 'DELETE',
    path: '/api/bikes/:id',
    tag: 'Bikes',
    summary: 'Remove a bike',
    roles: admin,
    params: byId(s.bikeId),
    mutation: true,
  }),
  bikePositions: route({
    method: 'GET',
    path: '/api/bikes/:id/positions',
    tag: 'Positions',
    summary: 'Where a bike was, oldest first',
    roles: staff,
    params: byId(s.bikeId),
    query: historyQuery,
    response: s.page(s.position),
    mutation: false,
  }),

  // Couriers
  listCouriers: route({
    method: 'GET',
    path: '/api/couriers',
    tag: 'Couriers',
    summary: 'List couriers',
    roles: staff,
    query: listQuery.extend({ shift: anyOf(shifts) }),
    response: s.page(s.courier),
    mutation: false,
  }),
  getCourier: route({
    method: 'GET',
    path: '/api/couriers/:id',
    tag: 'Couriers',
    summary: 'One courier',
    roles: signedIn,
    params: byId(s.courierId),
    response: s.courier,
    mutation: false,
  }),
  createCourier: route({
    method: 'POST',
    path: '/api/couriers',
    tag: 'Couriers',
    summary: 'Add a courier',
    roles: dispatch,
    body: z.strictObject({ id: s.courierId.optional(), name: s.name, phone: s.text(40).default('') }),
    response: s.courier,
    mutation: true,
  }),
  updateCourier: route({
    method: 'PATCH',
    path: '/api/couriers/:id',
    tag: 'Couriers',
    summary: 'Correct a courier',
    roles: dispatch,
    params: byId(s.courierId),
    body: patchOf({ name: s.name.optional(), phone: s.text(40).optional() }),
    response: s.courier,
    mutation: true,
  }),
  stepShift: route({
    method: 'POST',
    path: '/api/couriers/:id/shift',
    tag: 'Couriers',
    summary: 'Start, pause, resume or end a shift',
    roles: street,
    params: byId(s.courierId),
    body: z.strictObject({ event: z.enum(shiftEvents) }),
    response: s.courier,
    mutation: true,
  }),
  takeBike: route({
    method: 'PUT',
    path: '/api/couriers/:id/bike',
    tag: 'Couriers',
    summary: 'Take a bike',
    roles: street,
    params: byId(s.courierId),
    body: z.strictObject({ bikeId: s.bikeId }),
    response: s.courier,
    mutation: true,
  }),
  returnBike: route({
    method: 'DELETE',
    path: '/api/couriers/:id/bike',
    tag: 'Couriers',
    summary: 'Return the bike',
    roles: street,
    params: byId(s.courierId),
    response: s.courier,
    mutation: true,
  }),
  removeCourier: route({
    method: 'DELETE',
    path: '/api/couriers/:id',
    tag: 'Couriers',
    summary: 'Remove a courier',
    roles: admin,
    params: byId(s.courierId),
    mutation: true,
  }),
  courierPositions: route({
    method: 'GET',
    path: '/api/couriers/:id/positions',
    tag: 'Positions',
    summary: 'Where a courier was, oldest first',
    roles: staff,
    params: byId(s.courierId),
    query: historyQuery,
    response: s.page(s.position),
    mutation: false,
  }),

  // Deliveries
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
    body: patchOf({
      pickup: s.stop.optional(),
      dropoff: s.stop.optional(),
      size: z.enum(deliverySizes).optional(),
      priority: z.enum(priorities).optional(),
    }),
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
    response: s.delivery,
    mutation: true,
  }),
  deliverDelivery: route({
    method: 'POST',
    path: '/api/deliveries/:id/deliver',
    tag: 'Deliveries',
    summary: 'The customer has it',
    roles: street,
    params: byId(s.deliveryId),
    response: s.delivery,
    mutation: true,
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

  // Issues
  listIssues: route({
    method: 'GET',
    path: '/api/issues',
    tag: 'Issues',
    summary: 'List issues',
    roles: staff,
    query: listQuery.extend({
      status: anyOf(issueStatuses),
      bikeId: s.bikeId.optional(),
      courierId: s.courierId.optional(),
      deliveryId: s.deliveryId.optional(),
    }),
    response: s.page(s.issue),
    mutation: false,
  }),
  getIssue: route({
    method: 'GET',
    path: '/api/issues/:id',
    tag: 'Issues',
    summary: 'One issue',
    roles: staff,
    params: byId(s.issueId),
    response: s.issue,
    mutation: false,
  }),
  createIssue: route({
    method: 'POST',
    path: '/api/issues',
    tag: 'Issues',
    summary: 'Report an issue',
    roles: ['admin', 'dispatcher', 'mechanic', 'courier'],
    body: z.strictObject({
      id: s.issueId.optional(),
      kind: z.enum(issueKinds),
      reporter: z.enum(issueReporters),
      description: s.text(4000),
      bikeId: s.bikeId.nullable().default(null),
      courierId: s.courierId.nullable().default(null),
      deliveryId: s.deliveryId.nullable().default(null),
    }),
    response: s.issue,
    mutation: true,
  }),
  updateIssue: route({
    method: 'PATCH',
    path: '/api/issues/:id',
    tag: 'Issues',
    summary: 'Correct an issue',
    roles: workshop,
    params: byId(s.issueId),
    body: patchOf({
      kind: z.enum(issueKinds).optional(),
      description: s.text(4000).optional(),
      bikeId: s.bikeId.nullable().optional(),
      courierId: s.courierId.nullable().optional(),
      deliveryId: s.deliveryId.nullable().optional(),
    }),
    response: s.issue,
    mutation: true,
  }),
  stepIssue: route({
    method: 'POST',
    path: '/api/issues/:id/steps',
    tag: 'Issues',
    summary: 'Start, stop, resolve or reopen',
    roles: workshop,
    params: byId(s.issueId),
    body: z.strictObject({ event: z.enum(issueEvents) }),
    response: s.issue,
    mutation: true,
  }),
  commentIssue: route({
    method: 'POST',
    path: '/api/issues/:id/comments',
    tag: 'Issues',
    summary: 'Comment',
    roles: workshop,
    params: byId(s.issueId),
    body: z.strictObject({
      text: s.text(4000).refine((value) => value.trim().length > 0, 'must not be empty'),
    }),
    response: s.issue,
    mutation: true,
  }),

  // Zones
  listZones: route({
    method: 'GET',
    path: '/api/zones',
    tag: 'Zones',
    summary: 'List zones',
    roles: signedIn,
    query: listQuery,
    response: s.page(s.zone),
    mutation: false,
  }),
  getZone: route({
    method: 'GET',
    path: '/api/zones/:id',
    tag: 'Zones',
    summary: 'One zone',
    roles: signedIn,
    params: byId(s.zoneId),
    response: s.zone,
    mutation: false,
  }),
  createZone: route({
    method: 'POST',
    path: '/api/zones',
    tag: 'Zones',
    summary: 'Draw a zone',
    roles: dispatch,
    body: z.strictObject({
      id: s.zoneId.optional(),
      name: s.name,
      kind: s.zone.shape.kind,
      polygon: s.polygon,
    }),
    response: s.zone,
    mutation: true,
  }),
  updateZone: route({
    method: 'PATCH',
    path: '/api/zones/:id',
    tag: 'Zones',
    summary: 'Change a zone',
    roles: dispatch,
    params: byId(s.zoneId),
    body: patchOf({
      name: s.name.optional(),
      kind: s.zone.shape.kind.optional(),
      polygon: s.polygon.optional(),
    }),
    response: s.zone,
    mutation: true,
  }),
  removeZone: route({
    method: 'DELETE',
    path: '/api/zones/:id',
    tag: 'Zones',
    summary: 'Remove a zone',
    roles: dispatch,
    params: byId(s.zoneId),
    mutation: true,
  }),

  // Devices
  listDevices: route({
    method: 'GET',
    path: '/api/devices',
    tag: 'Devices',
    summary: 'List trackers',
    roles: staff,
    query: listQuery.extend({ bikeId: s.bikeId.optional(), courierId: s.courierId.optional() }),
    response: s.page(s.device),
    mutation: false,
  }),
  getDevice: route({
    method: 'GET',
    path: '/api/devices/:id',
    tag: 'Devices',
    summary: 'One tracker',
    roles: staff,
    params: byId(s.deviceId),
    response: s.device,
    mutation: false,
  }),
  createDevice: route({
    method: 'POST',
    path: '/api/devices',
    tag: 'Devices',
    summary: 'Register a tracker; its secret is in this answer only',
    roles: workshop,
    body: z.strictObject({
      id: s.deviceId.optional(),
      trackerId: s.trackerId.optional(),
      name: s.name,
      mount: s.deviceMount,
    }),
    response: deviceSecret,
    mutation: true,
  }),
  updateDevice: route({
    method: 'PATCH',
    path: '/api/devices/:id',
    tag: 'Devices',
    summary: 'Rename or move a tracker',
    roles: workshop,
    params: byId(s.deviceId),
    body: patchOf({ name: s.name.optional(), mount: s.deviceMount.optional() }),
    response: s.device,
    mutation: true,
  }),
  rotateDevice: route({
    method: 'POST',
    path: '/api/devices/:id/secret',
    tag: 'Devices',
    summary: 'Give a tracker a new secret',
    roles: workshop,
    params: byId(s.deviceId),
    response: deviceSecret,
    mutation: true,
  }),
  removeDevice: route({
    method: 'DELETE',
    path: '/api/devices/:id',
    tag: 'Devices',
    summary: 'Remove a tracker',
    roles: workshop,
    params: byId(s.deviceId),
    mutation: true,
  }),

  // People and audit
  listUsers: route({
    method: 'GET',
    path: '/api/users',
    tag: 'Users',
    summary: 'List accounts',
    roles: admin,
    query: listQuery.extend({ role: anyOf(roles) }),
    response: s.page(s.user),
    mutation: false,
  }),
  createUser: route({
    method: 'POST',
    path: '/api/users',
    tag: 'Users',
    summary: 'Add an account',
    roles: admin,
    body: z.strictObject({
      name: s.userName,
      role: z.enum(roles),
      password: newPassword,
      courierId: s.courierId.nullable().default(null),
    }),
    response: s.user,
    mutation: true,
  }),
  updateUser: route({
    method: 'PATCH',
    path: '/api/users/:id',
    tag: 'Users',
    summary: 'Change role or disable',
    roles: admin,
    params: byId(s.userId),
    body: patchOf({
      role: z.enum(roles).optional(),
      disabled: z.boolean().optional(),
      courierId: s.courierId.nullable().optional(),
    }),
    response: s.user,
    mutation: true,
  }),
  setPassword: route({
    method: 'POST',
    path: '/api/users/:id/password',
    tag: 'Users',
    summary: 'Set a password and end their sessions',
    roles: admin,
    params: byId(s.userId),
    body: z.strictObject({ password: newPassword }),
    response: s.user,
    mutation: true,
  }),
  listAudit: route({
    method: 'GET',
    path: '/api/audit',
    tag: 'Audit',
    summary: 'Who did what when, newest first',
    roles: admin,
    query: listQuery.extend({ id: s.uuid.optional(), actorId: s.uuid.optional() }),
    response: s.page(s.change),
    mutation: false,
  }),

  // Live
  listLatest: route({
    method: 'GET',
    path: '/api/latest',
    tag: 'Positions',
    summary: 'The newest fix of every bike',
    roles: staff,
    query: z.strictObject({ sinceReceivedMs: queryTime.default(0) }),
    response: z.object({ items: z.array(s.latestFix) }),
    mutation: false,
  }),
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof routes
