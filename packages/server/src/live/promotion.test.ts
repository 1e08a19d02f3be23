import { openStore, type Store } from '@fleet/store'
import { type PostgresServer, startFaultProxy, startPostgres } from '@fleet/store/testing'
import { Client } from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { addBike, quietLog } from '../ingest/fleet-fixture.ts'
import { createChangeTail } from './change-tail.ts'

const backMs = 40_000

/** A primary, a standby, and a proxy that leads to the first of them. */
async function startPair() {
  const primary = await startPostgres()
  const database = await primary.createDatabase()
  const config = primary.config(database, 4)
  await (await openStore(config)).close()
  const standby = await primary.startStandby()
  const proxy = await startFaultProxy(primary)
  const store = await openStore({ ...config, port: proxy.port })
  onTestFinished(async () => {
    await store.close()
    await proxy.close()
    await standby.stop()
    await primary.stop()
  })
  return { primary, standby, proxy, store, database }
}

async function ask<T>(server: PostgresServer, database: string, query: string): Promise<T> {
  const { host, port, user, password } = server
  const client = new Client({ host, port, user, password, database })
  await client.connect()
  try {
    return (await client.query<{ answer: T }>(query)).rows[0]!.answer
  } finally {
    await client.end()
  }
}

async function follow(store: Store) {
  const seen: string[] = []
  let rewinds = 0
  const tail = createChangeTail({
    store,
    log: quietLog,
    onChanges: (changes) => seen.push(...changes.map(({ id }) => id)),
    async onRewind() {
      rewinds += 1
      const { seq, bikes } = await store.snapshot()
      seen.splice(0, seen.length, ...bikes.map(({ id }) => id))
      return seq
    },
  })
  onTestFinished(() => tail.close())
  tail.start((await store.snapshot()).seq)
  return { tail, seen, rewinds: () => rewinds }
}

test(
  'what others commit while this instance is cut off is delivered once, in order',
  { timeout: 90_000 },
  async () => {
    const { primary, proxy, store, database } = await startPair()
    const { tail, seen, rewinds } = await follow(store)
    const other = await openStore(primary.config(database, 2))
    onTestFinished(() => other.close())
    const made: string[] = [await addBike(other), await addBike(other)]
    await tail.catchUp()
    for (const cut of [() => proxy.fallSilent(), () => proxy.reset()]) {
      proxy.refuse()
      cut()
      for (let i = 0; i < 5; i++) made.push(await addBike(other))
      proxy.heal()
      made.push(await addBike(other))
      await vi.waitFor(() => expect(seen).toEqual(made), backMs)
    }
    expect(rewinds()).toBe(0)
  },
)

test(
  'a promoted standby without the last lines, whose places it has given to others, makes it start again',
  { timeout: 90_000 },
  async () => {
    const { primary, standby, proxy, store, database } = await startPair()
    const { tail, seen, rewinds } = await follow(store)
    const kept = await addBike(store)
    await vi.waitFor(
      async () => expect(await ask(standby, database, 'SELECT count(*)::int AS answer FROM bikes')).toBe(1),
      backMs,
    )
    // From here on it receives nothing.
    await standby.halt('fast')
    for (let i = 0; i < 3; i++) await addBike(store)
    await tail.catchUp()
    expect(seen).toHaveLength(4)

    proxy.refuse()
    proxy.reset()
    await primary.halt('immediate')
    await standby.resume()
    await ask(standby, database, 'SELECT pg_promote() AS answer')
    // Others were faster: the log is as long as it was, and not the same.
    const other = await openStore(standby.config(database, 2))
    onTestFinished(() => other.close())
    const made: string[] = []
    for (let i = 0; i < 6; i++) made.push(await addBike(other))
    proxy.leadTo(standby)
    proxy.heal()
    await vi.waitFor(() => expect(seen).toEqual([kept, ...made]), backMs)
    expect(rewinds()).toBe(1)
  },
)
