import { once } from 'node:events'
import { globSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@fleet/store/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../fleet/testing/fleet-command.ts'
import { Desk, exitCodeOf } from '../testing/desktop-app.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => desk.clear())

test('a tracker port that is taken is named, and the app starts by itself once it is free', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const window = await desk.open('sqlite', { FLEET_OSMAND_PORT: String(port) })
  await window.untilText(`Another program uses port ${port}`)
  taken.close()
  await once(taken, 'close')
  await window.untilText('AMS-0001')
  await desk.close(window)
})

test('a data folder that cannot be made is named', async () => {
  const inTheWay = join(desk.home, 'a-file')
  writeFileSync(inTheWay, '')
  const window = await desk.open('sqlite', { FLEET_DB: join(inTheWay, 'data/fleet.db') })
  await window.untilText('The database file cannot be written.')
  expect(await window.text()).toContain(inTheWay)
  await desk.close(window)
})

test('a database that is no database is named, and the app starts once another one is there', async () => {
  const file = join(desk.home, 'fleet.db')
  writeFileSync(file, 'x'.repeat(8192))
  const window = await desk.open('sqlite', { FLEET_DB: file })
  await window.untilText('The database file is damaged.')
  rmSync(file)
  await window.click('button[type=submit]')
  await window.untilText('AMS-0001')
  await desk.close(window)
})

describe('the build for the cluster', () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())

  test('says on the terminal exactly what to set, asks for it in the window, and makes no file', async () => {
    desk = new Desk({}, { hasChosen: false })
    const shell = desk.start('postgres')
    let said = ''
    shell.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const wanted = 'export PG_HOST=10.0.0.100\nexport PG_USER=fleet_app\nexport PG_DATABASE=bike_fleet\n'
    await until('the terminal names what to set', () => said.includes(wanted) || null, 60_000).catch(() =>
      expect(said).toContain(wanted),
    )
    shell.kill('SIGTERM')
    await exitCodeOf(shell)
    await desk.untilNothingRuns()

    const window = await desk.open('postgres')
    await window.untilText('Connect to your servers')
    expect(globSync('**/*.db', { cwd: join(desk.home, '.local') })).toEqual([])
    await desk.close(window)
  })

  test.each([
    ['PG_PASSWORD', 'wrong', 'does not let'],
    ['PG_DATABASE', 'not_there', 'has no database not_there'],
    ['PG_HOST', 'nowhere.invalid', 'Nobody knows a server named nowhere.invalid'],
    ['PGSSLMODE', 'verify-full', 'does not offer encryption'],
  ])('names %s when it is wrong: %s', async (name, value, sentence) => {
    const env = { ...postgres.env(await postgres.createDatabase()), [name]: value }
    const window = await desk.open('postgres', env)
    await window.untilText(sentence)
    expect(await window.text()).toContain('Set outside the app')
    await desk.close(window)
  })

  test.each(['sqlite', 'postgres'] as const)(
    'works on PostgreSQL, and so does the %s build',
    async (backend) => {
      const config = postgres.config(await postgres.createDatabase(), 5)
      const window = await desk.open(backend, {
        PG_HOST: config.host,
        PG_PORT: String(config.port),
        PG_USER: config.user,
        PG_PASSWORD: config.password ?? '',
        PG_DATABASE: config.database,
      })
      await window.untilText('AMS-0001')
      expect(await window.run('return (await (await fetch("/readyz")).json()).backend')).toBe('postgres')
      await desk.close(window)
    },
  )
})
