import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startFaultProxy, startPostgres, type PostgresServer } from '../../testing/index.ts'
import { makeContext, makeId, readLog } from '../contract/harness.ts'
import { openStore } from '../open-store.ts'
import { createStore } from '../store.ts'
import { createPostgresBackend } from './backend.ts'
import { createPostgresConnection } from './connection.ts'
import { createPostgresPositions } from './positions.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const faultOf = { 'applied, the answer is lost': 'cut_after', 'lost on the way': 'cut_before' } as const
type Fault = keyof typeof faultOf

/** A store whose next commits go wrong in the given ways, one after the other. */
async function openFaulty(faults: readonly Fault[]) {
  const config = server.config(await server.createDatabase(), 3)
  await (await openStore(config)).close()
  const proxy = await startFaultProxy(server)
  onTestFinished(() => proxy.close())
  const connection = createPostgresConnection({ ...config, port: proxy.port })
  const store = createStore(createPostgresBackend(connection, createPostgresPositions(connection)))
  onTestFinished(() => store.close())
  for (const fault of faults) proxy.plan(faultOf[fault], 'commit')
  return { connection, store }
}

test.each<Fault[][]>([
  [['applied, the answer is lost']],
  [['lost on the way']],
  [['lost on the way', 'applied, the answer is lost', 'applied, the answer is lost']],
])('a command whose commit went: %j is settled by its key and applied once', async (faults) => {
  const { store } = await openFaulty(faults)
  const id = makeId<never>()
  const context = makeContext()
  const command = { type: 'courier.create', id, name: 'Lost', phone: '' } as const
  const outcome = await store.execute(command, context)
  expect(outcome).toMatchObject({ ok: true, entity: { id, version: 1 } })
  expect(await readLog(store)).toHaveLength(1)
  expect(await store.execute(command, context)).toEqual({ ...outcome, replayed: true })
})

test('a transaction that cannot be settled says that its outcome is unknown', async () => {
  const { connection } = await openFaulty(['lost on the way'])
  const writing = connection.withTransaction((client) => client.query(`DELETE FROM sessions`))
  await expect(writing).rejects.toMatchObject({ code: 'outcome_unknown' })
})
