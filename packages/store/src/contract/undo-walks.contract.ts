import {
  bikeEvents,
  shiftEvents,
  undoable,
  type AnyEntity,
  type BikeId,
  type Command,
  type CommandType,
  type CourierId,
  type DeliveryId,
  type DeviceId,
  type EntityKind,
  type IssueId,
  type ServiceEntryId,
  type UserId,
  type ZoneId,
} from '@fleet/domain'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { maxRowLocks } from '../executor.ts'
import { tableOf } from '../schema.ts'
import type { Store } from '../port.ts'
import {
  checkLog,
  makeContext,
  makeId,
  makeStop,
  readLog,
  run,
  startMs,
  unique,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

const everything = Object.keys(undoable) as CommandType[]
const kinds = Object.keys(tableOf) as EntityKind[]

/** Do, undo, redo: every state on the way is the one that was. */
export function describeUndoWalksContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: undo and redo of whatever was done`, () => {
    let database: FreshDatabase
    let store: Store
    beforeAll(async () => {
      database = await makeDatabase()
      store = await database.open()
    })
    afterAll(async () => {
      await store.close()
      await database.close()
    })

    /** Does each action that is not refused, undoes them all, newest first, and does them all again. */
    async function walk(actions: readonly (readonly Command[])[], ids: ReadonlyMap<string, string>) {
      const states = [await stateOf(store, ids)]
      const keys: string[] = []
      for (const commands of actions) {
        const key = unique('walk')
        const outcome = await store.executeAll(commands, makeContext({ key }))
        if (!outcome.ok) continue
        keys.push(key)
        states.push(await stateOf(store, ids))
      }
      const takeBack = async (key: string, expected: State | undefined) => {
        const context = makeContext()
        const outcome = await store.undo({ key, allowed: everything }, context)
        expect(outcome.ok ? 'done' : outcome.refusal).toBe('done')
        expect(await stateOf(store, ids)).toEqual(expected)
        return context.key
      }
      const undos: string[] = []
      for (let at = keys.length - 1; at >= 0; at--) undos.push(await takeBack(keys[at]!, states[at]))
      for (let at = 1; at <= keys.length; at++) await takeBack(undos.pop()!, states[at])
      return keys.length
    }

    test('any commands done, undone and done again lead to the same rows', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(someCommand, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
          async (actions) => {
            const ids = new Map<string, string>()
            const own = (id: string) => ids.get(id) ?? ids.set(id, makeId()).get(id)!
            const head = await store.headSeq()
            await walk(
              actions.map((action) => action.map((command) => withIds(command, own))),
              ids,
            )
            expect(checkLog(await readLog(store, head))).toEqual([])
          },
        ),
        { numRuns: 40 },
      )
    })

    test('more rows than are locked one by one lead back and forth', { timeout: 60_000 }, async () => {
      const ids = Array.from({ length: maxRowLocks + 50 }, () => makeId<BikeId>())
      const done = await walk(
        [
          ids.map((id): Command => ({ type: 'bike.create', id, code: unique('W'), kind: 'city', note: '' })),
          ids.map((id): Command => ({ type: 'bike.update', id, expectedVersion, patch: { note: 'new' } })),
          ids.map((id): Command => ({ type: 'bike.remove', id, expectedVersion })),
        ],
        new Map(ids.map((id) => [id, id])),
      )
      expect(done).toBe(3)
    })

    test('each command that can be undone leads back and forth', async () => {
      const story = await tellStory(store)
      const told = new Set(story.commands.map(({ type }) => type))
      expect([...told].toSorted()).toEqual(everything.filter((type) => undoable[type]).toSorted())
      const done = await walk(
        story.commands.map((command) => [command]),
        new Map(story.ids.map((id) => [id, id])),
      )
      expect(done).toBe(story.commands.length)
    })
  })
}

type State = Readonly<Record<string, unknown>>

/** Every row as it is, but for its version, times and timeline. */
async function stateOf(store: Store, ids: ReadonlyMap<string, string>): Promise<State> {
  const state: Record<string, unknown> = {}
  for (const id of ids.values()) {
    for (const kind of kinds) {
      const row: AnyEntity | null = await store.get(kind, id)
      if (row === null) continue
      const { version: _version, updatedAtMs: _updatedAtMs, ...rest } = row
      state[id] = 'timeline' in rest ? { ...rest, timeline: null } : rest
    }
  }
  return state
}

const few = <T extends string>(prefix: string) =>
  fc.integer({ min: 0, max: 1 }).map((n) => `${prefix}${n}` as T)
const bike = few<BikeId>('bike')
const courier = few<CourierId>('courier')
const delivery = few<DeliveryId>('delivery')
const issue = few<IssueId>('issue')
const zone = few<ZoneId>('zone')
const service = few<ServiceEntryId>('service')
const expectedVersion = null
const stop = makeStop('Undo 1')
const triangle = [
  { lat: 52.1, lon: 4.1 },
  { lat: 52.2, lon: 4.1 },
  { lat: 52.2, lon: 4.2 },
]

/** Commands about a few rows, so that they meet; codes are few, too. */
const someCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(bike, fc.integer({ min: 0, max: 2 })).map(([id, n]): Command => ({
    type: 'bike.create',
    id,
    code: `code${n}`,
    kind: 'city',
    note: '',
  })),
  fc.tuple(bike, fc.integer({ min: 0, max: 2 })).map(([id, n]): Command => ({
    type: 'bike.update',
    id,
    expectedVersion,
    patch: { code: `code${n}`, note: String(n) },
  })),
  fc
    .tuple(bike, fc.constantFrom(...bikeEvents.filter((event) => event !== 'take' && event !== 'return')))
    .map(([id, event]): Command => ({ type: 'bike.step', id, expectedVersion, event })),
  bike.map((id): Command => ({ type: 'bike.remove', id, expectedVersion })),
  courier.map((id): Command => ({ type: 'courier.create', id, name: 'M', phone: '' })),
  fc
    .tuple(courier, fc.constantFrom(...shiftEvents))
    .map(([id, event]): Command => ({ type: 'courier.shift', id, expectedVersion, event })),
  fc
    .tuple(courier, bike)
    .map(([id, bikeId]): Command => ({ type: 'courier.take_bike', id, expectedVersion, bikeId })),
  courier.map((id): Command => ({ type: 'courier.update', id, expectedVersion, patch: { phone: '112' } })),
  courier.map((id): Command => ({ type: 'courier.return_bike', id, expectedVersion })),
  courier.map((id): Command => ({ type: 'courier.remove', id, expectedVersion })),
  delivery.map((id): Command => ({
    type: 'delivery.create',
    id,
    pickup: stop,
    dropoff: stop,
    size: 'small',
    priority: 'normal',
  })),
  fc.tuple(delivery, fc.boolean()).map(([id, pinRequired]): Command => ({
    type: 'delivery.update',
    id,
    expectedVersion,
    patch: { pinRequired, dropoff: makeStop('Undo 2') },
  })),
  fc
    .tuple(delivery, courier)
    .map(([id, courierId]): Command => ({ type: 'delivery.assign', id, expectedVersion, courierId })),
  fc
    .tuple(
      delivery,
      fc.constantFrom('delivery.unassign', 'delivery.pick_up', 'delivery.deliver', 'delivery.retry'),
    )
    .map(([id, type]): Command => ({ type, id, expectedVersion })),
  fc
    .tuple(delivery, fc.constantFrom('delivery.fail', 'delivery.cancel'))
    .map(([id, type]): Command => ({ type, id, expectedVersion, reason: 'because' })),
  delivery.map((id): Command => ({ type: 'delivery.rate', id, expectedVersion, rating: 4, complaint: null })),
  fc.tuple(issue, fc.option(bike)).map(([id, bikeId]): Command => ({
    type: 'issue.create',
    id,
    kind: 'other',
    reporter: 'dispatcher',
    description: 'x',
    bikeId,
    courierId: null,
    deliveryId: null,
  })),
  issue.map((id): Command => ({
    type: 'issue.update',
    id,
    expectedVersion,
    patch: { kind: 'late', bikeId: null },
  })),
  fc.tuple(service, bike).map(([id, bikeId]): Command => ({
    type: 'service.create',
    id,
    bikeId,
    kind: 'brakes',
    atMs: startMs,
    costCents: 500,
    odometerKm: null,
    note: '',
    dueMs: null,
    dueKm: null,
  })),
  service.map((id): Command => ({ type: 'service.update', id, expectedVersion, patch: { costCents: 700 } })),
  service.map((id): Command => ({ type: 'service.remove', id, expectedVersion })),
  issue.map((id): Command => ({ type: 'issue.comment', id, text: 'On its way' })),
  issue.map((id): Command => ({ type: 'issue.step', id, expectedVersion, event: 'resolve' })),
  zone.map((id): Command => ({ type: 'zone.create', id, name: 'Z', kind: 'slow', polygon: triangle })),
  zone.map((id): Command => ({ type: 'zone.update', id, expectedVersion, patch: { name: 'Y' } })),
  zone.map((id): Command => ({ type: 'zone.remove', id, expectedVersion })),
)

/** Rows of their own for each run: ids and codes of this run's. */
function withIds(command: Command, own: (id: string) => string): Command {
  const renamed = Object.fromEntries(
    Object.entries(command).map(([field, value]) => [
      field,
      /^(id|bikeId|courierId)$/.test(field) && typeof value === 'string' ? own(value) : (value as unknown),
    ]),
  ) as unknown as Command
  if (renamed.type === 'bike.create') return { ...renamed, code: codeOfRun(renamed.code, own) }
  if (renamed.type === 'bike.update' && renamed.patch.code !== undefined)
    return { ...renamed, patch: { ...renamed.patch, code: codeOfRun(renamed.patch.code, own) } }
  return renamed
}

const codeOfRun = (code: string, own: (id: string) => string) => `U${own(code).slice(-12)}`

/** A day on which each command that can be undone is given once, or more often. */
async function tellStory(store: Store): Promise<{ commands: Command[]; ids: string[] }> {
  const [bikeId, courierId, zoneId] = [makeId<BikeId>(), makeId<CourierId>(), makeId<ZoneId>()]
  const [deliveryId, cancelledId, issueId] = [makeId<DeliveryId>(), makeId<DeliveryId>(), makeId<IssueId>()]
  const [serviceId, deviceId, userId] = [makeId<ServiceEntryId>(), makeId<DeviceId>(), makeId<UserId>()]
  const [trackedId, soldId, leaverId] = [makeId<BikeId>(), makeId<BikeId>(), makeId<CourierId>()]
  // These two store secrets, so there is nothing to undo; what is changed of them later there is.
  await run(store, { type: 'bike.create', id: trackedId, code: unique('ST'), kind: 'city', note: '' })
  await run(store, {
    type: 'device.create',
    id: deviceId,
    trackerId: unique('tracker'),
    name: 'Frame',
    mount: { on: 'bike', bikeId: trackedId },
    secretHash: 'x',
  })
  await run(store, {
    type: 'user.create',
    id: userId,
    name: unique('user'),
    role: 'viewer',
    courierId: null,
    passwordHash: null,
  })
  const delivery = { pickup: makeStop('Rokin 1'), dropoff: stop, size: 'small', priority: 'normal' } as const
  const service = { atMs: startMs, costCents: 1250, odometerKm: 12, note: '', dueMs: null, dueKm: 500 }
  const commands: Command[] = [
    { type: 'bike.create', id: bikeId, code: unique('ST'), kind: 'city', note: '' },
    { type: 'bike.update', id: bikeId, expectedVersion, patch: { note: 'new saddle', kind: 'cargo' } },
    { type: 'bike.step', id: bikeId, expectedVersion, event: 'service' },
    { type: 'bike.step', id: bikeId, expectedVersion, event: 'release' },
    { type: 'courier.create', id: courierId, name: 'Eva', phone: '' },
    { type: 'courier.update', id: courierId, expectedVersion, patch: { name: 'Eva J.', phone: '+31 6 1' } },
    { type: 'courier.shift', id: courierId, expectedVersion, event: 'start' },
    { type: 'courier.take_bike', id: courierId, expectedVersion, bikeId },
    { type: 'delivery.create', id: deliveryId, ...delivery },
    {
      type: 'delivery.update',
      id: deliveryId,
      expectedVersion,
      patch: { dropoff: makeStop('Damrak 9'), size: 'large', priority: 'urgent', pinRequired: true },
    },
    { type: 'delivery.update', id: deliveryId, expectedVersion, patch: { pinRequired: false } },
    { type: 'delivery.assign', id: deliveryId, expectedVersion, courierId },
    { type: 'delivery.unassign', id: deliveryId, expectedVersion },
    { type: 'delivery.assign', id: deliveryId, expectedVersion, courierId },
    { type: 'delivery.fail', id: deliveryId, expectedVersion, reason: 'nobody home' },
    { type: 'delivery.retry', id: deliveryId, expectedVersion },
    { type: 'delivery.assign', id: deliveryId, expectedVersion, courierId },
    { type: 'delivery.pick_up', id: deliveryId, expectedVersion },
    { type: 'delivery.deliver', id: deliveryId, expectedVersion, proof: { receivedBy: 'Bram' } },
    { type: 'delivery.rate', id: deliveryId, expectedVersion, rating: 2, complaint: 'cold' },
    { type: 'delivery.create', id: cancelledId, ...delivery },
    { type: 'delivery.cancel', id: cancelledId, expectedVersion, reason: 'ordered twice' },
    {
      type: 'issue.create',
      id: issueId,
      kind: 'bike_problem',
      reporter: 'dispatcher',
      description: 'squeaks',
      bikeId,
      courierId,
      deliveryId,
    },
    {
      type: 'issue.update',
      id: issueId,
      expectedVersion,
      patch: { kind: 'other', description: 'squeaks loudly', deliveryId: null },
    },
    { type: 'issue.comment', id: issueId, text: 'On its way' },
    { type: 'issue.step', id: issueId, expectedVersion, event: 'resolve' },
    { type: 'service.create', id: serviceId, bikeId, kind: 'drivetrain', ...service },
    { type: 'service.update', id: serviceId, expectedVersion, patch: { costCents: 990, note: 'chain' } },
    { type: 'service.remove', id: serviceId, expectedVersion },
    { type: 'zone.create', id: zoneId, name: 'West', kind: 'slow', polygon: triangle },
    { type: 'zone.update', id: zoneId, expectedVersion, patch: { name: 'Far west', kind: 'depot' } },
    { type: 'zone.remove', id: zoneId, expectedVersion },
    { type: 'device.update', id: deviceId, expectedVersion, patch: { name: 'Fork' } },
    { type: 'user.update', id: userId, expectedVersion, patch: { role: 'mechanic', disabled: true } },
    { type: 'courier.return_bike', id: courierId, expectedVersion },
    { type: 'courier.shift', id: courierId, expectedVersion, event: 'end' },
    { type: 'courier.create', id: leaverId, name: 'Daan', phone: '' },
    { type: 'courier.remove', id: leaverId, expectedVersion },
    { type: 'bike.create', id: soldId, code: unique('ST'), kind: 'e-cargo', note: '' },
    { type: 'bike.remove', id: soldId, expectedVersion },
  ]
  return { commands, ids: [...new Set([...commands.map(({ id }) => id as string), trackedId])] }
}
