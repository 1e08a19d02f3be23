import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { CommandType, ZoneId } from '@fleet/domain'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  checkLog,
  makeBike,
  makeContext,
  makeDelivery,
  makeId,
  readLog,
  startMs,
} from '../contract/harness.ts'
import { around, makeBatch, makeFix, noonMs } from '../contract/positions-fixtures.ts'
import { openStore } from '../open-store.ts'
import type { Store } from '../port.ts'
import { contentOf, crossingOf, fillFleet, type FilledFleet } from './filled-fleet.ts'
import { openMigrationHarness, type MigrationHarness } from './migration-harness.ts'

let harness: MigrationHarness
beforeAll(async () => {
  harness = await openMigrationHarness()
})
afterAll(() => harness.close())

const newFile = () => harness.newFile()
const newDatabase = () => harness.server.createDatabase()
const everything: readonly CommandType[] = ['delivery.assign', 'bike.create', 'bike.update']

describe('there and back', () => {
  test('every table of both databases is copied, and the fleet of these tests fills each of them', async () => {
    const [file, copy, database] = [newFile(), newFile(), await newDatabase()]
    await harness.onFile(file, fillFleet)
    const there = await harness.migrate(file, database)
    expect(there.comparisons.filter(({ isEqual }) => !isEqual)).toEqual([])
    const tables = await harness.query(
      database,
      `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
         AND relnamespace = 'public'::regnamespace AND relname NOT IN ('migrations', 'meta') ORDER BY 1`,
    )
    const copied = new Set(there.comparisons.map(({ name }) => name.split(' ')[0]))
    expect(tables.map(({ name }) => name).filter((name) => !copied.has(name as string))).toEqual([])
    for (const { name, source } of there.comparisons) expect([name, source.rows]).not.toEqual([name, 0])

    const back = await harness.migrate(copy, database, { direction: 'to_sqlite' })
    expect(back).toMatchObject({ isEqual: true, rows: there.rows, resumedRows: 0 })
    expect(contentOf(copy)).toEqual(contentOf(file))
  })

  test('whatever rows there are come back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(someRows, async (rows) => {
        const [file, copy, database] = [newFile(), newFile(), await newDatabase()]
        await harness.onFile(file, async () => {})
        insertRows(file, rows)
        expect(await harness.migrate(file, database)).toMatchObject({ isEqual: true })
        expect(await harness.migrate(copy, database, { direction: 'to_sqlite' })).toMatchObject({
          isEqual: true,
        })
        expect(contentOf(copy)).toEqual(contentOf(file))
      }),
      { numRuns: 6, endOnFailure: true },
    )
  }, 120_000)
})

describe('the app on the other database', () => {
  test('goes on where it was: undo, keys, numbers, codes, sessions, secrets, history', async () => {
    const [file, copy, database] = [newFile(), newFile(), await newDatabase()]
    const before = await harness.onFile(file, async (store) => ({
      fleet: await fillFleet(store),
      ...(await known(store)),
    }))
    await harness.migrate(file, database)
    const after = await harness.onServer(database, async (store) => {
      const moved = await known(store)
      expect({ ...moved, logId: null }).toEqual({ ...before, fleet: undefined, logId: null })
      // Its cursors are not those of the file, which may be used on.
      expect(moved.logId).not.toBe(before.logId)
      await workOn(store, before.fleet)
      return known(store)
    })
    await harness.migrate(copy, database, { direction: 'to_sqlite' })
    await harness.onFile(copy, async (store) => {
      expect({ ...(await known(store)), logId: null }).toEqual({ ...after, logId: null })
      await workOn(store, before.fleet, 'undone on PostgreSQL')
    })
  })

  test('goes on behind seqs that pass 2^53', async () => {
    const [file, database] = [newFile(), await newDatabase()]
    await harness.onServer(database, async () => {})
    await harness.query(database, `UPDATE meta SET value = '4000000000000' WHERE key = 'xid_offset'`)
    await harness.onServer(database, fillFleet)
    await harness.migrate(file, database, { direction: 'to_sqlite' })
    await harness.onFile(file, async (store) => {
      await makeBike(store)
      await store.appendFixes(makeBatch([makeFix(9, 1)]))
      const log = await readLog(store)
      expect(checkLog(log)).toEqual([])
      expect(BigInt(log.at(-1)!.seq) - BigInt(log.at(-2)!.seq)).toBe(1n)
      expect(BigInt(log[0]!.seq)).toBeGreaterThan(2n ** 61n)
    })
  })

  /** What must be the same on both. */
  async function known(store: Store) {
    const { logId, ...rest } = await store.snapshot()
    const [delivery] = rest.deliveries
    const { items } = await store.history(around({ deviceNo: 1 }))
    return {
      logId,
      rest: { ...rest, seq: null },
      log: (await readLog(store)).length,
      pin: delivery && (await store.deliveryPin(delivery.id)),
      latest: await store.latestFixes(0),
      items,
      zoneEvents: await store.zoneEvents({ limit: 100 }),
      contacts: await store.deviceContacts(),
    }
  }

  /** @param undoing whether the action before the move is undone here, or was already */
  async function workOn(store: Store, fleet: FilledFleet, undoing?: 'undone on PostgreSQL') {
    const { deliveryId, assignKey, sessionHash, userId } = fleet
    expect(await store.findSession(sessionHash, startMs)).toMatchObject({ user: { id: userId } })
    const token = await store.shareDelivery(deliveryId, startMs)
    expect(token.ok && (await store.sharedDelivery(token.value))).toMatchObject({ id: deliveryId })
    const again = await store.execute(
      { type: 'delivery.assign', id: deliveryId, expectedVersion: null, courierId: makeId() },
      makeContext({ key: assignKey }),
    )
    // Another intent under a key that is recorded: the record came along.
    expect(again).toMatchObject({ ok: false })
    const undone = await store.undo({ key: assignKey, allowed: everything }, makeContext())
    if (undoing) expect(undone).toMatchObject({ ok: false, refusal: { code: 'stale_version' } })
    else expect(undone).toMatchObject({ ok: true, entity: { status: 'unassigned', courierId: null } })

    const { bikes, deliveries } = await store.snapshot()
    await makeBike(store)
    const newest = (await store.snapshot()).bikes.map(({ no }) => no)
    expect(Math.max(...newest)).toBe(Math.max(...bikes.map(({ no }) => no)) + 1)
    const created = await store.get('delivery', await makeDelivery(store))
    expect(
      created!.code >
        deliveries
          .map(({ code }) => code)
          .toSorted()
          .at(-1)!,
    ).toBe(true)
    const lastNo = await store.lastZoneEventNo()
    await store.recordCrossings([crossingOf(makeId<ZoneId>())])
    expect(await store.lastZoneEventNo()).toBe(lastNo + 1)
    expect(checkLog(await readLog(store))).toEqual([])
  }
})

describe('what is compared in the end', () => {
  const tamperings: readonly (readonly [name: string, sql: string])[] = [
    ['deliveries', `UPDATE deliveries SET dropoff = jsonb_set(dropoff, '{note}', '"other"')`],
    ['position 2025-06-15', `UPDATE position SET speed_mps = 5.250000000000001 WHERE device_no = 1`],
    ['position 2025-06-15', `DELETE FROM position WHERE device_no = 2`],
    ['attachments', `UPDATE attachments SET bytes = set_byte(bytes, 69999, 1)`],
    ['latest_fix', `UPDATE latest_fix SET time = time + interval '1 ms'`],
    ['sessions', `DELETE FROM sessions`],
  ]

  test.each(tamperings)('shows a difference in %s: %s', async (name, sql) => {
    const [file, database] = [newFile(), await newDatabase()]
    await harness.onFile(file, fillFleet)
    const stop = new AbortController()
    const copied = harness.migrate(file, database, {
      signal: stop.signal,
      report: ({ phase }) => {
        if (phase === 'checking') stop.abort()
      },
    })
    await expect(copied).rejects.toMatchObject({ name: 'AbortError' })
    await harness.query(database, sql)
    const result = await harness.migrate(file, database)
    expect(result.comparisons.filter(({ isEqual }) => !isEqual).map((one) => one.name)).toEqual([name])
    await expect(openStore(harness.server.config(database, 2))).rejects.toMatchObject({
      code: 'migration_unfinished',
    })
    expect(await harness.migrate(file, database, { restart: true })).toMatchObject({ isEqual: true })
    await harness.onServer(database, async (store) => expect(await store.isEmpty()).toBe(false))
  })
})

/** Rows of tables without references, with whatever their columns take. */
interface SomeRows {
  readonly [table: string]: readonly (readonly SQLInputValue[])[]
}

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const double = fc.double({ noNaN: true, noDefaultInfinity: true })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 })
const time = fc.integer({ min: noonMs - 172_800_000, max: noonMs + 172_800_000 })
const json = fc.jsonValue({ stringUnit: 'grapheme' }).map((value) => JSON.stringify({ value }))
const whole = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

const someRows: fc.Arbitrary<SomeRows> = fc.record({
  position: fc.uniqueArray(
    fc.tuple(
      fc.nat(20),
      time,
      fc.integer({ min: -900_000_000, max: 900_000_000 }),
      fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
      maybe(whole),
      maybe(whole),
      time,
      maybe(double),
      maybe(double),
      maybe(double),
      maybe(double),
      maybe(double),
      maybe(fc.nat(1)),
      maybe(fc.constantFrom('inaccurate', 'jump', 'future')),
      maybe(json),
    ),
    { selector: (row) => row.slice(0, 4).join('/'), maxLength: 60 },
  ),
  changes: fc
    .uniqueArray(
      fc.tuple(
        fc.bigInt({ min: 1n, max: 2n ** 62n }),
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        text,
        text,
        whole,
        maybe(json),
        text,
        maybe(text),
        text,
      ),
      { selector: ([seq]) => seq, comparator: Object.is, maxLength: 20 },
    )
    .map((rows) => rows.map((row, at) => row.with(4, at + 1))),
  attachments: fc.uniqueArray(
    fc.tuple(text, text, text, text, text, fc.nat(), maybe(text), fc.uint8Array({ maxLength: 300 }), text),
    { selector: ([id]) => id, maxLength: 10 },
  ),
  saved_views: fc.uniqueArray(fc.tuple(text, text, text, text, text, fc.nat()), {
    selector: ([user, id]) => JSON.stringify([user, id]),
    maxLength: 10,
  }),
  tracker_use: fc.uniqueArray(fc.tuple(fc.constantFrom('bike', 'courier'), whole, whole, whole), {
    selector: (row) => row.join('/'),
    maxLength: 10,
  }),
  service_entries: fc.uniqueArray(
    fc.tuple(
      text,
      whole,
      time,
      time,
      fc.nat(1),
      text,
      text,
      text,
      text,
      time,
      whole,
      maybe(double),
      text,
      maybe(time),
      maybe(double),
    ),
    { selector: ([id]) => id, maxLength: 10 },
  ),
})

function insertRows(file: string, rows: SomeRows): void {
  const db = new DatabaseSync(file)
  for (const [table, lines] of Object.entries(rows))
    for (const line of lines)
      db.prepare(`INSERT INTO ${table} VALUES (${line.map(() => '?').join(', ')})`).all(...line)
  db.close()
}
