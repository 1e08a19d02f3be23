import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startFaultProxy, startPostgres, type FaultProxy, type PostgresServer } from '../../testing/index.ts'
import { checkLog, makeBike, until } from '../contract/harness.ts'
import { openStore } from '../open-store.ts'
import type { Change, Store } from '../port.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

/** A reader through a proxy that follows the log, only when woken, and a writer with a way of its own. */
async function openReaderAndWriter() {
  const proxy = await startFaultProxy(server)
  onTestFinished(() => proxy.close())
  const config = server.config(await server.createDatabase(), 3)
  const writer = await openStore(config)
  onTestFinished(() => writer.close())
  const reader = await openStore({ ...config, port: proxy.port })
  onTestFinished(() => reader.close())
  const delivered: Change[] = []
  let seq = await reader.headSeq()
  let following: Promise<void> = Promise.resolve()
  const readOn = async () => {
    for (const change of await reader.changes(seq, 1_000)) {
      delivered.push(change)
      seq = change.seq
    }
  }
  onTestFinished(
    reader.onChange(() => {
      following = following.then(readOn)
    }),
  )
  return { proxy, writer, reader, delivered }
}

async function write(store: Store, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await makeBike(store)
}

test.each<[string, (proxy: FaultProxy) => void]>([
  ['was reset', (proxy) => proxy.reset()],
  ['fell silent, the server gone', (proxy) => proxy.fallSilent({ endsSessions: true })],
  ['fell silent both ways', (proxy) => proxy.fallSilent()],
  ['brings nothing from the server any more', (proxy) => proxy.fallSilent({ way: 'to_client' })],
])(
  'what was committed while the listening connection %s is delivered once and in order',
  async (_how, fail) => {
    const { proxy, writer, reader, delivered } = await openReaderAndWriter()
    await write(writer, 3)
    await until(() => delivered.length === 3, 'the first three are delivered')
    proxy.refuse()
    fail(proxy)
    await write(writer, 5)
    await until(() => reader.health.current().feed?.isListening === false, 'the gap is noticed')
    expect(delivered).toHaveLength(3)
    proxy.heal()
    await until(() => delivered.length >= 8, 'what was missed is delivered')
    await write(writer, 2)
    await until(() => delivered.length >= 10, 'it goes on')
    expect(delivered).toHaveLength(10)
    expect(checkLog(delivered)).toEqual([])
    expect(reader.health.current().feed).toMatchObject({ isListening: true })
  },
)

test('watching a long log reads no more of it than of a short one', async () => {
  const config = server.config(await server.createDatabase(), 3)
  const store = await openStore(config)
  const client = await server.connect(config.database)
  onTestFinished(() => client.end())
  await client.query(
    `INSERT INTO changes (seq, at_ms, kind, entity_id, version, command, actor)
     SELECT n, n, 'bike', 'bike ' || n, 1, 'bike.create', 'somebody' FROM generate_series(1, 20000) AS n`,
  )
  await client.query('ANALYZE changes')
  const scanned = async () => {
    const { rows } = await client.query<{ lines: string }>(
      `SELECT seq_tup_read AS lines FROM pg_stat_user_tables WHERE relname = 'changes'`,
    )
    return Number(rows[0]!.lines)
  }
  const before = await scanned()
  let woken = 0
  store.onChange(() => (woken += 1))
  await write(store, 3)
  await until(() => woken > 1, 'the writes are noticed')
  // Sessions tell what they did when they end.
  await store.close()
  expect((await scanned()) - before).toBe(0)
})
