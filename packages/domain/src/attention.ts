import { minuteMs } from './duration.ts'
import type { Bike } from './bike.ts'
import { planRoute, rideM, rideMs, riding, type CourierRoute } from './courier-route.ts'
import type { Courier } from './courier.ts'
import { activeDeliveryStatuses, type Delivery, type DeliveryStatus, type Priority } from './delivery.ts'
import type { Point } from './geo.ts'
import type { BikeId, CourierId, DeliveryId, IssueId } from './ids.ts'
import type { Issue, IssueKind } from './issue.ts'
import type { LatestFix } from './position.ts'

/** What a dispatcher has to look at, the most pressing kind first where all else is equal. */
export const attentionKinds = ['late', 'unassigned', 'courier', 'battery', 'issue'] as const
export type AttentionKind = (typeof attentionKinds)[number]

/** Why, with the figures that say how much. */
export type AttentionReason =
  /** The promised window is over. */
  | { readonly code: 'is_late'; readonly dueMs: number; readonly etaMs: number; readonly distanceM: number }
  /** It will be, or nearly. `etaMs` is planned with the way of the courier's stops before it. */
  | { readonly code: 'late_soon'; readonly dueMs: number; readonly etaMs: number; readonly distanceM: number }
  /** Nobody has it, and it must be on its way by `startByMs`. */
  | { readonly code: 'unassigned'; readonly dueMs: number; readonly startByMs: number }
  /** With parcels under way, and nothing was heard. */
  | { readonly code: 'silent'; readonly sinceMs: number; readonly deliveries: number }
  /** With parcels under way, and there is no position at all. */
  | { readonly code: 'no_position'; readonly deliveries: number }
  /** With parcels under way, and not working. */
  | { readonly code: 'off_shift'; readonly deliveries: number }
  | {
      readonly code: 'battery'
      readonly batteryPct: number
      /** What the battery is good for, reserve kept back. */
      readonly rangeM: number
      /** What is still to ride. */
      readonly distanceM: number
    }
  | { readonly code: 'issue_open'; readonly issueKind: IssueKind; readonly sinceMs: number }

/** The one thing to do next; `courierId` is whom we would give it to. */
export type AttentionAction =
  | { readonly code: 'assign'; readonly courierId: CourierId | null }
  | { readonly code: 'hand_over'; readonly courierId: CourierId | null }
  | { readonly code: 'call_courier' }
  | { readonly code: 'swap_bike' }
  | { readonly code: 'handle_issue' }

export interface AttentionItem {
  /** The same for as long as it is the same matter. */
  readonly key: string
  readonly kind: AttentionKind
  /**
   * Higher is more pressing: about a point a minute, 50 at the moment when something should have been done. With
   * everything else as it is, it never falls while time passes.
   */
  readonly severity: number
  readonly deliveryId: DeliveryId | null
  readonly courierId: CourierId | null
  readonly bikeId: BikeId | null
  readonly issueId: IssueId | null
  readonly reason: AttentionReason
  readonly action: AttentionAction
}

export interface AttentionInput {
  readonly deliveries: Iterable<Delivery>
  readonly couriers: Iterable<Courier>
  readonly bikes: Iterable<Bike>
  readonly latest: Iterable<LatestFix>
  readonly issues: Iterable<Issue>
  readonly nowMs: number
}

export const attention = {
  /** A delivery shows up when it would arrive less than this before its window ends. */
  lateMarginMs: 10 * 60_000,
  /** One that nobody has shows up when it must start within this time. */
  unassignedMarginMs: 30 * 60_000,
  /** How long it takes until somebody is at the pickup, when nobody is on the way there. */
  approachMs: 10 * 60_000,
  silentMs: 5 * 60_000,
  /** What an e-cargo bike does on a full battery. */
  fullRangeM: 50_000,
  /** A battery is never planned to be emptier than this. */
  reservePct: 10,
  /** How much later somebody comes for each parcel that they have already. */
  busyMs: 8 * 60_000,
} as const

const priorityScore: Readonly<Record<Priority, number>> = { normal: 0, high: 10, urgent: 20 }
const issueScore: Readonly<Record<IssueKind, number>> = {
  damaged: 10,
  wrong_order: 10,
  bike_problem: 8,
  rude: 4,
  late: 2,
  other: 0,
}

/**
 * What needs attention, most pressing first. The order is total and depends on nothing but the rows and the time: the
 * order in which rows are given does not matter.
 */
export function rankAttention(input: AttentionInput): readonly AttentionItem[] {
  const board = readBoard(input)
  const items: AttentionItem[] = []
  for (const [courierId, deliveries] of board.underWay) {
    const courier = board.couriers.get(courierId)
    if (courier) items.push(...attentionOfCourier(board, courier, deliveries))
  }
  for (const delivery of board.unassigned) {
    const item = attentionOfUnassigned(board, delivery)
    if (item) items.push(item)
  }
  for (const issue of input.issues) {
    const item = attentionOfIssue(board, issue)
    if (item) items.push(item)
  }
  return items.sort(compareAttention)
}

export function compareAttention(a: AttentionItem, b: AttentionItem): number {
  return (
    b.severity - a.severity ||
    attentionKinds.indexOf(a.kind) - attentionKinds.indexOf(b.kind) ||
    (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  )
}

interface Board {
  readonly nowMs: number
  readonly couriers: ReadonlyMap<string, Courier>
  readonly bikes: ReadonlyMap<string, Bike>
  /** By the bike's number. */
  readonly latest: ReadonlyMap<number, LatestFix>
  readonly active: ReadonlyMap<string, Delivery>
  readonly unassigned: readonly Delivery[]
  /** Assigned to and picked up by each courier. */
  readonly underWay: ReadonlyMap<CourierId, readonly Delivery[]>
}

function readBoard({ deliveries, couriers, bikes, latest, nowMs }: AttentionInput): Board {
  const active = new Map<string, Delivery>()
  const unassigned: Delivery[] = []
  const underWay = new Map<CourierId, Delivery[]>()
  for (const delivery of deliveries) {
    if (!(activeDeliveryStatuses as readonly DeliveryStatus[]).includes(delivery.status)) continue
    active.set(delivery.id, delivery)
    if (delivery.courierId === null) unassigned.push(delivery)
    else {
      const own = underWay.get(delivery.courierId)
      if (own) own.push(delivery)
      else underWay.set(delivery.courierId, [delivery])
    }
  }
  return {
    nowMs,
    couriers: new Map(Array.from(couriers, (courier) => [courier.id, courier])),
    bikes: new Map(Array.from(bikes, (bike) => [bike.id, bike])),
    latest: new Map(Array.from(latest, (fix) => [fix.bikeNo, fix])),
    active,
    unassigned,
    underWay,
  }
}

function attentionOfCourier(
  board: Board,
  courier: Courier,
  deliveries: readonly Delivery[],
): AttentionItem[] {
  const bike = courier.bikeId === null ? null : (board.bikes.get(courier.bikeId) ?? null)
  const fix = bike === null ? null : (board.latest.get(bike.no) ?? null)
  const route = planRoute(deliveries, fix, board.nowMs)
  const late = deliveries.map((delivery) => attentionOfLateness(board, delivery, route))
  return [
    ...late,
    attentionOfContact(board, courier, bike, fix, deliveries.length),
    attentionOfBattery(courier, bike, fix, route),
  ].filter((item) => item !== null)
}

function attentionOfLateness(board: Board, delivery: Delivery, route: CourierRoute): AttentionItem | null {
  const arrival = route.arrivals.get(delivery.id)!
  const { etaMs, distanceM } = arrival
  const dueMs = delivery.dropoff.window.toMs
  if (etaMs <= dueMs - attention.lateMarginMs) return null
  const code = board.nowMs > dueMs ? 'is_late' : 'late_soon'
  return {
    key: `late:${delivery.id}`,
    kind: 'late',
    severity: 50 + (etaMs - dueMs) / minuteMs + priorityScore[delivery.priority],
    deliveryId: delivery.id,
    courierId: delivery.courierId,
    bikeId: null,
    issueId: null,
    reason: { code, dueMs, etaMs, distanceM },
    // Once it is in somebody's bag, nobody else is faster.
    action:
      delivery.status === 'picked_up'
        ? { code: 'call_courier' }
        : { code: 'hand_over', courierId: fastestCourier(board, delivery, delivery.courierId) },
  }
}

function attentionOfUnassigned(board: Board, delivery: Delivery): AttentionItem | null {
  const dueMs = delivery.dropoff.window.toMs
  const rideTimeMs = rideMs(rideM(delivery.pickup.point, delivery.dropoff.point))
  const startByMs = dueMs - rideTimeMs - riding.stopMs - attention.approachMs
  if (board.nowMs <= startByMs - attention.unassignedMarginMs) return null
  return {
    key: `unassigned:${delivery.id}`,
    kind: 'unassigned',
    severity: 50 + (board.nowMs - startByMs) / minuteMs + priorityScore[delivery.priority],
    deliveryId: delivery.id,
    courierId: null,
    bikeId: null,
    issueId: null,
    reason: { code: 'unassigned', dueMs, startByMs },
    action: { code: 'assign', courierId: fastestCourier(board, delivery, null) },
  }
}

/** Whether somebody with parcels can be reached, and is at work at all. */
function attentionOfContact(
  board: Board,
  courier: Courier,
  bike: Bike | null,
  fix: LatestFix | null,
  deliveries: number,
): AttentionItem | null {
  const item = {
    key: `courier:${courier.id}`,
    kind: 'courier',
    deliveryId: null,
    courierId: courier.id,
    bikeId: bike?.id ?? null,
    issueId: null,
  } as const
  if (courier.shift === 'off')
    return {
      ...item,
      severity: 60 + deliveries,
      reason: { code: 'off_shift', deliveries },
      action: { code: 'hand_over', courierId: null },
    }
  if (fix === null)
    return {
      ...item,
      severity: 40 + deliveries,
      reason: { code: 'no_position', deliveries },
      action: { code: 'call_courier' },
    }
  // When we heard, not when the fix was taken: a phone that empties its memory is not silent.
  const silentMs = board.nowMs - fix.receivedAtMs
  if (silentMs < attention.silentMs) return null
  return {
    ...item,
    severity: 45 + (silentMs - attention.silentMs) / minuteMs + deliveries,
    reason: { code: 'silent', sinceMs: fix.receivedAtMs, deliveries },
    action: { code: 'call_courier' },
  }
}

/** How far an e-cargo bike gets before its battery is down to the reserve. */
export const batteryRangeM = (batteryPct: number): number =>
  (Math.max(0, batteryPct - attention.reservePct) / 100) * attention.fullRangeM

/** Only the motor of an e-cargo bike needs its battery; what a phone on another bike says is about the phone. */
function attentionOfBattery(
  courier: Courier,
  bike: Bike | null,
  fix: LatestFix | null,
  route: CourierRoute,
): AttentionItem | null {
  if (bike?.kind !== 'e-cargo' || fix === null || fix.batteryPct === null || fix.charging === true)
    return null
  const rangeM = batteryRangeM(fix.batteryPct)
  if (route.distanceM <= rangeM) return null
  return {
    key: `battery:${bike.id}`,
    kind: 'battery',
    severity: 45 + 30 * (1 - rangeM / route.distanceM),
    deliveryId: null,
    courierId: courier.id,
    bikeId: bike.id,
    issueId: null,
    reason: { code: 'battery', batteryPct: fix.batteryPct, rangeM, distanceM: route.distanceM },
    action: { code: 'swap_bike' },
  }
}

/** An issue counts while its delivery runs, or its courier or bike has deliveries that do. */
function attentionOfIssue(board: Board, issue: Issue): AttentionItem | null {
  if (issue.status === 'resolved') return null
  const delivery = issue.deliveryId === null ? undefined : board.active.get(issue.deliveryId)
  const courierId = issue.courierId ?? courierOnBike(board, issue.bikeId) ?? delivery?.courierId ?? null
  const runs = delivery !== undefined || (courierId !== null && board.underWay.has(courierId))
  if (!runs) return null
  const sinceMs = issue.createdAtMs
  // Somebody is at it already.
  const begun = issue.status === 'in_progress' ? -10 : 0
  return {
    key: `issue:${issue.id}`,
    kind: 'issue',
    severity:
      45 +
      issueScore[issue.kind] +
      begun +
      Math.max(0, board.nowMs - sinceMs) / (4 * minuteMs) +
      (delivery ? priorityScore[delivery.priority] : 0),
    deliveryId: delivery?.id ?? null,
    courierId,
    bikeId: issue.bikeId,
    issueId: issue.id,
    reason: { code: 'issue_open', issueKind: issue.kind, sinceMs },
    action: { code: 'handle_issue' },
  }
}

function courierOnBike(board: Board, bikeId: BikeId | null): CourierId | null {
  if (bikeId === null) return null
  for (const courierId of board.underWay.keys())
    if (board.couriers.get(courierId)?.bikeId === bikeId) return courierId
  return null
}

/** Who would be at the pickup first: by the way there and by what they have to do already; null when nobody works. */
function fastestCourier(board: Board, delivery: Delivery, not: CourierId | null): CourierId | null {
  let best: { id: CourierId; arrivesMs: number } | null = null
  for (const courier of board.couriers.values()) {
    if (courier.shift !== 'on' || courier.bikeId === null || courier.id === not) continue
    const at: Point | undefined = board.latest.get(board.bikes.get(courier.bikeId)?.no ?? -1)
    if (at === undefined) continue
    const busyMs = (board.underWay.get(courier.id)?.length ?? 0) * attention.busyMs
    const arrivesMs = rideMs(rideM(at, delivery.pickup.point)) + busyMs
    if (best === null || arrivesMs < best.arrivesMs || (arrivesMs === best.arrivesMs && courier.id < best.id))
      best = { id: courier.id, arrivesMs }
  }
  return best?.id ?? null
}
