import type { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startFaultProxy, startPostgres, type PostgresServer } from '../../testing/index.ts'
import { makeBike, makeDelivery, run, startMs, until } from '../contract/harness.ts'
import { around, makeBatch, makeFix, nextNo, secondsOf } from '../contract/positions-fixtures.ts'
import { openStore } from '../open-store.ts'
import type { Store } from '../port.ts'

let primary: PostgresServer
let standby: PostgresServer
let onStandby: Client
let database: string
beforeAll(async () => {
  primary = await startPostgres()
  standby = await primary.startStandby()
  database = await primary.createDatabase()
  onStandby = await standby.connect()
})
afterAll(async () => {
  await onStandby.end()
  await standby.stop()
  await primary.stop()
})

async function open(readPort = standby.port, poolSize = 4): Promise<Store> {
  const store = await openStore({ ...primary.config(database, poolSize), readPort })
  onTestFinished(() => store.close())
  return store
}

/** Stores a fix of a new device through one instance and reads it through another. */
async function writeAndRead(writer: Store, reader = writer): Promise<readonly number[]> {
  const deviceNo = nextNo()
  await writer.appendFixes(makeBatch([makeFix(deviceNo, 1)]))
  const page = await reader.history(around({ deviceNo }))
  return secondsOf(page.items)
}

const replicaReads = (store: Store) => store.health.current().replicaReads
const fallbacks = (store: Store) => store.health.current().readFallbacks

/** The replica is left alone for a while after it failed. */
const untilReplicaAnswers = async (store: Store) => {
  const before = replicaReads(store)
  await until(async () => {
    await store.history(around({ deviceNo: 1 }))
    return replicaReads(store) > before
  }, 'the replica answers again')
}

test('the replica answers about the past, and who wrote reads it, whichever instance it was written through', async () => {
  const [one, other] = [await open(), await open()]
  for (let round = 0; round < 25; round++) {
    expect(await writeAndRead(one)).toEqual([1])
    expect(await writeAndRead(one, other)).toEqual([1])
  }
  expect(replicaReads(one) + fallbacks(one).behind).toBe(25)
  expect(replicaReads(one)).toBeGreaterThan(0)
  expect(replicaReads(other)).toBeGreaterThan(0)
})

test('figures, tracks, replays and what ended come from the replica; live and command paths do not', async () => {
  const store = await open()
  await untilReplicaAnswers(store)
  const countsAs = async (work: () => Promise<unknown>) => {
    const before = replicaReads(store)
    await work()
    return replicaReads(store) > before
  }
  const past: readonly (() => Promise<unknown>)[] = [
    () => store.insightData(startMs, startMs + 1),
    () => store.replayData(startMs, startMs + 1),
    () => store.tracks({ bikeNos: [1], fromMs: startMs, toMs: startMs + 1, stepMs: 1000 }),
    () => store.list('delivery', { limit: 1, endedFromMs: startMs }),
    () => store.zoneEvents({ limit: 1 }),
    () => store.audit({ limit: 1, id: 'x' }),
  ]
  for (const read of past) expect(await countsAs(read)).toBe(true)
  const live: readonly (() => Promise<unknown>)[] = [
    () => makeBike(store),
    () => makeDelivery(store),
    () => store.snapshot(),
    () => store.list('delivery', { limit: 1 }),
    () => store.audit({ limit: 1 }),
    () => store.latestFixes(0),
    () => store.headSeq(),
  ]
  for (const work of live) expect(await countsAs(work)).toBe(false)
})

test('a replica that stands still is left for the primary: who wrote reads it all the same', async () => {
  const store = await open()
  await untilReplicaAnswers(store)
  await onStandby.query('SELECT pg_wal_replay_pause()')
  onTestFinished(async () => {
    await onStandby.query('SELECT pg_wal_replay_resume()')
  })
  expect(await writeAndRead(store)).toEqual([1])
  expect(fallbacks(store).behind).toBe(1)
  await onStandby.query('SELECT pg_wal_replay_resume()')
  await untilReplicaAnswers(store)
  expect(await writeAndRead(store)).toEqual([1])
})

test('a replica that fell silent is left for the primary within 5 s', async () => {
  const proxy = await startFaultProxy(standby)
  onTestFinished(() => proxy.close())
  const store = await open(proxy.port)
  await untilReplicaAnswers(store)
  proxy.fallSilent()
  const startedMs = performance.now()
  expect(await writeAndRead(store)).toEqual([1])
  expect(performance.now() - startedMs).toBeLessThan(5_000)
  expect(fallbacks(store).replica_lost).toBe(1)
  proxy.heal()
  await untilReplicaAnswers(store)
})

test('a read that finds all connections to the replica at work goes to the primary, and the next one does not', async () => {
  const proxy = await startFaultProxy(standby)
  onTestFinished(() => proxy.close())
  const store = await open(proxy.port, 1)
  await untilReplicaAnswers(store)
  // Longer together than a read waits for a connection.
  proxy.slowDown(600)
  await Promise.all([1, 2].map(() => store.history(around({ deviceNo: 1 }))))
  expect(fallbacks(store)).toMatchObject({ busy: 1, replica_lost: 0 })
  proxy.heal()
  const before = replicaReads(store)
  await store.history(around({ deviceNo: 1 }))
  expect(replicaReads(store)).toBe(before + 1)
})

test('a replica that is gone is left for the primary, and found when it is back', async () => {
  const store = await open()
  await untilReplicaAnswers(store)
  await standby.halt('immediate')
  expect(await writeAndRead(store)).toEqual([1])
  expect(fallbacks(store).replica_lost).toBe(1)
  await standby.resume()
  await untilReplicaAnswers(store)
})

test('a reading port that leads to the primary, since no replica is near enough, is as good', async () => {
  const store = await open(primary.port)
  expect(await writeAndRead(store)).toEqual([1])
  expect(replicaReads(store)).toBe(1)
})

test('without a replica from the start the store opens and answers', async () => {
  const store = await open(1)
  expect(await writeAndRead(store)).toEqual([1])
  const id = await makeBike(store)
  await run(store, { type: 'bike.step', id, expectedVersion: null, event: 'service' })
  expect(replicaReads(store)).toBe(0)
})
