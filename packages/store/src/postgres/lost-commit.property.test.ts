import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  startFaultProxy,
  startPostgres,
  type FaultProxy,
  type MessageFault,
  type MessageKind,
  type PostgresServer,
} from '../../testing/index.ts'
import { checkLog, makeContext, makeId, readLog, unique } from '../contract/harness.ts'
import { around, makeBatch, makeFix, nextNo, secondsOf } from '../contract/positions-fixtures.ts'
import { openStore } from '../open-store.ts'
import type { CommandContext, Store } from '../port.ts'

/** Of each property; a silent connection takes some seconds to be noticed. */
const schedules = 20
const timeoutMs = 240_000

let server: PostgresServer
let proxy: FaultProxy
let store: Store
beforeAll(async () => {
  server = await startPostgres()
  proxy = await startFaultProxy(server)
  store = await openStore({ ...server.config(await server.createDatabase(), 4), port: proxy.port })
})
afterAll(async () => {
  await store.close()
  await proxy.close()
  await server.stop()
})

interface Fault {
  readonly fault: MessageFault
  readonly at: MessageKind
  readonly skip: number
}

const cut = fc.constantFrom<MessageFault>('cut_before', 'cut_during', 'cut_after', 'reset')
const silent = fc.constantFrom<MessageFault>('silent_before', 'silent_after')
const anyFault: fc.Arbitrary<Fault> = fc.record({
  fault: fc.oneof({ weight: 30, arbitrary: cut }, { weight: 1, arbitrary: silent }),
  at: fc.constantFrom<MessageKind>('commit', 'sync', 'any'),
  skip: fc.nat(12),
})
const schedule = fc.record({
  /** How many do something at once, and how much each does, one after the other. */
  clients: fc.integer({ min: 1, max: 6 }),
  steps: fc.integer({ min: 1, max: 6 }),
  /** How much later everything from the server comes. */
  delayMs: fc.constantFrom(0, 0, 5),
  faults: fc.array(anyFault, { minLength: 1, maxLength: 6 }),
})

async function underFaults(
  { clients, steps, delayMs, faults }: typeof schedule extends fc.Arbitrary<infer T> ? T : never,
  step: (client: number, step: number) => Promise<void>,
): Promise<void> {
  proxy.slowDown(delayMs)
  for (const { fault, at, skip } of faults) proxy.plan(fault, at, skip)
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let n = 0; n < steps; n++) await step(client, n)
    }),
  )
  proxy.heal()
}

test(
  'wherever connections break, every command that was acknowledged is there once, and none is left unknown',
  async () => {
    let unknown = 0
    await fc.assert(
      fc.asyncProperty(schedule, async (plan) => {
        const head = await store.headSeq()
        const unsettledBefore = store.health.current().unknownOutcomes.unsettled
        const sent: { readonly id: string; readonly context: CommandContext }[] = []
        const create = (id: string, context: CommandContext) =>
          store.execute({ type: 'courier.create', id: id as never, name: 'Fault', phone: '' }, context)
        await underFaults(plan, async () => {
          const one = { id: makeId<string>(), context: makeContext() }
          sent.push(one)
          expect(await create(one.id, one.context)).toMatchObject({ ok: true, entity: { version: 1 } })
        })
        const log = await readLog(store, head)
        expect(checkLog(log)).toEqual([])
        expect(log.map(({ id }) => id).toSorted()).toEqual(sent.map(({ id }) => id).toSorted())
        for (const { id, context } of sent)
          expect(await create(id, context)).toMatchObject({ ok: true, replayed: true })
        expect(store.health.current().unknownOutcomes.unsettled).toBe(unsettledBefore)
        unknown = store.health.current().unknownOutcomes.applied
      }),
      { numRuns: schedules },
    )
    // The schedules reached what they are about.
    expect(unknown).toBeGreaterThan(0)
  },
  timeoutMs,
)

test(
  'wherever connections break, every fix is stored once and ridden once',
  async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (plan) => {
        const devices = Array.from({ length: plan.clients }, nextNo)
        const fixes = (client: number, step: number) => [
          // Sometimes the fix before it comes again, as from a phone that got no answer. The others go by COPY.
          ...(step % 3 === 2 ? [makeFix(devices[client]!, step)] : []),
          makeFix(devices[client]!, step + 1),
        ]
        await underFaults(plan, async (client, step) => {
          await store.appendFixes(makeBatch(fixes(client, step)))
        })
        const latest = new Map((await store.latestFixes(0)).map((fix) => [fix.bikeNo, fix]))
        for (const deviceNo of devices) {
          const { items } = await store.history(around({ deviceNo }))
          expect(secondsOf(items)).toEqual(Array.from({ length: plan.steps }, (_, step) => step + 1))
          // Ten metres a fix.
          expect(latest.get(deviceNo)?.odometerM).toBe(plan.steps * 10)
        }
      }),
      { numRuns: schedules },
    )
  },
  timeoutMs,
)

test(
  'a value that is read, changed and written under faults is changed once by each',
  async () => {
    const id = makeId<never>()
    await store.execute({ type: 'courier.create', id, name: 'Counter', phone: '' }, makeContext())
    await fc.assert(
      fc.asyncProperty(schedule, async (plan) => {
        const before = (await store.get('courier', id))!.version
        await underFaults(plan, async () => {
          // Each intent is tried by its own key until its version is the right one: as a screen does.
          for (let done = false; !done;) {
            const { version } = (await store.get('courier', id))!
            const outcome = await store.execute(
              { type: 'courier.update', id, expectedVersion: version, patch: { phone: unique('+31') } },
              makeContext(),
            )
            done = outcome.ok
          }
        })
        expect((await store.get('courier', id))!.version).toBe(before + plan.clients * plan.steps)
      }),
      { numRuns: schedules },
    )
  },
  timeoutMs,
)
