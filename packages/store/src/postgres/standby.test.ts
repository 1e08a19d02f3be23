import type { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startPostgres, type PostgresServer } from '../../testing/index.ts'
import { makeBatch, makeFix } from '../contract/positions-fixtures.ts'
import { makeContext, makeId, until } from '../contract/harness.ts'
import { openStore } from '../open-store.ts'
import type { Store } from '../port.ts'

/*
 * A synchronous standby that does not answer: commits wait for it. Cancelling such a wait commits on this server only
 * (https://github.com/patroni/patroni/issues/1412), visible to all, and a failover loses it.
 */

let server: PostgresServer
let admin: Client
beforeAll(async () => {
  server = await startPostgres()
  admin = await server.connect()
})
afterAll(async () => {
  await admin.end()
  await server.stop()
})

async function setStandby(name: 'nobody' | ''): Promise<void> {
  await admin.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`)
  await admin.query('SELECT pg_reload_conf()')
  if (name !== '') await untilCommitsWait()
}

/** The server takes the setting a moment after it was told. */
async function untilCommitsWait(): Promise<void> {
  const probe = await server.connect()
  probe.on('error', () => {})
  const { rows } = await probe.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const { pid } = rows[0]!
  let isWriting = false
  await until(async () => {
    if (!isWriting) {
      isWriting = true
      void probe
        .query(`SELECT pg_logical_emit_message(true, 'test', '')`)
        .catch(() => {})
        .finally(() => (isWriting = false))
    }
    return (await waitingPids()).includes(pid)
  }, 'commits wait')
  await admin.query('SELECT pg_terminate_backend($1)', [pid])
  await until(async () => !(await waitingPids()).includes(pid), 'the probe is gone')
}

/** Sessions that wait in COMMIT. */
async function waitingPids(): Promise<readonly number[]> {
  const { rows } = await admin.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
  )
  return rows.map(({ pid }) => pid)
}

async function open(): Promise<Store> {
  const store = await openStore(server.config(await server.createDatabase(), 4))
  onTestFinished(() => store.close())
  // After the store is open: its migration would wait, too.
  await setStandby('nobody')
  onTestFinished(() => setStandby(''))
  return store
}

const isPending = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => false), new Promise((resolve) => setImmediate(resolve, true))])

test.each([
  ['cancelled', 'pg_cancel_backend'],
  ['terminated', 'pg_terminate_backend'],
])(
  'a command whose wait for the standby is %s is not acknowledged before the standby has it',
  async (_how, end) => {
    const store = await open()
    const executing = store.execute(
      { type: 'courier.create', id: makeId<never>(), name: 'Sync', phone: '' },
      makeContext(),
    )
    await until(async () => (await waitingPids()).length === 1, 'the commit waits')
    const [first] = await waitingPids()
    await admin.query(`SELECT ${end}($1)`, [first])
    // It finds its own record, and waits with it for the standby.
    await until(
      () => Object.values(store.health.current().retries).some((count) => count > 0),
      'it was run again',
    )
    await until(async () => (await waitingPids()).length === 1, 'it waits again')
    expect(await isPending(executing)).toBe(true)
    await setStandby('')
    expect(await executing).toMatchObject({ ok: true, replayed: true })
    expect(store.health.current().unknownOutcomes).toMatchObject({ applied: 1, unsettled: 0 })
  },
)

test('a fix that is there already is not acknowledged before the standby has it', async () => {
  const store = await open()
  await setStandby('')
  const fix = makeFix(1, 0)
  await store.appendFixes(makeBatch([fix]))
  await setStandby('nobody')
  const again = store.appendFixes(makeBatch([fix]))
  await until(async () => (await waitingPids()).length === 1, 'it waits')
  expect(await isPending(again)).toBe(true)
  await setStandby('')
  expect(await again).toEqual({ stored: [false] })
})
