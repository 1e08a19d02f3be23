import {
  type AnyEntity,
  type BikeId,
  type Command,
  type Courier,
  type CourierId,
  type Delivery,
  distanceM,
  type EntityKind,
  type Point,
} from '@fleet/domain'
import { depots } from '@fleet/domain/amsterdam'
import { chargedPct, lowPct } from './battery.ts'
import { type Board, createBoard } from './board.ts'
import type { DemoEvent } from './events.ts'
import { createOffice } from './office.ts'
import { openOrderDesk, type OrderDesk } from './order-desk.ts'
import { type ParkedBike, parkBike, readParkedTracker } from './parked.ts'
import type { Random } from './random.ts'
import { advanceRider, createRider, readTracker, type Rider, setOut, wakeTracker } from './rider.ts'
import type { Roads } from './roads.ts'
import { failureReasons } from './texts.ts'

/** Where a bike was when we last heard of it. */
export interface LastSeen {
  readonly point: Point
  readonly batteryPct: number | null
}

export interface SimulationSetup {
  readonly roads: Roads
  readonly random: Random
  readonly nowMs: number
  /** At most so many riders move. */
  readonly maxRiders: number
  /** Riders go on from here: started elsewhere, their first fix would be a jump. */
  readonly lastSeen: ReadonlyMap<BikeId, LastSeen>
}

/**
 * The demo day. No clock, no I/O: time and chance come in, events go out, and what people decide comes in through
 * `observe`. The same setup and the same calls give the same events.
 */
export interface Simulation {
  /** News from the change log, and the rows to begin with. */
  observe(kind: EntityKind, id: string, entity: AnyEntity | null): void
  /** The answer to a command: accepted or refused, the row may be acted on again. */
  settle(command: Command): void
  /** Moves the day on to `nowMs`. */
  advance(nowMs: number): DemoEvent[]
  readonly riders: ReadonlyMap<CourierId, Rider>
}

/** A longer pause (the computer slept) is not ridden through: the riders go on from where they were. */
const maxStepMs = 5_000
const failChance = 0.03
/** Of each time that a rider has nothing to do. */
const pauseChance = 0.02

export function createSimulation(setup: SimulationSetup): Simulation {
  const { roads, random } = setup
  const board = createBoard()
  const desk = openOrderDesk()
  const riders = new Map<CourierId, Rider>()
  const parked = new Map<BikeId, ParkedBike>()
  const seen = new Map(setup.lastSeen)
  const pending = new Set<string>()
  const office = createOffice(board, desk, random.fork('office'), () => Math.ceil(riders.size * 0.85))
  const depotPoints = depots().map(({ address }) => address.at)
  let lastMs = setup.nowMs
  /** The board changed: who rides and who stands has to be looked at again. */
  let isStale = true

  const whereIs = (bikeId: BikeId): LastSeen => {
    const rest = random.fork(`home/${bikeId}`)
    // Whoever takes a parked bike goes on from its place, with what the charger gave.
    return (
      parked.get(bikeId) ??
      seen.get(bikeId) ?? { point: rest.pick(depotPoints), batteryPct: rest.int(35, 100) }
    )
  }

  const rides = ({ id, demo, shift }: Courier) => demo && shift === 'on' && !board.hasOwnTracker(id)

  function matchRiders(nowMs: number): void {
    for (const [courierId, rider] of riders) {
      const courier = board.couriers.get(courierId)
      if (courier && rides(courier) && courier.bikeId === rider.bikeId && board.trackers.has(rider.bikeId))
        continue
      seen.set(rider.bikeId, rider)
      riders.delete(courierId)
    }
    const ridden = new Set<BikeId>()
    for (const courier of board.couriers.values()) {
      const bike = courier.bikeId ? board.bikes.get(courier.bikeId) : undefined
      const trackerId = bike && board.trackers.get(bike.id)
      if (!rides(courier) || !bike || !trackerId) continue
      if (riders.size >= setup.maxRiders && !riders.has(courier.id)) continue
      ridden.add(bike.id)
      if (riders.has(courier.id)) continue
      const { point, batteryPct } = whereIs(bike.id)
      const start = { courierId: courier.id, bikeId: bike.id, kind: bike.kind, trackerId, point }
      const personal = random.fork(`rider/${courier.id}`)
      riders.set(courier.id, createRider({ ...start, batteryPct: batteryPct ?? 80 }, personal, nowMs))
    }
    for (const bike of board.bikes.values()) {
      const trackerId = board.trackers.get(bike.id)
      if (!bike.demo || !trackerId || ridden.has(bike.id)) {
        parked.delete(bike.id)
        continue
      }
      if (parked.has(bike.id)) continue
      const { point, batteryPct } = whereIs(bike.id)
      parked.set(
        bike.id,
        parkBike(trackerId, point, batteryPct ?? 80, random.fork(`parked/${bike.id}`), nowMs),
      )
    }
    for (const id of parked.keys()) if (!board.bikes.has(id)) parked.delete(id)
  }

  return {
    riders,
    observe(kind, id, entity) {
      board.observe(kind, id, entity)
      isStale = true
    },
    settle(command) {
      pending.delete(command.id)
    },
    advance(nowMs) {
      const dtS = Math.min(maxStepMs, Math.max(0, nowMs - lastMs)) / 1_000
      lastMs = nowMs
      const events: DemoEvent[] = []
      const ask = (command: Command, actor: string) => {
        pending.add(command.id)
        events.push({ type: 'command', command, actor })
      }
      if (isStale) matchRiders(nowMs)
      isStale = false
      const own = deliveriesByCourier(board)
      for (const rider of riders.values()) {
        advanceRider(rider, dtS)
        direct(
          rider,
          { board, roads, desk, depotPoints, nowMs, dtS, ask, isPending: (id) => pending.has(id) },
          own,
        )
        const fix = readTracker(rider, nowMs)
        if (fix) events.push({ type: 'fix', fix })
      }
      for (const [bikeId, bikeAtRest] of parked) {
        const bike = board.bikes.get(bikeId)!
        const fix = readParkedTracker(bikeAtRest, bike, nowMs)
        if (!fix) continue
        events.push({ type: 'fix', fix })
        if (bike.status === 'charging' && bikeAtRest.batteryPct >= 100 && !pending.has(bikeId))
          ask(
            { type: 'bike.step', id: bikeId, expectedVersion: bike.version, event: 'release' },
            'demo workshop',
          )
      }
      office.act(nowMs, dtS, riders.values(), (id) => pending.has(id), ask)
      return events
    },
  }
}

function deliveriesByCourier(board: Board): ReadonlyMap<CourierId, readonly Delivery[]> {
  const own = new Map<CourierId, Delivery[]>()
  for (const delivery of board.deliveries.values()) {
    if (!delivery.courierId || (delivery.status !== 'assigned' && delivery.status !== 'picked_up')) continue
    const list = own.get(delivery.courierId)
    if (list) list.push(delivery)
    else own.set(delivery.courierId, [delivery])
  }
  return own
}

interface Day {
  readonly board: Board
  readonly roads: Roads
  readonly desk: OrderDesk
  readonly depotPoints: readonly Point[]
  readonly nowMs: number
  readonly dtS: number
  readonly ask: (command: Command, actor: string) => void
  readonly isPending: (id: string) => boolean
}

/** Decides what a rider does next. Called every step; mostly there is nothing to decide. */
function direct(rider: Rider, day: Day, own: ReadonlyMap<CourierId, readonly Delivery[]>): void {
  const { errand } = rider
  const mine = own.get(rider.courierId) ?? []
  if (errand.kind === 'stop') {
    const delivery = mine.find(({ id }) => id === errand.deliveryId)
    const expected = errand.at === 'pickup' ? 'assigned' : 'picked_up'
    // Somebody reassigned or cancelled it, or it has moved on: turn to what is next.
    if (delivery?.status !== expected) rest(rider, day.nowMs)
    else if (rider.arrived) return serve(rider, delivery, errand.at, day)
    else return
  } else if (errand.kind === 'depot' && rider.arrived) {
    rider.charging = rider.batteryPct < chargedPct
    if (rider.charging) return
    rest(rider, day.nowMs)
  } else if (errand.kind === 'roam' && mine.length > 0) rest(rider, day.nowMs)
  else if (errand.kind === 'roam' && rider.arrived) {
    rest(rider, day.nowMs + rider.random.between(20_000, 90_000))
  }
  if (rider.errand.kind === 'idle' && day.nowMs >= rider.idleUntilMs) chooseErrand(rider, mine, day)
}

/** Stands still until then, with nothing to do. */
function rest(rider: Rider, untilMs: number): void {
  rider.errand = { kind: 'idle' }
  rider.ride = null
  rider.speedMps = 0
  rider.arrived = false
  rider.idleUntilMs = untilMs
}

/** At the counter or at the door: some time passes, then it is done. */
function serve(rider: Rider, delivery: Delivery, at: 'pickup' | 'dropoff', day: Day): void {
  rider.servedAtMs ??= day.nowMs + rider.random.between(25_000, at === 'pickup' ? 100_000 : 70_000)
  if (day.nowMs < rider.servedAtMs || day.isPending(delivery.id)) return
  const { id, version: expectedVersion } = delivery
  const actor = day.board.couriers.get(rider.courierId)?.name ?? 'demo courier'
  if (at === 'pickup') day.ask({ type: 'delivery.pick_up', id, expectedVersion }, actor)
  else if (rider.random.chance(failChance))
    day.ask({ type: 'delivery.fail', id, expectedVersion, reason: rider.random.pick(failureReasons) }, actor)
  else day.ask({ type: 'delivery.deliver', id, expectedVersion }, actor)
}

function chooseErrand(rider: Rider, mine: readonly Delivery[], day: Day): void {
  const next = mine
    .filter(({ id }) => !day.isPending(id))
    .map((delivery) => {
      const at = delivery.status === 'assigned' ? ('pickup' as const) : ('dropoff' as const)
      return { delivery, at, costM: urgencyCostM(rider, delivery, at, day.nowMs) }
    })
    .sort((a, b) => a.costM - b.costM)[0]
  rider.charging = false
  if (next) {
    const { delivery, at } = next
    if (!setOut(rider, day.roads, delivery[at].point, { kind: 'stop', deliveryId: delivery.id, at }))
      rider.idleUntilMs = day.nowMs + 60_000
  } else if (mine.length > 0) return
  else if (rider.batteryPct < lowPct)
    setOut(rider, day.roads, closest(rider.point, day.depotPoints), { kind: 'depot' })
  else if (rider.random.chance(pauseChance)) pause(rider, day)
  else setOut(rider, day.roads, waitingPlace(rider, day.desk), { kind: 'roam' })
  wakeTracker(rider, day.nowMs)
}

function pause(rider: Rider, { board, ask, isPending, nowMs }: Day): void {
  const courier = board.couriers.get(rider.courierId)
  if (!courier || isPending(courier.id)) return
  ask(
    { type: 'courier.shift', id: courier.id, expectedVersion: courier.version, event: 'pause' },
    courier.name,
  )
  rider.idleUntilMs = nowMs + 60_000
}

/** Near and soon goes first: a window that closes in a minute weighs as much as being at the door. */
function urgencyCostM(rider: Rider, delivery: Delivery, at: 'pickup' | 'dropoff', nowMs: number): number {
  const leftMin = Math.max(0, delivery[at].window.toMs - nowMs) / 60_000
  return distanceM(rider.point, delivery[at].point) + Math.min(leftMin, 40) * 60
}

/** Couriers without an order wait where orders come from, not too far away. */
function waitingPlace(rider: Rider, desk: OrderDesk): Point {
  const points = desk.restaurants.map(({ address }) => address.at)
  const near = points
    .map((point) => ({ point, awayM: distanceM(rider.point, point) }))
    .sort((a, b) => a.awayM - b.awayM)
    .slice(1, 6)
  return rider.random.pick(near).point
}

function closest(from: Point, points: readonly Point[]): Point {
  return points.reduce((best, point) => (distanceM(from, point) < distanceM(from, best) ? point : best))
}
