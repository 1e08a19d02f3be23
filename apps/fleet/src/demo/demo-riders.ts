import { randomUUID } from 'node:crypto'
import { AppError, type BikeId, type Command } from '@fleet/domain'
import type { Log } from '@fleet/server'
import type { ChangeSeq, Snapshot, Store } from '@fleet/store'
import { pause } from '../pause.ts'
import type { DemoFix } from './events.ts'
import { createPositionSender } from './position-sender.ts'
import { createRandom } from './random.ts'
import { createRoads } from './roads.ts'
import { demoActor } from './seed.ts'
import { furtherFleet, planFleet } from './seed-fleet.ts'
import { createSimulation, type LastSeen, type Simulation } from './simulation.ts'

const tickMs = 500
const changesAtOnce = 500
/** Longer than any rider's silence between two fixes on the move. */
const listenForOthersMs = 3_000
const standbyMs = 30_000

export interface DemoRidersOptions {
  readonly store: Store
  /** The running app, which takes the positions. */
  readonly appUrl: string
  readonly maxRiders: number
  /** Makes more riders when the demo fleet has fewer. */
  readonly mayGrow: boolean
  /** The fleet was seeded a moment ago: nobody else can be riding it yet. */
  readonly isNew: boolean
  readonly now: () => number
  readonly randomBytes: (count: number) => Uint8Array
  readonly log: Log
}

/** Rides until stopped. Its end is never the end of the app: what goes wrong is logged and tried again. */
export interface DemoRiders {
  stop(): Promise<void>
}

export function startDemoRiders(options: DemoRidersOptions): DemoRiders {
  const stop = new AbortController()
  const running = rideUntilStopped(options, stop.signal)
  return {
    async stop() {
      stop.abort()
      await running
    },
  }
}

async function rideUntilStopped(options: DemoRidersOptions, stop: AbortSignal): Promise<void> {
  const { log } = options
  let isNew = options.isNew
  while (!stop.aborted) {
    try {
      if (isNew || !(await othersRide(options, stop))) await ride(options, stop)
      else log.info({}, 'Another instance of the app rides the demo fleet; this one stands by')
    } catch (error) {
      const message = 'The demo riders stopped and start again in half a minute'
      if (error instanceof AppError) log.warn({ error }, message)
      else log.error({ error }, message)
    }
    isNew = false
    await pause(standbyMs, stop)
  }
}

/** Two instances on one database would ride the same bikes to different places. */
async function othersRide({ store, now }: DemoRidersOptions, stop: AbortSignal): Promise<boolean> {
  const { bikes } = await store.snapshot()
  const demoNos = new Set(bikes.filter(({ demo }) => demo).map(({ no }) => no))
  const sinceMs = now()
  await pause(listenForOthersMs, stop)
  return (await store.latestFixes(sinceMs)).some(
    ({ bikeNo, speedMps }) => demoNos.has(bikeNo) && (speedMps ?? 0) > 0,
  )
}

async function ride(options: DemoRidersOptions, stop: AbortSignal): Promise<void> {
  const { store, now, log, maxRiders } = options
  let snapshot = await store.snapshot()
  if (!snapshot.bikes.some(({ demo }) => demo)) return
  if (options.mayGrow && (await grow(options, snapshot))) snapshot = await store.snapshot()

  const seed = `${snapshot.logId}/${now()}`
  const simulation = createSimulation({
    roads: createRoads(),
    random: createRandom(seed),
    nowMs: now(),
    maxRiders,
    lastSeen: lastSeenOf(snapshot),
  })
  for (const kind of ['bike', 'device', 'courier', 'delivery', 'issue'] as const) {
    const rows = {
      bike: 'bikes',
      device: 'devices',
      courier: 'couriers',
      delivery: 'deliveries',
      issue: 'issues',
    } as const
    for (const row of snapshot[rows[kind]]) simulation.observe(kind, row.id, row)
  }
  const sender = createPositionSender(options.appUrl, log)
  const errands = createErrands(options, simulation)
  const follow = followChanges(store, snapshot.seq, simulation, log)
  try {
    let announced = false
    for (let nextMs = now(); !stop.aborted; nextMs += tickMs) {
      await follow.catchUp()
      const fixes: DemoFix[] = []
      for (const event of simulation.advance(now()))
        if (event.type === 'fix') fixes.push(event.fix)
        else errands.run(event.command, event.actor)
      if (fixes.length > 0) sender.send(fixes)
      if (!announced) log.info({ riders: simulation.riders.size }, 'Demo couriers are riding')
      announced = true
      if (now() - nextMs > 5_000) nextMs = now()
      await pause(Math.max(0, nextMs + tickMs - now()), stop)
    }
  } finally {
    follow.stop()
    await sender.close()
    await errands.idle()
  }
}

/** Adds bikes and couriers until as many ride as were asked for. @returns whether any were added */
async function grow(options: DemoRidersOptions, { bikes, couriers }: Snapshot): Promise<boolean> {
  const { store, now, maxRiders, randomBytes } = options
  const riding = couriers.filter(
    ({ demo, shift, bikeId }) => demo && shift !== 'off' && bikeId !== null,
  ).length
  if (riding >= maxRiders) return false
  const nowMs = now()
  const codes = bikes.map(({ code }) => Number(/^AMS-(\d+)$/.exec(code)?.[1] ?? 0))
  const size = furtherFleet(Math.max(bikes.length, couriers.length, ...codes), maxRiders - riding)
  const plan = planFleet(size, { random: createRandom(`growth/${nowMs}`), randomBytes }, nowMs)
  for (const commands of [plan.create, plan.start]) {
    const outcome = await store.executeAll(commands, {
      key: `demo:${randomUUID()}`,
      actor: demoActor,
      nowMs,
      demo: true,
    })
    if (!outcome.ok)
      throw new AppError('storage_failed', `The demo fleet cannot grow: ${outcome.refusal.message}`)
  }
  options.log.info({ added: size.riding }, 'The demo fleet has grown')
  return true
}

function lastSeenOf({ bikes, latest }: Snapshot): ReadonlyMap<BikeId, LastSeen> {
  const ids = new Map(bikes.map(({ no, id }) => [no, id]))
  return new Map(
    latest.flatMap(({ bikeNo, lat, lon, batteryPct }) => {
      const id = ids.get(bikeNo)
      return id ? [[id, { point: { lat, lon }, batteryPct }]] : []
    }),
  )
}

/** Executes what the demo's people decide, one after another, as anybody's command would be. */
function createErrands({ store, now, log }: DemoRidersOptions, simulation: Simulation) {
  let last: Promise<void> = Promise.resolve()

  async function execute(command: Command, actor: string): Promise<void> {
    const [kind] = command.type.split('.') as ['bike' | 'courier' | 'delivery' | 'issue']
    try {
      const outcome = await store.execute(command, {
        key: `demo:${randomUUID()}`,
        actor: { id: null, name: actor },
        nowMs: now(),
        demo: true,
      })
      if (outcome.ok) simulation.observe(kind, command.id, outcome.entity)
      else {
        // Somebody else decided first. The row as it is now is what counts.
        log.debug({ command: command.type, code: outcome.refusal.code }, 'A demo step was refused')
        simulation.observe(kind, command.id, await store.get(kind, command.id))
      }
    } catch (error) {
      // The row stays as it was, or the change log tells what came of it: the demo decides anew either way.
      log.debug({ command: command.type, error }, 'A demo step failed')
    } finally {
      simulation.settle(command)
    }
  }

  return {
    run(command: Command, actor: string): void {
      last = last.then(() => execute(command, actor))
    },
    idle: () => last,
  }
}

/** Tells the simulation what anybody changed. */
function followChanges(store: Store, from: ChangeSeq, simulation: Simulation, log: Log) {
  let seq = from
  let isBehind = true
  const unsubscribe = store.onChange(() => {
    isBehind = true
  })
  return {
    stop: unsubscribe,
    /** While the database is away the riders ride on with what they know; their fixes wait. */
    async catchUp(): Promise<void> {
      while (isBehind) {
        isBehind = false
        let changes: Awaited<ReturnType<Store['changes']>>
        try {
          changes = await store.changes(seq, changesAtOnce)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          isBehind = true
          log.debug({ error }, 'The demo cannot read the change log')
          return
        }
        for (const change of changes) simulation.observe(change.kind, change.id, change.entity)
        seq = changes.at(-1)?.seq ?? seq
        if (changes.length === changesAtOnce) isBehind = true
      }
    },
  }
}
