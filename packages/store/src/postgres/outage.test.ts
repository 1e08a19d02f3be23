import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFaultProxy, startPostgres, type PostgresServer } from '../../testing/index.ts'
import { checkLog, makeContext, makeId, readLog, until } from '../contract/harness.ts'
import { openStore } from '../open-store.ts'

const poolSize = 8
const commands = 100

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

test('100 commands at once meet a server that crashes and comes back: all are done once, and none stampedes', async () => {
  const proxy = await startFaultProxy(server)
  const store = await openStore({
    ...server.config(await server.createDatabase(), poolSize),
    port: proxy.port,
  })
  const states: string[] = []
  store.health.onStateChange(({ state }) => states.push(state))
  let done = 0
  const ids = Array.from({ length: commands }, () => makeId<never>())
  const running = Promise.all(
    ids.map(async (id) => {
      const outcome = await store.execute(
        { type: 'courier.create', id, name: 'Outage', phone: '' },
        makeContext(),
      )
      expect(outcome.ok).toBe(true)
      done += 1
    }),
  )
  await until(() => done >= 20, 'some are done')
  await server.halt('immediate')
  const [attemptsBefore, haltedMs] = [proxy.attempts, performance.now()]
  expect(done).toBeLessThan(commands)
  await until(() => store.health.current().state === 'switching', 'the store knows')
  await until(() => proxy.attempts > attemptsBefore + 5, 'it has tried some times')
  await server.resume()
  await running
  const awayS = (performance.now() - haltedMs) / 1000
  // One looks for the server, four times a second at most; then the pool fills one by one, and the listener joins.
  expect(proxy.attempts - attemptsBefore).toBeLessThan(awayS * 4 + 2 * poolSize)
  expect(store.health.current().pool!.size).toBeLessThanOrEqual(poolSize)
  expect(states).toEqual(['switching', 'fine'])
  const log = await readLog(store)
  expect(checkLog(log)).toEqual([])
  expect(new Set<string>(log.map(({ id }) => id))).toEqual(new Set<string>(ids))
  expect(log).toHaveLength(commands)
  expect(store.health.current().unknownOutcomes.unsettled).toBe(0)
  await store.close()
  await proxy.close()
})
