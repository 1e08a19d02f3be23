import {
  type Bike,
  type BikeId,
  bikeTransitions,
  type Command,
  type Courier,
  type CourierId,
  type Delivery,
  deliveryTransitions,
  type Device,
  type DeviceId,
  distanceM,
  flagFix,
  type Issue,
  issueTransitions,
  shiftTransitions,
} from '@fleet/domain'
import { expect, test } from 'vitest'
import type { DemoEvent, DemoFix } from './events.ts'
import { createRandom } from './random.ts'
import { createRoads } from './roads.ts'
import { createSimulation, type Simulation } from './simulation.ts'

const startMs = Date.UTC(2026, 5, 1, 9)
const roads = createRoads()
const entity = { version: 1, createdAtMs: startMs, updatedAtMs: startMs, demo: true }

/** A fleet in memory that takes commands by the domain's own state tables, and records what it refuses. */
function openFleet(riderCount: number, seed = 'test') {
  const deliveries = new Map<string, Delivery>()
  const issues = new Map<string, Issue>()
  const couriers = new Map<string, Courier>()
  const bikes = new Map<string, Bike>()
  const violations: string[] = []
  const log: string[] = []
  const simulation = createSimulation({
    roads,
    random: createRandom(seed),
    nowMs: startMs,
    maxRiders: 100,
    lastSeen: new Map(),
  })
  for (let no = 1; no <= riderCount; no++) {
    const bikeId = `bike-${no}` as BikeId
    const bike: Bike = {
      ...entity,
      id: bikeId,
      no,
      code: `AMS-${no}`,
      kind: 'e-cargo',
      status: 'in_use',
      note: '',
    }
    const courierId = `courier-${no}` as CourierId
    const courier: Courier = {
      ...entity,
      id: courierId,
      no,
      name: `Courier ${no}`,
      phone: '',
      shift: 'on',
      bikeId,
    }
    const device: Device = {
      ...entity,
      id: `device-${no}` as DeviceId,
      no,
      trackerId: `t${no}`,
      name: '',
      mount: { on: 'bike', bikeId },
    }
    bikes.set(bikeId, bike)
    couriers.set(courierId, courier)
    simulation.observe('bike', bikeId, bike)
    simulation.observe('device', device.id, device)
    simulation.observe('courier', courierId, courier)
  }

  const next = <S extends string, E extends string>(
    table: Readonly<Record<S, Readonly<Record<E, S | null>>>>,
    from: S,
    event: E,
    command: Command,
  ): S => {
    const to = table[from][event]
    if (to !== null) return to
    violations.push(`${command.type} from ${from}`)
    return from
  }

  function execute(command: Command, nowMs: number): void {
    log.push(`${nowMs} ${JSON.stringify(command)}`)
    if ('expectedVersion' in command && command.expectedVersion !== null) {
      const row = deliveries.get(command.id) ?? issues.get(command.id) ?? couriers.get(command.id)
      if (row && row.version !== command.expectedVersion) violations.push(`${command.type} on a stale row`)
    }
    if (command.type === 'delivery.create') {
      const { type: _, ...order } = command
      const row: Delivery = {
        ...entity,
        ...order,
        code: `D-${deliveries.size}`,
        status: 'unassigned',
        courierId: null,
        failureReason: null,
        timeline: [],
        rating: null,
        complaint: null,
        pinRequired: false,
        pinFailures: 0,
        proof: null,
        createdAtMs: nowMs,
      }
      deliveries.set(row.id, row)
      simulation.observe('delivery', row.id, row)
    } else if (command.type === 'issue.create') {
      const { type: _, ...fields } = command
      const row: Issue = { ...entity, photoId: null, ...fields, status: 'open', comments: [] }
      issues.set(row.id, row)
      simulation.observe('issue', row.id, row)
    } else if (command.type === 'issue.step' || command.type === 'issue.comment') {
      const row = issues.get(command.id)!
      const status =
        command.type === 'issue.step'
          ? next(issueTransitions, row.status, command.event, command)
          : row.status
      const after = { ...row, status, version: row.version + 1 }
      issues.set(row.id, after)
      simulation.observe('issue', row.id, after)
    } else if (command.type === 'courier.shift') {
      const row = couriers.get(command.id)!
      const shift = next(shiftTransitions, row.shift, command.event, command)
      const after = { ...row, shift, version: row.version + 1 }
      couriers.set(row.id, after)
      simulation.observe('courier', row.id, after)
    } else if (command.type === 'bike.step') {
      next(bikeTransitions, bikes.get(command.id)!.status, command.event, command)
    } else if (command.type.startsWith('delivery.')) {
      const row = deliveries.get(command.id)!
      const event = command.type.slice('delivery.'.length)
      const rated = event === 'rate' && 'rating' in command ? { rating: command.rating } : {}
      if (event === 'rate' && row.status !== 'delivered') violations.push('rated before delivered')
      const status =
        event === 'rate' ? row.status : next(deliveryTransitions, row.status, event as 'assign', command)
      const courierId =
        command.type === 'delivery.assign' ? command.courierId : event === 'retry' ? null : row.courierId
      const after = { ...row, ...rated, status, courierId, version: row.version + 1, updatedAtMs: nowMs }
      deliveries.set(row.id, after)
      simulation.observe('delivery', row.id, after)
    } else violations.push(`unexpected ${command.type}`)
    simulation.settle(command)
  }

  return { simulation, deliveries, issues, couriers, violations, log, execute }
}

function runDay(fleet: ReturnType<typeof openFleet>, minutes: number, stepMs = 500): DemoFix[] {
  const fixes: DemoFix[] = []
  for (let nowMs = startMs; nowMs <= startMs + minutes * 60_000; nowMs += stepMs)
    for (const event of fleet.simulation.advance(nowMs))
      if (event.type === 'fix') fixes.push(event.fix)
      else fleet.execute(event.command, nowMs)
  return fixes
}

const byTracker = (fixes: readonly DemoFix[]) => [
  ...Map.groupBy(fixes, ({ trackerId }) => trackerId).values(),
]

test('the same seed gives the same day, another seed another one', () => {
  const day = (seed: string) => {
    const fleet = openFleet(8, seed)
    const fixes = runDay(fleet, 20)
    return { fixes, log: fleet.log }
  }
  const first = day('a')
  expect(day('a')).toEqual(first)
  expect(day('b').fixes).not.toEqual(first.fixes)
})

test('orders come in, are carried by the rules of a delivery, and the day does not run out', () => {
  const fleet = openFleet(20)
  runDay(fleet, 90)
  const statuses = [...fleet.deliveries.values()].map(({ status }) => status)
  const count = (status: string) => statuses.filter((each) => each === status).length
  expect(fleet.violations).toEqual([])
  expect(count('delivered')).toBeGreaterThan(40)
  expect(count('assigned') + count('picked_up') + count('unassigned')).toBeGreaterThan(8)
  // Something is left for whoever sits at the screen.
  expect(count('unassigned')).toBeGreaterThan(2)
  expect([...fleet.deliveries.values()].some(({ rating }) => rating !== null)).toBe(true)
  expect([...fleet.issues.values()].some(({ status }) => status === 'resolved')).toBe(true)
})

test('fixes are what a tracker on a bike would send: plausible, in order, a second or two apart', () => {
  const fixes = runDay(openFleet(10), 30)
  for (const own of byTracker(fixes)) {
    for (const [index, fix] of own.entries()) {
      const before = own[index - 1] ?? null
      expect(fix.speedMps).toBeLessThan(26 / 3.6)
      expect(fix.headingDeg).toBeGreaterThanOrEqual(0)
      expect(fix.headingDeg).toBeLessThan(360)
      expect(fix.batteryPct).toBeGreaterThan(0)
      expect(flagFix(fix, before, fix.timeMs)).toBeNull()
      if (!before) continue
      expect(fix.timeMs - before.timeMs).toBeGreaterThanOrEqual(500)
      expect(fix.timeMs - before.timeMs).toBeLessThanOrEqual(70_000)
      // Ridden and noise: nobody is carried over the water in a second.
      const seconds = (fix.timeMs - before.timeMs) / 1000
      expect(distanceM(before, fix)).toBeLessThan(seconds * 7.2 + 25)
    }
    const moving = own.filter(({ speedMps }) => speedMps > 3)
    expect(moving.length / own.length).toBeGreaterThan(0.3)
  }
})

test('riders stay on the streets, within the error that their receiver admits', () => {
  const fixes = runDay(openFleet(10), 30)
  const offM = fixes.filter((_, index) => index % 25 === 0).map((fix) => roads.snap(fix).offsetM)
  expect(Math.max(...offM)).toBeLessThan(40)
  expect(offM.toSorted((a, b) => a - b)[Math.floor(offM.length / 2)]).toBeLessThan(8)
})

test('a heading is the way that the bike goes', () => {
  const wrong: number[] = []
  for (const own of byTracker(runDay(openFleet(6), 20)))
    for (let i = 1; i < own.length; i++) {
      const [a, b] = [own[i - 1]!, own[i]!]
      const movedM = distanceM(a, b)
      if (movedM < 6 || Math.abs(((a.headingDeg - b.headingDeg + 540) % 360) - 180) > 20) continue
      const dLon = (b.lon - a.lon) * Math.cos((a.lat * Math.PI) / 180)
      const bearing = (Math.atan2(dLon, b.lat - a.lat) * 180) / Math.PI
      wrong.push(Math.abs(((b.headingDeg - bearing + 540) % 360) - 180))
    }
  expect(wrong.length).toBeGreaterThan(500)
  expect(wrong.toSorted((a, b) => a - b)[Math.floor(wrong.length / 2)]).toBeLessThan(15)
})

test('an empty battery sends a rider to a depot, where it fills', () => {
  const lastSeen = new Map([['bike-1' as BikeId, { point: { lat: 52.37, lon: 4.89 }, batteryPct: 8 }]])
  const simulation: Simulation = createSimulation({
    roads,
    random: createRandom('battery'),
    nowMs: startMs,
    maxRiders: 1,
    lastSeen,
  })
  const bikeId = 'bike-1' as BikeId
  const bike: Bike = {
    ...entity,
    id: bikeId,
    no: 1,
    code: 'AMS-01',
    kind: 'city',
    status: 'in_use',
    note: '',
  }
  const courier = {
    ...entity,
    id: 'c' as CourierId,
    no: 1,
    name: 'C',
    phone: '',
    shift: 'on' as const,
    bikeId,
  }
  simulation.observe('bike', bikeId, bike)
  simulation.observe('courier', courier.id, courier)
  const device = {
    ...entity,
    id: 'd' as DeviceId,
    no: 1,
    trackerId: 't',
    name: '',
    mount: { on: 'bike' as const, bikeId },
  }
  simulation.observe('device', device.id, device)
  const events: DemoEvent[] = []
  for (let nowMs = startMs; nowMs < startMs + 60 * 60_000; nowMs += 1_000)
    events.push(...simulation.advance(nowMs))
  const fixes = events.flatMap((event) => (event.type === 'fix' ? [event.fix] : []))
  expect(fixes.some(({ charging }) => charging)).toBe(true)
  expect(Math.max(...fixes.map(({ batteryPct }) => batteryPct))).toBeGreaterThan(90)
})

test('riders go on from where they were last seen, also after the computer slept', () => {
  const at = { lat: 52.3731, lon: 4.8931 }
  const lastSeen = new Map([['bike-1' as BikeId, { point: at, batteryPct: 70 }]])
  const fleet = openFleet(0)
  const simulation = createSimulation({
    roads,
    random: createRandom('resume'),
    nowMs: startMs,
    maxRiders: 1,
    lastSeen,
  })
  const source = openFleet(1)
  for (const [kind, rows] of [['courier', source.couriers]] as const)
    for (const row of rows.values()) simulation.observe(kind, row.id, row)
  const bikeId = 'bike-1' as BikeId
  simulation.observe('bike', bikeId, {
    ...entity,
    id: bikeId,
    no: 1,
    code: 'AMS-01',
    kind: 'city',
    status: 'in_use',
    note: '',
  })
  simulation.observe('device', 'd', {
    ...entity,
    id: 'd' as DeviceId,
    no: 1,
    trackerId: 't1',
    name: '',
    mount: { on: 'bike', bikeId },
  })
  const fixes: DemoFix[] = []
  const step = (nowMs: number) => {
    for (const event of simulation.advance(nowMs)) if (event.type === 'fix') fixes.push(event.fix)
  }
  for (let s = 0; s < 120; s++) step(startMs + s * 1_000)
  expect(distanceM(fixes[0]!, at)).toBeLessThan(40)
  const asleepAt = fixes.at(-1)!
  step(startMs + 3 * 3_600_000)
  for (let s = 1; s < 5; s++) step(startMs + 3 * 3_600_000 + s * 1_000)
  expect(
    distanceM(
      fixes.find(({ timeMs }) => timeMs > asleepAt.timeMs + 3_600_000)!,
      asleepAt,
    ),
  ).toBeLessThan(80)
  expect(fleet.violations).toEqual([])
})

test('a person who takes an order away is obeyed: the rider turns to something else', () => {
  const fleet = openFleet(3)
  let taken: Delivery | null = null
  for (let nowMs = startMs; nowMs < startMs + 20 * 60_000; nowMs += 500) {
    for (const event of fleet.simulation.advance(nowMs))
      if (event.type === 'command') fleet.execute(event.command, nowMs)
    const rider = [...fleet.simulation.riders.values()].find(({ errand }) => errand.kind === 'stop')
    if (!taken && rider?.errand.kind === 'stop') {
      const row = fleet.deliveries.get(rider.errand.deliveryId)!
      if (row.status !== 'assigned') continue
      taken = { ...row, status: 'cancelled', version: row.version + 1 }
      fleet.deliveries.set(row.id, taken)
      fleet.simulation.observe('delivery', row.id, taken)
    }
  }
  expect(taken).not.toBeNull()
  expect(fleet.deliveries.get(taken!.id)?.status).toBe('cancelled')
  expect(fleet.violations).toEqual([])
})

test('sixty riders cost little of a core', () => {
  const fleet = openFleet(60)
  const before = process.threadCpuUsage()
  runDay(fleet, 10)
  const { user, system } = process.threadCpuUsage(before)
  const share = (user + system) / 1_000 / (10 * 60_000)
  // Ten minutes of the day, in time of this thread alone; one per cent of a core leaves room for slow machines.
  expect(share).toBeLessThan(0.01)
})
