import { activeDeliveryStatuses, entityKinds, type EntityByKind, type EntityKind } from '@fleet/domain'
import { sql, type Kysely } from 'kysely'
import type { Backend } from './backend.ts'
import { changed, type HandlerContext, type Write } from './commands/handler.ts'
import { executeOnce, fingerprintOf, type AttributedWrite } from './executor.ts'
import type { CommandContext } from './port.ts'
import { fromRow } from './rows.ts'
import { tableOf, type RowOf, type Schema } from './schema.ts'

/** Rows that point to others go before what they point to. */
const removalOrder: readonly EntityKind[] = [
  'service',
  'user',
  'device',
  'issue',
  'delivery',
  'courier',
  'bike',
  'zone',
]

/**
 * Removes all demonstration rows, their positions and sessions, through the change log, in one transaction that holds
 * the lock on everything. The history of their trackers goes before it, in pieces: if the process dies in between, the
 * demonstration is still there with less history, and clearing it again goes on.
 *
 * What real work rests on stays: a demonstration bike that a real courier rides or that carries a real tracker, a
 * demonstration courier with real deliveries under way, a real tracker or a real account, and the only admin.
 */
export async function clearDemo<Tx>(
  backend: Backend<Tx>,
  context: CommandContext,
): Promise<{ removed: number }> {
  const demoDevices = await backend.db
    .selectFrom('devices')
    .select('no')
    .where(sql<boolean>`demo = ${true}`)
    .execute()
  await backend.positions.clearHistory(demoDevices.map((device) => device.no))
  const handlerContext: HandlerContext = {
    actor: context.actor,
    nowMs: context.nowMs,
    demo: false,
    byCourier: false,
  }
  const decided: Write[] = []
  const intent = { fingerprint: fingerprintOf('demo.clear'), wide: true }
  const outcome = await executeOnce(
    backend,
    context,
    intent,
    async (_reader, tx) => {
      // The transaction may run more than once.
      decided.length = 0
      decided.push(...(await findRemovals(tx.db, handlerContext)))
      const writes = decided.map((write): AttributedWrite => ({ write, command: 'demo.clear' }))
      return { ok: true, writes, subject: null }
    },
    async (tx) => {
      const numbersOf = (kind: 'bike' | 'courier' | 'device') =>
        decided.flatMap((write) =>
          write.kind === kind && write.change === 'remove' ? [write.entity.no] : [],
        )
      return backend.positions.clearFor(await tx.native(), {
        bikeNos: numbersOf('bike'),
        courierNos: numbersOf('courier'),
        deviceNos: numbersOf('device'),
      })
    },
  )
  // A key that was used before did its work before.
  if (!outcome.ok || outcome.replayed) return { removed: 0 }
  return { removed: decided.filter((write) => write.change === 'remove').length }
}

async function findRemovals(db: Kysely<Schema>, context: HandlerContext): Promise<Write[]> {
  const demo = {} as { [K in EntityKind]: EntityByKind[K][] }
  for (const kind of entityKinds) demo[kind] = (await readWhere(db, kind, sql`demo = ${true}`)) as never
  const realCouriers = await readWhere(db, 'courier', sql`demo = ${false} and bike_id is not null`)
  const realDevices = await readWhere(db, 'device', sql`demo = ${false}`)
  const realUsers = await readWhere(db, 'user', sql`demo = ${false}`)
  const realDeliveries = await readWhere(
    db,
    'delivery',
    sql`demo = ${false} and courier_id is not null and status in (${sql.join([...activeDeliveryStatuses])})`,
  )

  const isAdmin = (user: EntityByKind['user']) => user.role === 'admin' && !user.disabled
  const keptUsers = new Set(realUsers.some(isAdmin) ? [] : demo.user.filter(isAdmin).map((user) => user.id))
  const keptCouriers = new Set<string | null>([
    ...realDeliveries.map((delivery) => delivery.courierId),
    ...realUsers.map((user) => user.courierId),
    ...demo.user.filter((user) => keptUsers.has(user.id)).map((user) => user.courierId),
    ...realDevices.map(({ mount }) => (mount.on === 'courier' ? mount.courierId : null)),
  ])
  const keptBikes = new Set<string | null>([
    ...realCouriers.map((courier) => courier.bikeId),
    ...demo.courier.filter((courier) => keptCouriers.has(courier.id)).map((courier) => courier.bikeId),
    ...realDevices.map(({ mount }) => (mount.on === 'bike' ? mount.bikeId : null)),
  ])
  const kept: { readonly [K in EntityKind]?: ReadonlySet<string | null> } = {
    user: keptUsers,
    courier: keptCouriers,
    bike: keptBikes,
  }

  // A demonstration courier who goes leaves the real bike behind.
  const leavers = demo.courier.filter((courier) => !keptCouriers.has(courier.id) && courier.bikeId !== null)
  const ridden = leavers.flatMap((courier) => (courier.bikeId === null ? [] : [courier.bikeId]))
  const left = ridden.length === 0 ? [] : await readWhere(db, 'bike', sql`id in (${sql.join(ridden)})`)
  const returned = left
    .filter((bike) => !bike.demo || keptBikes.has(bike.id))
    .map((bike): Write => ({
      kind: 'bike',
      change: 'update',
      entity: changed(bike, { status: 'available' }, context),
    }))

  const removals = removalOrder.flatMap((kind) =>
    demo[kind]
      .filter((entity) => !kept[kind]?.has(entity.id))
      .map((entity) => ({ kind, change: 'remove', entity: changed(entity, {}, context) }) as Write),
  )
  return [...removals, ...returned]
}

async function readWhere<K extends EntityKind>(
  db: Kysely<Schema>,
  kind: K,
  condition: ReturnType<typeof sql<boolean>>,
): Promise<EntityByKind[K][]> {
  const rows = await db
    .selectFrom(tableOf[kind] as 'bikes')
    .selectAll()
    .where(condition)
    .orderBy('id')
    .execute()
  return (rows as unknown as RowOf<K>[]).map((row) => fromRow(kind, row))
}
