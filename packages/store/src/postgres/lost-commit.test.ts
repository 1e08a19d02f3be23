import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type PostgresServer } from '../../testing/postgres-server.ts'
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

type Fault = 'applied, the answer is lost' | 'lost on the way'

/** A store whose next commits go wrong in the given ways, one after the other. */
async function openFaulty(faults: Fault[]) {
  const { host, port, user, password } = server
  const database = await server.createDatabase()
  const ssl = { mode: 'disable', rootCertFile: null } as const
  const config = { backend: 'postgres', host, port, user, password, database, poolSize: 3, ssl } as const
  await (await openStore(config)).close()
  const connection = createPostgresConnection(config)
  connection.pool.on('connect', (client) => sabotage(client, faults))
  const store = createStore(createPostgresBackend(connection, createPostgresPositions(connection)))
  return { connection, store }
}

function sabotage(client: PoolClient, faults: Fault[]): void {
  const query = client.query.bind(client) as (...all: unknown[]) => Promise<unknown>
  client.query = (async (...all: unknown[]) => {
    const fault = all[0] === 'COMMIT' ? faults.shift() : undefined
    if (fault === undefined) return query(...all)
    if (fault === 'applied, the answer is lost') await query(...all)
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  }) as typeof client.query
}

test.each<Fault[][]>([
  [['applied, the answer is lost']],
  [['lost on the way']],
  [['lost on the way', 'applied, the answer is lost', 'applied, the answer is lost']],
])('a command whose commit went: %j is settled by its key and applied once', async (faults) => {
  const { store } = await openFaulty([...faults])
  const id = makeId<never>()
  const context = makeContext()
  const command = { type: 'courier.create', id, name: 'Lost', phone: '' } as const
  const outcome = await store.execute(command, context)
  expect(outcome).toMatchObject({ ok: true, entity: { id, version: 1 } })
  expect(await readLog(store)).toHaveLength(1)
  expect(await store.execute(command, context)).toEqual({ ...outcome, replayed: true })
  await store.close()
})

test('a transaction that cannot be settled says that its outcome is unknown', async () => {
  const { connection, store } = await openFaulty(['lost on the way'])
  const writing = connection.withTransaction((client) => client.query(`DELETE FROM sessions`))
  await expect(writing).rejects.toMatchObject({ code: 'outcome_unknown' })
  await store.close()
})
