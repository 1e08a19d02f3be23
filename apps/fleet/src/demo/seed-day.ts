import type { Command, CommandOf, DeliveryId, IssueEvent, IssueId } from '@fleet/domain'
import { drawId } from './ids.ts'
import { drawOrder, openOrderDesk } from './order-desk.ts'
import type { Random } from './random.ts'
import type { Rostered } from './seed-fleet.ts'
import { cancelReasons, complaints, failureReasons, issueComments, streetIssues } from './texts.ts'

/** A command and when it was done. */
export interface Past {
  readonly atMs: number
  readonly command: Command
}

const minute = 60_000
const pastOrders = 150
const activeOrders = 40

/** Everything that happened since this morning, and what is under way now. */
export function planDay(
  roster: readonly Rostered[],
  random: Random,
  openedMs: number,
  nowMs: number,
): Past[] {
  const desk = openOrderDesk()
  const past: Past[] = []
  const finished: Finished[] = []
  const riding = roster.filter(({ onBreak }) => !onBreak)
  const put: Put = (atMs, command) => {
    past.push({ atMs: Math.round(atMs), command })
  }

  for (let i = 0; i < pastOrders; i++) {
    const createdMs = random.int(openedMs + 10 * minute, nowMs - 50 * minute)
    const order = drawOrder(desk, random, createdMs)
    const courier = random.pick(roster)
    put(createdMs, order)
    const doneMs = createdMs + random.int(18, 42) * minute
    const outcome = i % 16
    if (outcome === 7) {
      put(createdMs + 5 * minute, cancel(order.id, random))
      continue
    }
    carry(order.id, courier, createdMs, doneMs, put)
    if (outcome === 3) {
      put(doneMs, {
        type: 'delivery.fail',
        id: order.id,
        expectedVersion: null,
        reason: random.pick(failureReasons),
      })
      continue
    }
    put(doneMs, { type: 'delivery.deliver', id: order.id, expectedVersion: null })
    finished.push({ id: order.id, doneMs, courier })
    if (random.chance(0.45))
      put(doneMs + 6 * minute, rating(order.id, doneMs > order.dropoff.window.toMs, random))
  }
  planActive(riding, random, nowMs, put)
  planIssues(finished, random, nowMs, put)
  return past.sort((a, b) => a.atMs - b.atMs)
}

type Put = (atMs: number, command: Command) => void

function carry(id: DeliveryId, { courierId }: Rostered, createdMs: number, doneMs: number, put: Put): void {
  put(createdMs + 2 * minute, { type: 'delivery.assign', id, expectedVersion: null, courierId })
  const pickedUpMs = createdMs + Math.max(6 * minute, (doneMs - createdMs) * 0.5)
  put(pickedUpMs, { type: 'delivery.pick_up', id, expectedVersion: null })
}

const cancel = (id: DeliveryId, random: Random): Command => ({
  type: 'delivery.cancel',
  id,
  expectedVersion: null,
  reason: random.pick(cancelReasons),
})

function rating(id: DeliveryId, late: boolean, random: Random): CommandOf<'delivery.rate'> {
  const stars = late ? random.int(1, 4) : random.chance(0.8) ? 5 : random.int(2, 4)
  const complaint = stars === 1 || stars === 2 ? random.pick(complaints[stars]) : null
  return { type: 'delivery.rate', id, expectedVersion: null, rating: stars, complaint }
}

/** Ten that wait for somebody, the rest on the way: some early, some late, so that there is something to decide. */
function planActive(riding: readonly Rostered[], random: Random, nowMs: number, put: Put): void {
  const desk = openOrderDesk()
  for (let i = 0; i < activeOrders; i++) {
    const state = i % 4 === 0 ? 'unassigned' : i % 2 === 0 ? 'picked_up' : 'assigned'
    // The older, the closer to the end of the promised window.
    const ageMin = state === 'picked_up' ? random.int(14, 34) : random.int(3, 20)
    const createdMs = nowMs - ageMin * minute
    const order = drawOrder(desk, random, createdMs)
    put(createdMs, order)
    if (state === 'unassigned') continue
    const courierId = riding[i % riding.length]!.courierId
    put(createdMs + minute, { type: 'delivery.assign', id: order.id, expectedVersion: null, courierId })
    if (state === 'picked_up')
      put(nowMs - random.int(1, 6) * minute, {
        type: 'delivery.pick_up',
        id: order.id,
        expectedVersion: null,
      })
  }
}

interface Finished {
  readonly id: DeliveryId
  readonly doneMs: number
  readonly courier: Rostered
}

const issueCount = 12

function planIssues(finished: readonly Finished[], random: Random, nowMs: number, put: Put): void {
  for (let i = 0; i < issueCount; i++) {
    const { kind, reporter, text } = streetIssues[i % streetIssues.length]!
    const aboutBike = kind === 'bike_problem'
    const id = drawId<IssueId>(random, nowMs)
    const raisedMs = nowMs - random.int(i % 3 === 2 ? 90 : 25, i % 3 === 2 ? 300 : 85) * minute
    // Nobody complains before the parcel came.
    const { id: deliveryId, courier } = random.pick(finished.filter(({ doneMs }) => doneMs < raisedMs))
    put(raisedMs, {
      type: 'issue.create',
      id,
      kind,
      reporter,
      description: text,
      bikeId: aboutBike ? courier.bikeId : null,
      courierId: courier.courierId,
      deliveryId: aboutBike ? null : deliveryId,
    })
    // A third each: open, in progress, resolved.
    const steps: IssueEvent[] = i % 3 === 0 ? [] : i % 3 === 1 ? ['start'] : ['start', 'resolve']
    for (const [index, event] of steps.entries()) {
      const atMs = raisedMs + (index + 1) * 11 * minute
      put(atMs, { type: 'issue.step', id, expectedVersion: null, event })
      put(atMs, { type: 'issue.comment', id, text: random.pick(issueComments) })
    }
  }
}
