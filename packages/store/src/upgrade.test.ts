import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CourierId, DeliveryId } from '@fleet/domain'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts'
import { makeContext, makeId, makeStop, run, startMs } from './contract/harness.ts'
import { readMigrations } from './migrations.ts'
import { openStore } from './open-store.ts'
import type { Store } from './port.ts'

/*
 * A database of the first release (migrations 1 and 2) with rows in it, as that release wrote them, opened by this one.
 */

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const firstRelease = 2
const policy = { positionsDays: 30, idempotencyDays: 7 }
const [deliveryId, courierId] = [makeId<DeliveryId>(), makeId<CourierId>()]
const courier = {
  id: courierId,
  no: 1,
  name: 'Daan',
  phone: '',
  shift: 'on',
  bikeId: null,
  version: 1,
  createdAtMs: startMs,
  updatedAtMs: startMs,
  demo: false,
}
const stop = makeStop('Dam 1')
const entry = (event: string, status: string, minutes: number) => ({
  atMs: startMs + minutes * 60_000,
  actor: 'anna',
  event,
  status,
  courierId: event === 'create' ? null : courierId,
  note: '',
})
const timeline = [
  entry('create', 'unassigned', 0),
  entry('assign', 'assigned', 1),
  entry('pick_up', 'picked_up', 2),
  entry('deliver', 'delivered', 30),
]
const delivery = {
  id: deliveryId,
  code: 'D-000001',
  status: 'delivered',
  courierId,
  pickup: stop,
  dropoff: stop,
  size: 'small',
  priority: 'normal',
  failureReason: null,
  timeline,
  rating: null,
  complaint: null,
  version: 4,
  createdAtMs: startMs,
  updatedAtMs: startMs + 30 * 60_000,
  demo: false,
}

/** Statements of the first release, with values that both databases take. */
const rows: readonly (readonly [text: string, values: readonly (string | number | null)[]])[] = [
  [
    `INSERT INTO couriers (id, version, created_at_ms, updated_at_ms, demo, sort_key, search_text, no, name, phone, shift, bike_id)
     VALUES ($1, 1, $2, $2, FALSE, 'daan', 'daan', 1, 'Daan', '', 'on', NULL)`,
    [courierId, startMs],
  ],
  [
    `INSERT INTO deliveries (id, version, created_at_ms, updated_at_ms, demo, sort_key, search_text, code, status, courier_id,
       window_from_ms, window_to_ms, size, priority, pickup, dropoff, failure_reason, timeline, rating, complaint)
     VALUES ($1, 4, $2, $3, FALSE, $4, $5, 'D-000001', 'delivered', $6, $7, $8, 'small', 'normal', $9, $9, NULL, $10, NULL, NULL)`,
    [
      deliveryId,
      startMs,
      startMs + 30 * 60_000,
      String(startMs).padStart(14, '0'),
      'd-000001\ndam 1\nbram +31 6 12345678',
      courierId,
      stop.window.fromMs,
      stop.window.toMs,
      JSON.stringify(stop),
      JSON.stringify(timeline),
    ],
  ],
  ...[
    ['courier', courierId, 1, JSON.stringify(courier), 'courier.create'] as const,
    ['delivery', deliveryId, 4, JSON.stringify(delivery), 'delivery.deliver'] as const,
  ].map(
    ([kind, id, version, entity, command], index) =>
      [
        `INSERT INTO changes (seq, at_ms, kind, entity_id, version, entity, command, actor_id, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, 'anna')`,
        [index + 1, startMs, kind, id, version, entity, command],
      ] as const,
  ),
  [
    `INSERT INTO idempotency (key, fingerprint, outcome, at_ms) VALUES ('old', 'x', $1, $2)`,
    [JSON.stringify({ ok: true, entity: delivery, seq: '2' }), startMs],
  ],
]

const recordMigration = `INSERT INTO migrations (version, name, checksum, applied_at_ms) VALUES ($1, $2, $3, 0)`
const createMigrations = `CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL,
  applied_at_ms BIGINT NOT NULL)`

async function makeFirstRelease(
  folder: string,
  execute: (text: string, values: readonly (string | number | null)[]) => unknown,
): Promise<void> {
  await execute(createMigrations, [])
  for (const { version, name, checksum, sql } of readMigrations(folder).slice(0, firstRelease)) {
    await execute(sql, [])
    await execute(recordMigration, [version, name, checksum])
  }
  for (const [text, values] of rows) await execute(text, values)
}

async function checkUpgraded(store: Store): Promise<void> {
  const upgraded = { ...delivery, pinRequired: false, pinFailures: 0, proof: null }
  expect(await store.get('delivery', deliveryId)).toEqual(upgraded)
  expect((await store.audit({ limit: 1, id: deliveryId })).items[0]!.entity).toEqual(upgraded)
  expect((await store.list('delivery', { limit: 5, search: 'dam 1' })).items).toHaveLength(1)
  expect(await store.deliveryPin(deliveryId)).toMatch(/^\d{4}$/)

  // What was written then is counted in by the first upkeep, once.
  const count = () => store.insightData(startMs, startMs + 3_600_000)
  expect(await count()).toMatchObject({ deliveries: [], carried: [] })
  await store.maintain(startMs, policy)
  await store.maintain(startMs, policy)
  const endedAtMs = startMs + 30 * 60_000
  expect(await count()).toMatchObject({
    deliveries: [{ courierId, district: 'Centrum', endedAtMs }],
    carried: [{ courierId, fromMs: startMs + 2 * 60_000, toMs: endedAtMs }],
  })
  expect(await store.courierStates(courierId, 0, startMs + 1)).toMatchObject([{ shift: 'on', bikeId: null }])

  // What was done then cannot be undone; what is done now can, back to what was then.
  expect(await store.undo({ key: 'old', allowed: ['delivery.deliver'] }, makeContext())).toMatchObject({
    ok: false,
    refusal: { code: 'impossible_step' },
  })
  const key = 'rate-it'
  await run(
    store,
    { type: 'delivery.rate', id: deliveryId, expectedVersion: 4, rating: 5, complaint: null },
    { key },
  )
  const undone = await store.undo({ key, allowed: ['delivery.rate'] }, makeContext())
  expect(undone).toMatchObject({ ok: true, entity: { version: 6, rating: null, proof: null } })
}

test('SQLite: a database of the first release is brought up to date with its rows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-upgrade-'))
  const file = join(folder, 'fleet.db')
  const db = new DatabaseSync(file)
  await makeFirstRelease(join(import.meta.dirname, 'sqlite/migrations'), (text, values) => {
    if (values.length === 0) return db.exec(text)
    return db.prepare(text.replaceAll('$', '?')).run(...values)
  })
  db.close()
  const store = await openStore({ backend: 'sqlite', file })
  await checkUpgraded(store)
  await store.close()
  rmSync(folder, { recursive: true })
})

test('PostgreSQL: a database of the first release is brought up to date with its rows', async () => {
  const database = await server.createDatabase()
  const { host, port, user, password } = server
  const client = new Client({ host, port, user, password, database })
  await client.connect()
  await makeFirstRelease(join(import.meta.dirname, 'postgres/migrations'), (text, values) =>
    values.length === 0 ? client.query(text) : client.query(text, [...values]),
  )
  await client.end()
  const store = await openStore(server.config(database, 2))
  await checkUpgraded(store)
  await store.close()
})
