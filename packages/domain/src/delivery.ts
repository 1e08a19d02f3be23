import type { Entity } from './entity.ts'
import type { Point } from './geo.ts'
import type { CourierId, DeliveryId } from './ids.ts'
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
  readonly atMs: number
  readonly actor: string
  readonly event: DeliveryEvent | 'create' | 'edit' | 'rate'
  readonly status: DeliveryStatus
  readonly courierId: CourierId | null
  /** A failure's reason, a cancellation's, or empty. */
  readonly note: string
}

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
}
