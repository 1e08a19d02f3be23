import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startFaultProxy, startPostgres, type FaultProxy, type PostgresServer } from '../../testing/index.ts'
import { until } from '../contract/harness.ts'
import { statementTimeoutMs } from './client-config.ts'
import { createPostgresConnection, type PostgresConnection } from './connection.ts'

/**
 * By then the watch has noticed, on a machine however busy: without it a statement on a dead connection ends at the time limit
 * for statements. On a quiet machine it takes 2 to 4 s; drills measure it.
 */
const noticeMs = statementTimeoutMs

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

/** A connection through a proxy, with as many open links as the pool holds. */
async function openThroughProxy(): Promise<{ connection: PostgresConnection; proxy: FaultProxy }> {
  const proxy = await startFaultProxy(server)
  onTestFinished(() => proxy.close())
  const connection = createPostgresConnection({ ...server.config('postgres', 3), port: proxy.port })
  onTestFinished(() => connection.close())
  await Promise.all(
    [1, 2, 3].map(() => connection.withClient((client) => client.query('SELECT pg_sleep(0.1)'))),
  )
  expect(connection.pool.idleCount).toBe(3)
  return { connection, proxy }
}

const select = (connection: PostgresConnection, retryMs?: number) =>
  connection.withClient(
    async (client) => (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid,
    { retryMs },
  )

async function msOf(work: Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work
  return performance.now() - startedMs
}

test.each([
  ['both ways, as when the server loses its power', { endsSessions: true }],
  ['both ways, and the sessions stay', {}],
  ['from us to the server', { way: 'to_server' }],
  ['from the server to us', { way: 'to_client' }],
] as const)(
  'connections that fall silent %s are noticed and replaced',
  { timeout: 2 * statementTimeoutMs },
  async (_name, silence) => {
    const { connection, proxy } = await openThroughProxy()
    proxy.fallSilent(silence)
    proxy.heal()
    expect(await msOf(select(connection))).toBeLessThan(noticeMs)
    expect(connection.health.current().retries.connection_lost).toBeGreaterThan(0)
  },
)

test('a server that is not to be reached at all keeps nobody waiting for a dead connection', async () => {
  const { connection, proxy } = await openThroughProxy()
  proxy.fallSilent({ endsSessions: true })
  const startedMs = performance.now()
  await expect(select(connection, 0)).rejects.toMatchObject({ code: 'database_unavailable' })
  expect(performance.now() - startedMs).toBeLessThan(noticeMs)
  expect(connection.health.state).toBe('switching')
  proxy.heal()
  await select(connection)
  expect(connection.health.state).toBe('fine')
})

test('idle connections that died are thrown away before anybody meets them', async () => {
  const { connection, proxy } = await openThroughProxy()
  proxy.fallSilent({ endsSessions: true })
  proxy.heal()
  expect(await msOf(until(() => connection.pool.totalCount === 0, 'the pool is empty'))).toBeLessThan(
    noticeMs,
  )
})

test('a server that is slow is not taken for dead', async () => {
  const { connection, proxy } = await openThroughProxy()
  proxy.slowDown(700)
  for (let n = 0; n < 4; n++) await select(connection)
  expect(connection.health.current()).toMatchObject({ state: 'fine', retries: { connection_lost: 0 } })
  expect(proxy.open).toBe(4)
})

test('a statement that rightly waits is left alone, however often the watch looks', async () => {
  const { connection } = await openThroughProxy()
  const other = await server.connect()
  onTestFinished(() => other.end())
  await other.query('SELECT pg_advisory_lock(1)')
  let attempts = 0
  const waiting = connection.withClient((client) => {
    attempts += 1
    return client.query('SELECT pg_advisory_lock(1)')
  })
  const looks = new Set<string>()
  await until(async () => {
    const { rows } = await other.query<{ at: string }>(
      'SELECT query_start::text AS at FROM pg_stat_activity WHERE application_name = $1',
      [`${connection.sessionPrefix}watch`],
    )
    for (const { at } of rows) looks.add(at)
    return looks.size >= 5
  }, 'the watch has looked five times')
  await other.query('SELECT pg_advisory_unlock(1)')
  await waiting
  expect(attempts).toBe(1)
})

test('a session whose connection was given up keeps its locks from nobody, nor does one that waited behind it', async () => {
  const { connection, proxy } = await openThroughProxy()
  const admin = await server.connect()
  onTestFinished(() => admin.end())
  let attempts = 0
  const lock = () =>
    connection.withTransaction(async (client) => {
      attempts += 1
      await client.query('SET LOCAL idle_in_transaction_session_timeout = 0')
      await client.query('SELECT pg_advisory_xact_lock(7)')
      await silent.promise
      await client.query('SELECT 1')
    })
  const silent = Promise.withResolvers<void>()
  const both = Promise.all([lock(), lock()])
  await until(async () => {
    const { rows } = await admin.query(
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted`,
    )
    return rows.length === 1
  }, 'the second waits for the lock')
  proxy.fallSilent()
  proxy.heal()
  silent.resolve()
  await both
  expect(attempts).toBe(4)
})

test('connections to a server that became read-only are thrown away, and the work is done on a primary', async () => {
  const { connection } = await openThroughProxy()
  const admin = await server.connect()
  onTestFinished(() => admin.end())
  await admin.query('CREATE TABLE IF NOT EXISTS taken (pid integer)')
  const before = new Set([await select(connection)])
  const setReadOnly = async (value: 'on' | 'off') => {
    await admin.query('SET default_transaction_read_only = off')
    await admin.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
    await admin.query('SELECT pg_reload_conf()')
  }
  await setReadOnly('on')
  await until(() => connection.health.state === 'read_only', 'the server is known to be read-only')
  const writing = connection.withTransaction((client) =>
    client.query('INSERT INTO taken SELECT pg_backend_pid() RETURNING pid'),
  )
  await setReadOnly('off')
  const { rows } = await writing
  expect(rows).toHaveLength(1)
  expect(before).not.toContain(rows[0].pid)
  expect(connection.health.state).toBe('fine')
})

test('a wrong password that a running app meets is told at once, not waited for', async () => {
  const connection = createPostgresConnection({ ...server.config('postgres', 2), password: 'rotated' })
  onTestFinished(() => connection.close())
  await expect(select(connection)).rejects.toMatchObject({
    code: 'database_unavailable',
    fix: expect.stringContaining('PG_PASSWORD') as string,
  })
})

test('whoever went away does not keep trying', async () => {
  const { connection, proxy } = await openThroughProxy()
  proxy.refuse()
  proxy.reset()
  const gone = new AbortController()
  const writing = connection.withTransaction((client) => client.query('SELECT 1'), { signal: gone.signal })
  await until(() => connection.health.state === 'switching', 'the server is known to be away')
  gone.abort()
  await expect(writing).rejects.toMatchObject({ code: 'database_unavailable' })
})
