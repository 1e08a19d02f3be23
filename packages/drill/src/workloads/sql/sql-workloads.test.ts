import { type PostgresServer, startPostgres } from '@fleet/store/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workloadUnderTest } from '../../../testing/workload-under-test.ts'
import { checkReadYourWrites } from '../../checkers/read-your-writes.ts'
import { checkRegisters } from '../../checkers/register.ts'
import { checkNothingLost, checkNothingTwice, checkNothingUnasked } from '../../checkers/written-once.ts'
import { inserts } from './inserts.ts'
import { registers } from './registers.ts'
import { sessions } from './sessions.ts'
import { dropTable } from './tables.ts'

let server: PostgresServer
let connection: pg.ClientConfig
beforeAll(async () => {
  server = await startPostgres()
  const { host, port, user, password } = server
  connection = { host, port, user, password, database: await server.createDatabase() }
})
afterAll(() => server.stop())

test(
  'clients go on through a crash of PostgreSQL, and what they recorded of a server that keeps its word holds',
  { timeout: 120_000 },
  async () => {
    using clients = workloadUnderTest(connection)
    for (const workload of [inserts, registers, sessions]) await clients.start(workload)
    const everyone = ['inserts', 'registers', 'sessions']
    await Promise.all(everyone.map((each) => clients.answers(each, 30)))
    for (let crash = 0; crash < 3; crash += 1) {
      await server.halt('immediate')
      await server.resume()
      await Promise.all(everyone.map((each) => clients.answers(each, 30)))
    }
    const { operations, incomplete } = await clients.finish()
    expect(incomplete).toBeNull()
    const of = (name: string) => operations.filter(({ workload }) => workload === name)
    for (const check of [checkNothingLost, checkNothingTwice, checkNothingUnasked])
      expect(check(of('inserts'), ['insert'])).toMatchObject({ verdict: 'ok' })
    expect(checkRegisters(of('registers'))).toMatchObject({ verdict: 'ok' })
    expect(checkReadYourWrites(of('sessions'))).toMatchObject({ verdict: 'ok' })
    // The crashes met requests that were on their way.
    expect(operations.filter(({ outcome }) => outcome !== 'ok').length).toBeGreaterThan(0)
  },
)

test('rows that vanish are found', { timeout: 60_000 }, async () => {
  using clients = workloadUnderTest(connection)
  await clients.start(inserts)
  await clients.answers('inserts', 20)
  const table = `fleet_drill_inserts_t${process.pid}`
  const saboteur = new pg.Client(connection)
  await saboteur.connect()
  await saboteur.query(`DELETE FROM ${table} WHERE id = 7`)
  await saboteur.query(`INSERT INTO ${table} SELECT * FROM ${table} WHERE id = 9`)
  await saboteur.end()
  const { operations } = await clients.finish()
  expect(checkNothingLost(operations, ['insert']).evidence.map(({ says }) => says)).toEqual([
    '7 was acknowledged and is not there.',
  ])
  expect(checkNothingTwice(operations, ['insert']).evidence.map(({ says }) => says)).toEqual([
    '9 is there 2 times instead of 1.',
  ])
})

test('what cannot be read in the end is recorded as such, and keeps nobody from reading the rest', async () => {
  using clients = workloadUnderTest(connection)
  for (const workload of [inserts, registers, sessions]) await clients.start(workload)
  await clients.answers('registers', 20)
  const saboteur = new pg.Client(connection)
  await saboteur.connect()
  for (const name of ['inserts', 'rows', 'sessions'])
    await saboteur.query(`DROP TABLE fleet_drill_${name}_t${process.pid}`)
  await saboteur.end()
  const { operations, incomplete } = await clients.finish()
  expect(incomplete).toBeNull()
  const readings = operations.filter((operation) => operation.process === 'auditor')
  expect(readings.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'fail'))
  expect(checkNothingLost(operations, ['insert']).verdict).toBe('unknown')
})

test('a table that cannot be dropped is noted', async () => {
  const notes: string[] = []
  const nobody = { host: '127.0.0.1', port: 1, user: 'nobody' }
  await dropTable({ writes: nobody, note: (text) => notes.push(text) }, 'fleet_drill_x')
  expect(notes).toEqual([expect.stringContaining('the table fleet_drill_x could not be dropped: ')])
})
