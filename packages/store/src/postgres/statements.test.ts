import type { BikeId } from '@fleet/domain'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startPostgres, type PostgresServer } from '../../testing/index.ts'
import { checkLog, makeBike, makeContext, readLog, until } from '../contract/harness.ts'
import { openStore } from '../open-store.ts'
import { createStore } from '../store.ts'
import { createPostgresBackend } from './backend.ts'
import { wakeChannel } from './change-log.ts'
import { createPostgresConnection } from './connection.ts'
import { createPostgresPositions } from './positions.ts'
import type { Statements } from './statements.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

async function open(poolSize = 2) {
  const database = await server.createDatabase()
  const config = server.config(database, poolSize)
  await (await openStore(config)).close()
  const connection = createPostgresConnection(config)
  const store = createStore(createPostgresBackend(connection, createPostgresPositions(connection)))
  onTestFinished(() => store.close())
  const beside = await server.connect(database)
  onTestFinished(() => beside.end())
  return { connection, store, beside }
}

const noteOf = (id: BikeId, note: string, expectedVersion: number | null = null) =>
  ({ type: 'bike.update', id, expectedVersion, patch: { note } }) as const

/** Sessions that wait for a lock by its name. */
async function waiting(beside: Client): Promise<number> {
  const { rows } = await beside.query(
    `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows.length
}

const hold = (name: string) => `SELECT pg_advisory_xact_lock(hashtextextended('${name}', 0))`

test('what is read behind a lock was written before the lock was given, though both were sent at once', async () => {
  const { store, beside } = await open()
  const id = await makeBike(store)
  await beside.query(`BEGIN; ${hold(`bike:${id}`)}`)
  const executing = store.execute(noteOf(id, 'later'), makeContext())
  await until(async () => (await waiting(beside)) === 1, 'it waits for the row')
  await beside.query(`UPDATE bikes SET version = 7 WHERE id = $1`, [id])
  await beside.query('COMMIT')
  expect(await executing).toMatchObject({ ok: true, entity: { version: 8, note: 'later' } })
})

test('locks that are taken one after another are all held, each as it was asked for, before what follows', async () => {
  const { connection } = await open()
  const held = await connection.withStatements(async (statements) => {
    for (const n of [1, 2, 3, 4, 5, 6]) statements.lock(`lock ${n}`, n % 3 === 0 ? 'shared' : 'exclusive')
    return statements.ask(
      `SELECT lock.n, mode FROM generate_series(1, 6) AS lock (n)
         JOIN pg_locks ON (classid::bigint << 32) + objid::bigint = hashtextextended('lock ' || lock.n, 0)
       WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted ORDER BY lock.n`,
    )
  })
  expect(held.map(({ mode }) => mode)).toEqual([
    'ExclusiveLock',
    'ExclusiveLock',
    'ShareLock',
    'ExclusiveLock',
    'ExclusiveLock',
    'ShareLock',
  ])
})

test('a record that is written while somebody waits for its key is found', async () => {
  const { store, beside } = await open()
  const id = await makeBike(store)
  const context = makeContext()
  const done = await store.execute(noteOf(id, 'once'), context)
  // As if the first attempt's session still had its key: its record comes with its commit.
  await beside.query(`BEGIN; ${hold(`key:${context.key}`)}`)
  const { rows } = await beside.query(`DELETE FROM idempotency WHERE key = $1 RETURNING *`, [context.key])
  await beside.query('COMMIT')
  await beside.query(`BEGIN; ${hold(`key:${context.key}`)}`)
  const again = store.execute(noteOf(id, 'once'), context)
  await until(async () => (await waiting(beside)) === 1, 'it waits for the key')
  await beside.query(`INSERT INTO idempotency SELECT * FROM jsonb_populate_record(NULL::idempotency, $1)`, [
    JSON.stringify(rows[0]),
  ])
  await beside.query('COMMIT')
  expect(await again).toEqual({ ...done, replayed: true })
})

test('100 changes of one row by several at once are made one after the other, in the order of the log', async () => {
  const { store } = await open(8)
  const id = await makeBike(store)
  await Promise.all(
    Array.from({ length: 100 }, (_, n) => store.execute(noteOf(id, `note ${n}`), makeContext())),
  )
  expect(await store.get('bike', id)).toMatchObject({ version: 101 })
  const log = await readLog(store)
  expect(checkLog(log)).toEqual([])
  expect(log.map(({ version }) => version)).toEqual(Array.from({ length: 101 }, (_, n) => n + 1))
})

test('a command waits for the database twice: to decide, and to write and commit', async () => {
  const { connection, store } = await open(1)
  const id = await makeBike(store)
  await store.execute(noteOf(id, 'first'), makeContext())
  const client = await connection.pool.connect()
  const query = vi.spyOn(client, 'query')
  client.release()
  await store.execute(noteOf(id, 'second'), makeContext())
  // And the NOTIFY afterwards, which nobody waits for.
  const asked = () => query.mock.calls.filter(([text]) => text !== `NOTIFY ${wakeChannel}`).length
  expect(asked()).toBe(2)
  query.mockClear()
  const refused = await store.execute(noteOf(id, 'third', 1), makeContext())
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'stale_version' } })
  // It also reads the version that was seen.
  expect(asked()).toBe(3)
})

test('a disk that is full before COMMIT is told as that, not as an unknown outcome', async () => {
  const { store, beside } = await open()
  const id = await makeBike(store)
  await beside.query(`
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON idempotency FOR EACH ROW EXECUTE FUNCTION fail()`)
  const context = makeContext()
  await expect(store.execute(noteOf(id, 'lost'), context)).rejects.toMatchObject({ code: 'storage_failed' })
  await beside.query('DROP TRIGGER fail ON idempotency')
  expect(await store.get('bike', id)).toMatchObject({ version: 1 })
  expect(await store.execute(noteOf(id, 'kept'), context)).toMatchObject({ ok: true, replayed: false })
})

test('commands go on while a newer version of the app gives their tables another column', async () => {
  const { store, beside } = await open()
  const id = await makeBike(store)
  await store.execute(noteOf(id, 'before'), makeContext())
  await beside.query(`ALTER TABLE bikes ADD COLUMN later text NOT NULL DEFAULT ''`)
  expect(await store.execute(noteOf(id, 'after'), makeContext())).toMatchObject({ ok: true })
  expect(store.health.current().retries.conflict).toBe(1)
})

test('work that fails before it has asked for anything leaves its connection as it was', async () => {
  const { connection } = await open(1)
  const failing = connection.withStatements(() => Promise.reject(new Error('a bug')))
  await expect(failing).rejects.toThrow('a bug')
  const rows = await connection.withStatements((statements) => statements.ask('SELECT 1 AS one'))
  expect(rows).toEqual([{ one: 1 }])
  expect(connection.pool.totalCount).toBe(1)
})

test('a transaction whose failed statement was swallowed does not say that it is done', async () => {
  const { connection } = await open()
  const swallowing = connection.withStatements(async (statements) => {
    await statements.ask('SELECT 1 / $1::integer', [0]).catch(() => {})
  })
  await expect(swallowing).rejects.toThrow('COMMIT was answered with ROLLBACK')
})

test('a transaction that asks for nothing holds its locks before its COMMIT is sent', async () => {
  const { connection } = await open(1)
  const client = await connection.pool.connect()
  const query = vi.spyOn(client, 'query')
  client.release()
  await connection.withStatements((statements) => {
    statements.later(hold('alone'))
    return Promise.resolve()
  })
  expect(query.mock.calls).toHaveLength(2)
})

test('a transaction that has ended takes no more statements', async () => {
  const { connection } = await open()
  const { promise: kept, resolve: keep } = Promise.withResolvers<Statements>()
  const failing = connection.withStatements((statements) => {
    keep(statements)
    return Promise.reject(new Error('a bug'))
  })
  await expect(failing).rejects.toThrow('a bug')
  const statements = await kept
  await expect(statements.ask('SELECT 1')).rejects.toThrow('has ended')
  expect(() => statements.later('SELECT 1')).toThrow('has ended')
})
