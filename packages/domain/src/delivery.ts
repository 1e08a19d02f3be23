import { dayMs } from './duration.ts'
import type { Entity } from './entity.ts'
import type { Point } from './geo.ts'
import type { AttachmentId, CourierId, DeliveryId } from './ids.ts'
import type { StateTable } from './state-machine.ts'

export const deliveryStatuses = [
  'unassigned',
  'assigned',
  'picked_up',
  'delivered',
  'failed',
  'cancelled',
] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

export const deliveryEvents = ['assign', 'unassign', 'pick_up', 'deliver', 'fail', 'retry', 'cancel'] as const
export type DeliveryEvent = (typeof deliveryEvents)[number]

/** `assign` on a picked-up delivery is a handover: the parcel changes hands, the status stays. */
export const deliveryTransitions: StateTable<DeliveryStatus, DeliveryEvent> = {
  unassigned: {
    assign: 'assigned',
    unassign: null,
    pick_up: null,
    deliver: null,
    fail: 'failed',
    retry: null,
    cancel: 'cancelled',
  },
  assigned: {
    assign: 'assigned',
    unassign: 'unassigned',
    pick_up: 'picked_up',
    deliver: null,
    fail: 'failed',
    retry: null,
    cancel: 'cancelled',
  },
  picked_up: {
    assign: 'picked_up',
    unassign: null,
    pick_up: null,
    deliver: 'delivered',
    fail: 'failed',
    retry: null,
    cancel: null,
  },
  delivered: {
    assign: null,
    unassign: null,
    pick_up: null,
    deliver: null,
    fail: null,
    retry: null,
    cancel: null,
  },
  failed: {
    assign: null,
    unassign: null,
    pick_up: null,
    deliver: null,
    fail: null,
    retry: 'unassigned',
    cancel: 'cancelled',
  },
  cancelled: {
    assign: null,
    unassign: null,
    pick_up: null,
    deliver: null,
    fail: null,
    retry: null,
    cancel: null,
  },
}

/** A delivery that somebody still has to do something about. */
export const activeDeliveryStatuses = [
  'unassigned',
  'assigned',
  'picked_up',
] as const satisfies readonly DeliveryStatus[]

export const deliverySizes = ['small', 'medium', 'large'] as const
export type DeliverySize = (typeof deliverySizes)[number]

export const priorities = ['normal', 'high', 'urgent'] as const
export type Priority = (typeof priorities)[number]

export interface Stop {
  readonly address: string
  readonly point: Point
  /** The promised window, epoch ms; from <= to. */
  readonly window: { readonly fromMs: number; readonly toMs: number }
  readonly contact: string
  readonly note: string
}

/** One line of who did what when. */
export interface TimelineEntry {
  /** When it was done; a courier's step may have been told later, see `stepTakenAtMs`. */
  readonly atMs: number
  readonly actor: string
  readonly event: DeliveryEvent | 'create' | 'edit' | 'rate' | 'undo' | 'wrong_pin'
  readonly status: DeliveryStatus
  readonly courierId: CourierId | null
  /** A failure's reason, a cancellation's, or empty. */
  readonly note: string
}

/** A photo of where it was left, or the customer's signature. */
export const attachmentKinds = ['photo', 'signature'] as const
export type AttachmentKind = (typeof attachmentKinds)[number]

/** What shows that the customer has it; the moment is in the timeline. */
export interface DeliveryProof {
  /** A name, or empty. */
  readonly receivedBy: string
  readonly note: string
  /** The customer's PIN was given, and was right. */
  readonly pinChecked: boolean
  readonly photoId: AttachmentId | null
  readonly signatureId: AttachmentId | null
}

/** A phone that was longer without a network, or whose clock is further behind, is not believed. */
export const oldestStepMs = dayMs

/**
 * When a courier took a step, by what their phone says: not before what was done with the delivery last, not more than
 * a day ago, not in the future. The clocks of phones err.
 *
 * @param happenedAtMs by the phone, epoch ms
 * @param nowMs when it arrived
 */
export function stepTakenAtMs(
  { timeline, createdAtMs }: Pick<Delivery, 'timeline' | 'createdAtMs'>,
  happenedAtMs: number,
  nowMs: number,
): number {
  const lastMs = timeline.at(-1)?.atMs ?? createdAtMs
  return Math.min(nowMs, Math.max(happenedAtMs, lastMs, nowMs - oldestStepMs))
}

/** When it came to an end; null while somebody still has to do something about it. */
export function endedAtMs({ status, timeline, updatedAtMs }: Delivery): number | null {
  if ((activeDeliveryStatuses as readonly DeliveryStatus[]).includes(status)) return null
  // What comes after it in the same status is a rating, or something of that kind.
  const end = timeline.find((_entry, at) => timeline.slice(at).every((later) => later.status === status))
  return end?.atMs ?? updatedAtMs
}

/** When whoever brings or brought it took it along; null when it is not, or was not, on its way. */
export function pickedUpAtMs({ status, timeline }: Delivery): number | null {
  if (status === 'unassigned' || status === 'assigned') return null
  return timeline.findLast(({ event }) => event === 'pick_up')?.atMs ?? null
}

/** After so many wrong PINs a courier may try no more, until a dispatcher has looked at it. */
export const maxPinFailures = 5

export interface Delivery extends Entity {
  readonly id: DeliveryId
  /** What people say on the phone: D-000123. Given by the store in order of creation. */
  readonly code: string
  readonly status: DeliveryStatus
  readonly courierId: CourierId | null
  readonly pickup: Stop
  readonly dropoff: Stop
  readonly size: DeliverySize
  readonly priority: Priority
  readonly failureReason: string | null
  readonly timeline: readonly TimelineEntry[]
  /** 1 to 5, given by the customer afterwards. */
  readonly rating: number | null
  readonly complaint: string | null
  /**
   * A courier hands it over only to who knows the PIN. The PIN itself is not part of the row, since couriers see that.
   */
  readonly pinRequired: boolean
  /** Wrong PINs so far. */
  readonly pinFailures: number
  readonly proof: DeliveryProof | null
}
