import {
  activeDeliveryStatuses,
  type Command,
  type Courier,
  type Delivery,
  distanceM,
  type Issue,
} from '@fleet/domain'
import type { Board } from './board.ts'
import { drawId } from './ids.ts'
import { drawOrder, type OrderDesk } from './order-desk.ts'
import type { Random } from './random.ts'
import type { Rider } from './rider.ts'
import { cancelReasons, complaints, issueComments, streetIssues } from './texts.ts'

/** What the office may do in one look at the board; the caller turns it into events. */
export type Ask = (command: Command, actor: string) => void

const second = 1_000
const minute = 60 * second

/** How soon somebody reacts to what they see. [from, to] in milliseconds. */
const reactionMs = {
  'delivery.unassigned': [45 * second, 200 * second],
  'delivery.failed': [2 * minute, 8 * minute],
  'delivery.delivered': [1 * minute, 5 * minute],
  'issue.open': [1 * minute, 5 * minute],
  'issue.in_progress': [3 * minute, 12 * minute],
  'courier.break': [4 * minute, 12 * minute],
} as const
type Sight = keyof typeof reactionMs

const maxLoad = 3
/** So many are left for the person at the screen, unless one has waited too long already. */
const leftOpen = 6
const maxWaitMs = 7 * minute
const maxOpenIssues = 8
const ratedShare = 0.3

/**
 * The people of the demo who do not ride: customers, dispatchers, the workshop. They give out orders that nobody
 * took, retry what failed, rate, complain and put things right. They touch demonstration rows only, and leave
 * time enough for a person to act first.
 */
export interface Office {
  act(nowMs: number, dtS: number, riders: Iterable<Rider>, isPending: (id: string) => boolean, ask: Ask): void
}

export function createOffice(
  board: Board,
  desk: OrderDesk,
  random: Random,
  activeOrders: () => number,
): Office {
  /** When somebody will react to a row in the state that it was last seen in. */
  const due = new Map<string, { readonly sight: Sight; readonly atMs: number }>()

  /** Whether the time has come to react to what is seen; forgets the sight once it has. */
  function isDue(sight: Sight, id: string, nowMs: number): boolean {
    const known = due.get(id)
    if (known?.sight !== sight) {
      due.set(id, { sight, atMs: nowMs + random.between(...reactionMs[sight]) })
      return false
    }
    if (known.atMs > nowMs) return false
    due.delete(id)
    return true
  }

  function takeOrders(active: number, open: number, dtS: number, nowMs: number, ask: Ask): void {
    const missing = Math.max(activeOrders() - active, leftOpen - open)
    // The emptier the board, the faster orders come: a Friday evening after a quiet hour.
    if (missing > 0 && random.chance(Math.min(0.5, dtS * (0.05 + missing * 0.02))))
      ask(drawOrder(desk, random, nowMs), 'demo orders')
  }

  function assign(
    delivery: Delivery,
    loads: ReadonlyMap<string, number>,
    riders: readonly Rider[],
    ask: Ask,
  ): void {
    let best: Rider | null = null
    let bestM = Infinity
    for (const rider of riders) {
      const load = loads.get(rider.courierId) ?? 0
      if (load >= maxLoad || rider.charging || rider.errand.kind === 'depot') continue
      // An order already in the bag costs as much as two kilometres.
      const costM = distanceM(rider.point, delivery.pickup.point) + load * 2_000
      if (costM < bestM) [best, bestM] = [rider, costM]
    }
    if (best)
      ask(
        {
          type: 'delivery.assign',
          id: delivery.id,
          expectedVersion: delivery.version,
          courierId: best.courierId,
        },
        'demo dispatch',
      )
  }

  function reconsider(delivery: Delivery, ask: Ask): void {
    const { id, version: expectedVersion } = delivery
    if (random.chance(0.6)) ask({ type: 'delivery.retry', id, expectedVersion }, 'demo dispatch')
    else
      ask(
        { type: 'delivery.cancel', id, expectedVersion, reason: random.pick(cancelReasons) },
        'demo dispatch',
      )
  }

  function rate(delivery: Delivery, ask: Ask): void {
    if (delivery.rating !== null || !random.chance(ratedShare)) return
    const late = delivery.updatedAtMs > delivery.dropoff.window.toMs
    const rating = late ? random.int(1, 4) : random.chance(0.85) ? random.int(4, 5) : random.int(1, 3)
    const complaint = rating === 1 || rating === 2 ? random.pick(complaints[rating]) : null
    ask(
      { type: 'delivery.rate', id: delivery.id, expectedVersion: delivery.version, rating, complaint },
      'demo customer',
    )
  }

  function workOn(issue: Issue, ask: Ask): void {
    const { id, version: expectedVersion } = issue
    if (issue.status === 'open') {
      ask({ type: 'issue.step', id, expectedVersion, event: 'start' }, 'demo dispatch')
      return
    }
    ask({ type: 'issue.comment', id, text: random.pick(issueComments) }, 'demo dispatch')
    ask({ type: 'issue.step', id, expectedVersion: null, event: 'resolve' }, 'demo dispatch')
  }

  function raise(rider: Rider, courier: Courier, nowMs: number, ask: Ask): void {
    const { kind, reporter, text } = random.pick(streetIssues)
    const own = [...board.deliveries.values()].find(({ courierId }) => courierId === rider.courierId)
    const aboutBike = kind === 'bike_problem'
    // A complaint about a delivery needs one.
    if (!aboutBike && !own) return
    ask(
      {
        type: 'issue.create',
        id: drawId(random, nowMs),
        kind,
        reporter,
        description: text,
        bikeId: aboutBike ? rider.bikeId : null,
        courierId: rider.courierId,
        deliveryId: aboutBike ? null : (own?.id ?? null),
      },
      reporter === 'courier' ? courier.name : `demo ${reporter}`,
    )
  }

  return {
    act(nowMs, dtS, riders, isPending, ask) {
      const all = [...riders]
      const loads = new Map<string, number>()
      let active = 0
      let unassigned = 0
      for (const delivery of board.deliveries.values()) {
        if (!activeDeliveryStatuses.some((status) => status === delivery.status)) continue
        if (delivery.demo) active++
        if (delivery.status === 'unassigned') unassigned++
        if (delivery.courierId) loads.set(delivery.courierId, (loads.get(delivery.courierId) ?? 0) + 1)
      }
      takeOrders(active, unassigned, dtS, nowMs, ask)
      for (const delivery of board.deliveries.values()) {
        if (!delivery.demo || isPending(delivery.id)) continue
        if (delivery.status === 'unassigned' && isDue('delivery.unassigned', delivery.id, nowMs)) {
          if (unassigned <= leftOpen && nowMs - delivery.updatedAtMs < maxWaitMs) continue
          unassigned--
          assign(delivery, loads, all, ask)
        } else if (delivery.status === 'failed' && isDue('delivery.failed', delivery.id, nowMs))
          reconsider(delivery, ask)
        else if (delivery.status === 'delivered' && isDue('delivery.delivered', delivery.id, nowMs)) {
          rate(delivery, ask)
          // Rated or not, the customer has lost interest.
          board.forget(delivery.id)
        }
      }
      let open = 0
      for (const issue of board.issues.values()) {
        open++
        const sight = issue.status === 'open' ? 'issue.open' : 'issue.in_progress'
        if (issue.demo && !isPending(issue.id) && isDue(sight, issue.id, nowMs)) workOn(issue, ask)
      }
      // One issue in two hours of each rider's day.
      if (open < maxOpenIssues && all.length > 0 && random.chance((dtS * all.length) / 7_200)) {
        const rider = random.pick(all)
        const courier = board.couriers.get(rider.courierId)
        if (courier) raise(rider, courier, nowMs, ask)
      }
      for (const courier of board.couriers.values())
        if (
          courier.demo &&
          courier.shift === 'break' &&
          !isPending(courier.id) &&
          isDue('courier.break', courier.id, nowMs)
        )
          ask(
            { type: 'courier.shift', id: courier.id, expectedVersion: courier.version, event: 'resume' },
            courier.name,
          )
    },
  }
}
