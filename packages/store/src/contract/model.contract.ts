import {
  bikeEvents,
  bikeTransitions,
  deliveryTransitions,
  shiftEvents,
  shiftTransitions,
  type BikeId,
  type BikeStatus,
  type Command,
  type CourierId,
  type DeliveryId,
  type DeliveryStatus,
  type Shift,
} from '@fleet/domain'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../port.ts'
import {
  checkLog,
  makeContext,
  makeId,
  makeStop,
  readLog,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

type ModelledCommand = Extract<
  Command,
  {
    type:
      | 'bike.create'
      | 'bike.step'
      | 'courier.create'
      | 'courier.shift'
      | 'courier.take_bike'
      | 'courier.return_bike'
      | 'delivery.create'
      | 'delivery.assign'
      | 'delivery.unassign'
      | 'delivery.pick_up'
      | 'delivery.deliver'
      | 'delivery.fail'
      | 'delivery.retry'
      | 'delivery.cancel'
  }
>

/** What must be true, written down a second time and as shortly as possible. */
class Model {
  readonly bikes = new Map<string, BikeStatus>()
  readonly couriers = new Map<string, { shift: Shift; bikeId: string | null }>()
  readonly deliveries = new Map<string, { status: DeliveryStatus; courierId: string | null }>()

  /** Whether the command is accepted; if so, its effect. */
  apply(command: ModelledCommand): boolean {
    switch (command.type) {
      case 'bike.create':
        if (this.bikes.has(command.id)) return false
        this.bikes.set(command.id, 'available')
        return true
      case 'bike.step':
        return this.#stepBike(command.id, command.event)
      case 'courier.create':
        if (this.couriers.has(command.id)) return false
        this.couriers.set(command.id, { shift: 'off', bikeId: null })
        return true
      case 'courier.shift': {
        const courier = this.couriers.get(command.id)
        const shift = courier && shiftTransitions[courier.shift][command.event]
        if (!shift) return false
        if (shift === 'off' && courier.bikeId !== null) {
          this.#stepBike(courier.bikeId, 'return')
          courier.bikeId = null
        }
        courier.shift = shift
        return true
      }
      case 'courier.take_bike': {
        const courier = this.couriers.get(command.id)
        if (!courier || courier.shift === 'off' || courier.bikeId !== null) return false
        if (!this.#stepBike(command.bikeId, 'take')) return false
        courier.bikeId = command.bikeId
        return true
      }
      case 'courier.return_bike': {
        const courier = this.couriers.get(command.id)
        if (!courier || courier.bikeId === null) return false
        this.#stepBike(courier.bikeId, 'return')
        courier.bikeId = null
        return true
      }
      case 'delivery.create':
        if (this.deliveries.has(command.id)) return false
        this.deliveries.set(command.id, { status: 'unassigned', courierId: null })
        return true
      case 'delivery.assign': {
        const courier = this.couriers.get(command.courierId)
        if (!courier || courier.shift === 'off') return false
        if (this.deliveries.get(command.id)?.courierId === command.courierId) return false
        return this.#stepDelivery(command.id, 'assign', command.courierId)
      }
      case 'delivery.unassign':
        return this.#stepDelivery(command.id, 'unassign', null)
      case 'delivery.pick_up':
        return this.#stepDelivery(command.id, 'pick_up')
      case 'delivery.deliver':
        return this.#stepDelivery(command.id, 'deliver')
      case 'delivery.fail':
        return this.#stepDelivery(command.id, 'fail')
      case 'delivery.retry':
        return this.#stepDelivery(command.id, 'retry', null)
      case 'delivery.cancel':
        break
    }
    return this.#stepDelivery(command.id, 'cancel')
  }

  #stepBike(id: string, event: keyof (typeof bikeTransitions)['available']): boolean {
    const status = this.bikes.get(id)
    const next = status && bikeTransitions[status][event]
    if (!next) return false
    this.bikes.set(id, next)
    return true
  }

  #stepDelivery(
    id: string,
    event: keyof (typeof deliveryTransitions)['failed'],
    courierId?: string | null,
  ): boolean {
    const delivery = this.deliveries.get(id)
    const next = delivery && deliveryTransitions[delivery.status][event]
    if (!next) return false
    delivery.status = next
    if (courierId !== undefined) delivery.courierId = courierId
    return true
  }
}

const few = <T extends string>(base: number) => fc.integer({ min: 0, max: 2 }).map((n) => makeId<T>(base + n))
const expectedVersion = null
const stop = makeStop('Model 1')

/** Commands about a few rows, so that they meet. */
function commandsFrom(base: number): fc.Arbitrary<ModelledCommand[]> {
  const bike = few<BikeId>(base)
  const courier = few<CourierId>(base + 10)
  const delivery = few<DeliveryId>(base + 20)
  const bikeStep = fc.constantFrom(...bikeEvents).filter((event) => event !== 'take' && event !== 'return')
  return fc.array(
    fc.oneof(
      bike.map((id): ModelledCommand => ({
        type: 'bike.create',
        id,
        code: `MOD-${id.slice(-6)}`,
        kind: 'city',
        note: '',
      })),
      fc
        .tuple(bike, bikeStep)
        .map(([id, event]): ModelledCommand => ({ type: 'bike.step', id, expectedVersion, event })),
      courier.map((id): ModelledCommand => ({ type: 'courier.create', id, name: 'M', phone: '' })),
      {
        weight: 2,
        arbitrary: fc
          .tuple(courier, fc.constantFrom(...shiftEvents))
          .map(([id, event]): ModelledCommand => ({ type: 'courier.shift', id, expectedVersion, event })),
      },
      fc
        .tuple(courier, bike)
        .map(([id, bikeId]): ModelledCommand => ({ type: 'courier.take_bike', id, expectedVersion, bikeId })),
      courier.map((id): ModelledCommand => ({ type: 'courier.return_bike', id, expectedVersion })),
      delivery.map((id): ModelledCommand => ({
        type: 'delivery.create',
        id,
        pickup: stop,
        dropoff: stop,
        size: 'small',
        priority: 'normal',
      })),
      fc.tuple(delivery, courier).map(([id, courierId]): ModelledCommand => ({
        type: 'delivery.assign',
        id,
        expectedVersion,
        courierId,
      })),
      fc
        .tuple(
          delivery,
          fc.constantFrom('delivery.unassign', 'delivery.pick_up', 'delivery.deliver', 'delivery.retry'),
        )
        .map(([id, type]): ModelledCommand => ({ type, id, expectedVersion })),
      fc
        .tuple(delivery, fc.constantFrom('delivery.fail', 'delivery.cancel'))
        .map(([id, type]): ModelledCommand => ({ type, id, expectedVersion, reason: 'because' })),
    ),
    { minLength: 1, maxLength: 40 },
  )
}

export function describeModelContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: against a model`, () => {
    let database: FreshDatabase
    let store: Store
    // Rows of their own for each run.
    let base = 1_000_000
    beforeAll(async () => {
      database = await makeDatabase()
      store = await database.open()
    })
    afterAll(async () => {
      await store.close()
      await database.close()
    })

    const expectSame = async (model: Model) => {
      for (const [id, status] of model.bikes) expect((await store.get('bike', id))?.status).toBe(status)
      for (const [id, state] of model.couriers) expect(await store.get('courier', id)).toMatchObject(state)
      for (const [id, state] of model.deliveries) expect(await store.get('delivery', id)).toMatchObject(state)
    }

    test('any sequence of commands leads to the states of the model, each sent once or twice', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constant(null).chain(() => commandsFrom((base += 100))),
          fc.infiniteStream(fc.boolean()),
          async (commands, twice) => {
            // Shrinking runs the same rows again.
            const mine = new Map<string, string>()
            const own = (id: string) => mine.get(id) ?? mine.set(id, makeId((base += 1))).get(id)!
            const model = new Model()
            const head = await store.headSeq()
            let accepted = 0
            for (const command of commands) {
              const renamed = renameIds(command, own)
              const context = makeContext()
              const outcome = await store.execute(renamed, context)
              if (twice.next().value)
                expect(await store.execute(renamed, context)).toEqual({ ...outcome, replayed: true })
              const expected = model.apply(renamed)
              if (expected) accepted += 1
              expect([renamed.type, outcome.ok]).toEqual([renamed.type, expected])
            }
            await expectSame(model)
            const lines = await readLog(store, head)
            expect(checkLog(lines)).toEqual([])
            expect(lines.length).toBeGreaterThanOrEqual(accepted)
          },
        ),
        { numRuns: 40 },
      )
    })

    test('the same commands in one transaction lead to the same states, or to nothing', async () => {
      await fc.assert(
        fc.asyncProperty(commandsFrom(500_000), async (commands) => {
          const mine = new Map<string, string>()
          const own = (id: string) => mine.get(id) ?? mine.set(id, makeId((base += 1))).get(id)!
          const renamed = commands.map((command) => renameIds(command, own))
          const [model, dry] = [new Model(), new Model()]
          // Without those that would be refused, half of the time.
          const kept = renamed.length % 2 === 0 ? renamed.filter((command) => dry.apply(command)) : renamed
          const head = await store.headSeq()
          const outcome = await store.executeAll(kept, makeContext())
          const expected = kept.every((command) => model.apply(command))
          expect(outcome.ok).toBe(expected)
          if (expected) await expectSame(model)
          else expect(await store.headSeq()).toBe(head)
        }),
        { numRuns: 40 },
      )
    })
  })
}

function renameIds(command: ModelledCommand, own: (id: string) => string): ModelledCommand {
  const renamed = Object.fromEntries(
    Object.entries(command).map(([field, value]) => [
      field,
      /^(id|bikeId|courierId)$/.test(field) ? own(value as string) : value,
    ]),
  ) as unknown as ModelledCommand
  return renamed.type === 'bike.create' ? { ...renamed, code: `MOD-${renamed.id.slice(-6)}` } : renamed
}
