import {
  type AnyEntity,
  type AttachmentId,
  type Bike,
  bikeCodePattern,
  type BikeId,
  bikeKinds,
  bikeStatuses,
  type Courier,
  type CourierId,
  type Delivery,
  deliveryEvents,
  type DeliveryId,
  deliverySizes,
  deliveryStatuses,
  type Device,
  type DeviceId,
  type EntityKind,
  entityKinds,
  fixFlags,
  type Issue,
  type IssueId,
  issueKinds,
  issueReporters,
  issueStatuses,
  type LatestFix,
  maxCorners,
  type Position,
  priorities,
  roles,
  type SavedViewId,
  type ServiceEntry,
  type ServiceEntryId,
  serviceKinds,
  shifts,
  type User,
  type UserId,
  type Zone,
  type ZoneEvent,
  zoneEventKinds,
  type ZoneId,
  zoneKinds,
} from '@fleet/domain'
import { z } from 'zod'

/** Lower case, as stores compare them. */
export const uuid = z.uuid().toLowerCase()
export const bikeId = uuid as unknown as z.ZodType<BikeId, string>
export const courierId = uuid as unknown as z.ZodType<CourierId, string>
export const deliveryId = uuid as unknown as z.ZodType<DeliveryId, string>
export const issueId = uuid as unknown as z.ZodType<IssueId, string>
export const zoneId = uuid as unknown as z.ZodType<ZoneId, string>
export const deviceId = uuid as unknown as z.ZodType<DeviceId, string>
export const serviceEntryId = uuid as unknown as z.ZodType<ServiceEntryId, string>
export const attachmentId = uuid as unknown as z.ZodType<AttachmentId, string>
export const savedViewId = uuid as unknown as z.ZodType<SavedViewId, string>
export const userId = uuid as unknown as z.ZodType<UserId, string>

/** Epoch milliseconds. */
export const timeMs = z.int().min(0).max(8_640_000_000_000_000)
export const point = z.object({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) })
/** Text without control characters: NUL ends strings in some stores, others forge log lines. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    // oxlint-disable-next-line no-control-regex
    .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, 'must not hold control characters')
    // A lone surrogate is not valid UTF-8: PostgreSQL refuses it.
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
export const name = text(120).refine((value) => value.trim().length > 0, 'must not be empty')

const entity = { version: z.int().min(1), createdAtMs: timeMs, updatedAtMs: timeMs, demo: z.boolean() }

export const bikeCode = z.string().regex(bikeCodePattern, 'must read like AMS-0042')
export const bike = z
  .object({
    id: bikeId,
    no: z.int(),
    code: bikeCode,
    kind: z.enum(bikeKinds),
    status: z.enum(bikeStatuses),
    note: text(2000),
    ...entity,
  })
  .meta({ id: 'Bike' }) satisfies z.ZodType<Bike>

export const courier = z
  .object({
    id: courierId,
    no: z.int(),
    name,
    phone: text(40),
    shift: z.enum(shifts),
    bikeId: bikeId.nullable(),
    ...entity,
  })
  .meta({ id: 'Courier' }) satisfies z.ZodType<Courier>

export const timeWindow = z
  .object({ fromMs: timeMs, toMs: timeMs })
  .refine((window) => window.fromMs <= window.toMs, 'the window must begin before it ends')

export const stop = z.object({
  address: text(300).refine((value) => value.trim().length > 0, 'must not be empty'),
  point,
  window: timeWindow,
  contact: text(120),
  note: text(2000),
})

export const delivery = z
  .object({
    id: deliveryId,
    code: z.string(),
    status: z.enum(deliveryStatuses),
    courierId: courierId.nullable(),
    pickup: stop,
    dropoff: stop,
    size: z.enum(deliverySizes),
    priority: z.enum(priorities),
    failureReason: text(500).nullable(),
    timeline: z.array(
      z.object({
        atMs: timeMs,
        actor: z.string(),
        event: z.enum([...deliveryEvents, 'create', 'edit', 'rate', 'undo', 'wrong_pin']),
        status: z.enum(deliveryStatuses),
        courierId: courierId.nullable(),
        note: z.string(),
      }),
    ),
    rating: z.int().min(1).max(5).nullable(),
    complaint: text(2000).nullable(),
    pinRequired: z.boolean(),
    pinFailures: z.int(),
    proof: z
      .object({
        receivedBy: z.string(),
        note: z.string(),
        pinChecked: z.boolean(),
        photoId: attachmentId.nullable(),
        signatureId: attachmentId.nullable(),
      })
      .nullable(),
    ...entity,
  })
  .meta({ id: 'Delivery' }) satisfies z.ZodType<Delivery>

export const issue = z
  .object({
    id: issueId,
    kind: z.enum(issueKinds),
    reporter: z.enum(issueReporters),
    status: z.enum(issueStatuses),
    description: text(4000),
    bikeId: bikeId.nullable(),
    courierId: courierId.nullable(),
    deliveryId: deliveryId.nullable(),
    photoId: attachmentId.nullable(),
    comments: z.array(z.object({ atMs: timeMs, author: z.string(), text: z.string() })),
    ...entity,
  })
  .meta({ id: 'Issue' }) satisfies z.ZodType<Issue>

export const polygon = z.array(point).min(3).max(maxCorners)
export const zone = z
  .object({ id: zoneId, name, kind: z.enum(zoneKinds), polygon, ...entity })
  .meta({ id: 'Zone' }) satisfies z.ZodType<Zone>

export const deviceMount = z.discriminatedUnion('on', [
  z.object({ on: z.literal('bike'), bikeId }),
  z.object({ on: z.literal('courier'), courierId }),
])
/** What trackers may call themselves: safe in URLs, logs and QR codes. */
export const trackerId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'may hold letters, digits, dot, dash and underscore')
export const device = z
  .object({ id: deviceId, no: z.int(), trackerId, name, mount: deviceMount, ...entity })
  .meta({ id: 'Device' }) satisfies z.ZodType<Device>

export const userName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'must be lower-case letters, digits, dot, dash or underscore')
export const user = z
  .object({
    id: userId,
    name: userName,
    role: z.enum(roles),
    disabled: z.boolean(),
    courierId: courierId.nullable(),
    ...entity,
  })
  .meta({ id: 'User' }) satisfies z.ZodType<User>

/** A kilometre reading: no bike gets further. */
const km = z.number().min(0).max(10_000_000).nullable()
export const serviceEntry = z
  .object({
    id: serviceEntryId,
    bikeId,
    kind: z.enum(serviceKinds),
    atMs: timeMs,
    costCents: z.int().min(0).max(1_000_000_000),
    odometerKm: km,
    note: text(2000),
    dueMs: timeMs.nullable(),
    dueKm: km,
    ...entity,
  })
  .meta({ id: 'ServiceEntry' }) satisfies z.ZodType<ServiceEntry>

const fix = {
  timeMs,
  lat: point.shape.lat,
  lon: point.shape.lon,
  speedMps: z.number().nullable(),
  headingDeg: z.number().nullable(),
  accuracyM: z.number().nullable(),
  altitudeM: z.number().nullable(),
  batteryPct: z.number().nullable(),
  charging: z.boolean().nullable(),
}

export const position = z
  .object({
    ...fix,
    attributes: z.record(z.string(), z.unknown()).nullable(),
    deviceNo: z.int(),
    bikeNo: z.int().nullable(),
    courierNo: z.int().nullable(),
    receivedAtMs: timeMs,
    flag: z.enum(fixFlags).nullable(),
  })
  .meta({ id: 'Position' }) satisfies z.ZodType<Position>

export const latestFix = z
  .object({
    ...fix,
    bikeNo: z.int(),
    courierNo: z.int().nullable(),
    deviceNo: z.int(),
    receivedAtMs: timeMs,
    odometerM: z.number(),
  })
  .meta({ id: 'LatestFix' }) satisfies z.ZodType<LatestFix>

export const zoneEvent = z
  .object({
    no: z.int(),
    timeMs,
    kind: z.enum(zoneEventKinds),
    zoneId,
    zoneName: z.string(),
    zoneKind: z.enum(zoneKinds),
    bikeNo: z.int(),
    courierNo: z.int().nullable(),
    lat: z.number(),
    lon: z.number(),
  })
  .meta({ id: 'ZoneEvent' }) satisfies z.ZodType<ZoneEvent>

/** Decimal text that only grows. */
export const changeSeq = z.string().regex(/^\d{1,20}$/)

export const change = z
  .object({
    seq: changeSeq,
    atMs: timeMs,
    kind: z.enum(entityKinds),
    id: z.string(),
    version: z.int(),
    entity: z.union([bike, courier, delivery, issue, zone, device, user, serviceEntry]).nullable(),
    command: z.string(),
    actorId: z.string().nullable(),
    actor: z.string(),
  })
  .meta({ id: 'Change' })

/** One line of the change log as clients see it. */
export interface ChangeMessage {
  readonly seq: string
  readonly atMs: number
  readonly kind: EntityKind
  readonly id: string
  readonly version: number
  readonly entity: AnyEntity | null
  readonly command: string
  readonly actorId: string | null
  readonly actor: string
}

/** Opaque to clients; ASCII without spaces, whatever the store puts in. */
export const cursor = z.string().regex(/^[\x21-\x7e]{1,500}$/, 'must be the nextCursor of an earlier answer')
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    /** `urn:uuid:` and the request's id, which the server's log names too. */
    instance: z.string().optional(),
    /** What to do about it. */
    fix: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    /** With 409 stale_version: the row as it is now and the fields that differ. */
    current: z.unknown().optional(),
    changedFields: z.array(z.string()).optional(),
    /** Of many commands sent together: those that were refused, for which nothing at all was done. */
    rows: z
      .array(
        z.object({
          /** The place in the list that was sent, from 0. */
          index: z.int(),
          id: z.string(),
          code: z.string(),
          detail: z.string(),
          field: z.string().optional(),
          current: z.unknown().optional(),
          changedFields: z.array(z.string()).optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>
