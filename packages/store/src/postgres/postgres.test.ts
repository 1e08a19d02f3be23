import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type PostgresServer } from '../../testing/postgres-server.ts'
import type { PostgresConfig } from '../config.ts'
import { describeCommandsContract } from '../contract/commands.contract.ts'
import {
  checkLog,
  makeBike,
  makeContext,
  makeDelivery,
  makeId,
  readLog,
  run,
  until,
  type FreshDatabase,
} from '../contract/harness.ts'
import { describeFiguresContract } from '../contract/figures.contract.ts'
import { describeInsightsContract } from '../contract/insights.contract.ts'
import { describeListsContract } from '../contract/lists.contract.ts'
import { describeLogContract } from '../contract/log.contract.ts'
import { describeModelContract } from '../contract/model.contract.ts'
import { describeOpeningContract } from '../contract/opening.contract.ts'
import { describeOwnershipContract } from '../contract/ownership.contract.ts'
import { describeProofContract } from '../contract/proof.contract.ts'
import { describeReplayContract } from '../contract/replay.contract.ts'
import { describeUndoContract } from '../contract/undo.contract.ts'
import { describeUndoWalksContract } from '../contract/undo-walks.contract.ts'
import { describeZoneEventsContract } from '../contract/zone-events.contract.ts'
import { openStore } from '../open-store.ts'
import type { ChangeSeq } from '../port.ts'
import { createPostgresBackend } from './backend.ts'
import { createPostgresConnection } from './connection.ts'
import { createPostgresPositions } from './positions.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

interface FreshPostgres extends FreshDatabase {
  readonly config: PostgresConfig
  /** A session beside the store, for faults and for looking. */
  connect(): Promise<Client>
}

async function makeDatabase(): Promise<FreshPostgres> {
  const database = await server.createDatabase()
  const config = server.config(database, 6)
  const connect = () => server.connect(database)
  return {
    config,
    connect,
    open: () => openStore(config),
    async pretendNewerSchema() {
      const client = await connect()
      await client.query(`INSERT INTO migrations SELECT max(version) + 1, 'future', 'x', 0 FROM migrations`)
      await client.end()
    },
    // The whole server goes at the end.
    close: () => Promise.resolve(),
  }
}

describeOpeningContract('PostgreSQL', makeDatabase)
describeCommandsContract('PostgreSQL', makeDatabase)
describeOwnershipContract('PostgreSQL', makeDatabase)
describeLogContract('PostgreSQL', makeDatabase)
describeListsContract('PostgreSQL', makeDatabase)
describeModelContract('PostgreSQL', makeDatabase)
describeUndoContract('PostgreSQL', makeDatabase)
describeUndoWalksContract('PostgreSQL', makeDatabase)
describeProofContract('PostgreSQL', makeDatabase)
describeInsightsContract('PostgreSQL', makeDatabase)
describeReplayContract('PostgreSQL', makeDatabase)
describeFiguresContract('PostgreSQL', makeDatabase)
describeZoneEventsContract('PostgreSQL', makeDatabase)

test('changes of commands that commit while an older transaction is open are read later, and once', async () => {
  const database = await makeDatabase()
  const store = await database.open()
  await makeBike(store)
  const held = await database.connect()
  await held.query('BEGIN')
  await held.query('SELECT pg_current_xact_id()')
  const head = await store.headSeq()
  let woken = 0
  const stop = store.onChange(() => (woken += 1))
  await until(() => woken > 0, 'it listens')
  const bikeId = await makeBike(store)
  const deliveryId = await makeDelivery(store)
  await run(store, { type: 'bike.step', id: bikeId, expectedVersion: null, event: 'service' })

  expect(await store.changes(head, 100)).toEqual([])
  expect(await store.headSeq()).toBe(head)
  // The rows are there for whoever asks, but the snapshot is of the head: what comes after it comes by the log.
  expect(await store.get('bike', bikeId)).toMatchObject({ version: 2 })
  const snapshot = await store.snapshot()
  expect(snapshot.seq).toBe(head)
  expect(snapshot.bikes).toHaveLength(1)
  expect(snapshot.deliveries).toEqual([])

  const before = woken
  await held.query('COMMIT')
  await until(
    () => woken > before,
    'the end of the open transaction wakes readers, though it notifies nobody',
  )
  const changes = await store.changes(head, 100)
  expect(changes.map(({ id, version }) => [id, version])).toEqual([
    [bikeId, 1],
    [deliveryId, 1],
    [bikeId, 2],
  ])
  expect(checkLog(await readLog(store))).toEqual([])
  stop()
  await held.end()
  await store.close()
})

test('a row that changed and one that went while an older transaction is open are in the snapshot as they were', async () => {
  const database = await makeDatabase()
  const store = await database.open()
  const [changedId, removedId] = [await makeBike(store), await makeBike(store)]
  const held = await database.connect()
  await held.query('BEGIN')
  await held.query('SELECT pg_current_xact_id()')
  await run(store, { type: 'bike.step', id: changedId, expectedVersion: null, event: 'service' })
  await run(store, { type: 'bike.remove', id: removedId, expectedVersion: null })
  const { bikes } = await store.snapshot()
  const found = new Map(bikes.map((bike) => [bike.id, bike]))
  expect([found.get(changedId)?.version, found.get(removedId)?.version]).toEqual([1, 1])
  await held.end()
  await store.close()
})

test('a log restored from a dump goes on behind its last line, under another name', async () => {
  const database = await makeDatabase()
  const store = await database.open()
  await makeBike(store)
  const { logId } = await store.snapshot()
  await store.close()
  // As if the dump came from a cluster that had seen a million more transactions.
  const client = await database.connect()
  await client.query('UPDATE changes SET seq = seq + (1000000::bigint << 20)')
  const reopened = await database.open()
  await makeBike(reopened)
  const log = await readLog(reopened)
  expect(log).toHaveLength(2)
  expect(checkLog(log)).toEqual([])
  expect((await reopened.snapshot()).logId).not.toBe(logId)
  await reopened.close()
  await client.end()
})

test('killed sessions: every command is applied exactly once, and callers notice nothing', async () => {
  const database = await makeDatabase()
  const store = await database.open()
  const killer = await database.connect()
  const killOthers = async () => {
    const { rowCount } = await killer.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    return rowCount ?? 0
  }
  let killed = 0
  const ids = Array.from({ length: 90 }, () => makeId<never>())
  await Promise.all(
    [0, 1, 2].map(async (lane) => {
      for (const [index, id] of ids.entries()) {
        if (index % 3 !== lane) continue
        const command = { type: 'courier.create', id, name: 'Killed', phone: '' } as const
        const executing = store.execute(command, makeContext())
        // In the middle of what this lane and the others are doing.
        if (index % 7 === 0) killed += await killOthers()
        expect((await executing).ok).toBe(true)
      }
    }),
  )
  expect(killed).toBeGreaterThan(10)
  const log = await readLog(store)
  expect(log).toHaveLength(ids.length)
  expect(new Set<string>(log.map(({ id }) => id))).toEqual(new Set<string>(ids))
  expect(checkLog(log)).toEqual([])
  await killer.end()
  await store.close()
})

test('a listener whose session was killed listens again', async () => {
  const database = await makeDatabase()
  const store = await database.open()
  let woken = 0
  const stop = store.onChange(() => (woken += 1))
  await makeBike(store)
  await until(() => woken > 0, 'woken')
  const killer = await database.connect()
  await killer.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND query LIKE '%waiting%' AND pid <> pg_backend_pid()`,
  )
  const before = woken
  await makeBike(store)
  await until(() => woken > before, 'woken again')
  stop()
  await killer.end()
  await store.close()
})

test('a wrong password or an unknown database fails at once, without the password in the message', async () => {
  const { config } = await makeDatabase()
  const startedAt = performance.now()
  const opening = openStore({ ...config, password: 'wrong-secret' })
  await expect(opening).rejects.toMatchObject({
    code: 'database_unavailable',
    fix: expect.stringContaining('PG_PASSWORD') as string,
  })
  await expect(opening).rejects.not.toThrow('wrong-secret')
  await expect(openStore({ ...config, database: 'nowhere' })).rejects.toMatchObject({
    fix: expect.stringContaining('PG_DATABASE') as string,
  })
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

test('a server that is not there yet is reported and waited for, up to the deadline', async () => {
  const { config } = await makeDatabase()
  const reports: string[] = []
  const report = (message: string) => reports.push(message)
  await expect(openStore({ ...config, port: 1 }, { report, deadlineMs: 300 })).rejects.toMatchObject({
    code: 'database_unavailable',
  })
  expect(reports[0]).toContain('ECONNREFUSED')
})

test('TLS that is asked for is not skipped when the server has none', async () => {
  const { config } = await makeDatabase()
  await expect(openStore({ ...config, ssl: { mode: 'require', rootCertFile: null } })).rejects.toMatchObject({
    code: 'database_unavailable',
    fix: expect.stringContaining('PGSSLMODE') as string,
  })
})

test('a read-only server is said to be unavailable, by ping at once and by a command after trying', async () => {
  const database = await makeDatabase()
  await (await database.open()).close()
  const client = await database.connect()
  await client.query(`ALTER DATABASE ${database.config.database} SET default_transaction_read_only = on`)
  await client.end()
  const connection = createPostgresConnection(database.config)
  const backend = createPostgresBackend(connection, createPostgresPositions(connection))
  await expect(backend.ping()).rejects.toMatchObject({ code: 'database_unavailable' })
  const inserting = connection.withTransaction((one) => one.query(`DELETE FROM meta`), { retryMs: 100 })
  await expect(inserting).rejects.toMatchObject({ code: 'database_unavailable' })
  await backend.close()
})

test('the seq of a change is text that orders as a number', async () => {
  const database = await makeDatabase()
  const store = await database.open()
  await makeBike(store)
  const [change] = await store.changes('0' as ChangeSeq, 1)
  expect(change!.seq).toMatch(/^\d+$/)
  expect(BigInt(change!.seq) >> 20n).toBeGreaterThan(0n)
  await store.close()
})
