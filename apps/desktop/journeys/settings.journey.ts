import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@fleet/store/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { until } from '../../fleet/testing/fleet-command.ts'
import { Desk } from '../testing/desktop-app.ts'

let postgres: PostgresServer
let desk: Desk
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(() => {
  desk = new Desk({}, { hasChosen: false })
})
afterEach(() => desk.clear())

const settingsFile = () => join(desk.home, '.config/nl.amsterdambikefleet.desktop/settings.json')

test('the first start asks one question; the answer is kept for its owner only, and the second start does not ask', async () => {
  const first = await desk.open()
  await first.untilText('This computer')
  expect(existsSync(settingsFile())).toBe(false)
  await first.click('[role=radio]')
  await first.click('button[type=submit]')
  await first.untilText('AMS-0001')
  await first.untilMapPainted()
  expect(statSync(settingsFile()).mode & 0o777).toBe(0o600)
  await desk.close(first)
  const second = await desk.open()
  await second.untilText('AMS-0001')
  await desk.close(second)
})

test('from this computer to the servers in the settings, without a restart by hand; the password is in no file', async () => {
  const first = await desk.open()
  await first.untilText('This computer')
  await first.click('[role=radio]')
  await first.click('button[type=submit]')
  await first.untilText('AMS-0001')
  const { host, port, user, password } = postgres
  const settings = {
    data: 'servers',
    connection: { host, port, user, database: await postgres.createDatabase() },
    trackerPort: null,
  }
  const saved = await first.run<string>(
    `const body = JSON.stringify(${JSON.stringify({ settings, password })})
     const headers = { 'content-type': 'application/json' }
     return (await fetch('/api/desktop/settings', { method: 'PUT', headers, body })).text()`,
  )
  expect(saved).toContain('"isSaved":true')
  await until(
    'the app works on the servers',
    async () =>
      (await first
        .run<string>('return (await (await fetch("/readyz")).json()).backend')
        .catch(() => null)) === 'postgres' || null,
    60_000,
  )
  expect(readFileSync(settingsFile(), 'utf8') + desk.log()).not.toContain(password)
  await desk.close(first)
})

test('a link that came with the first start is opened once the question is answered', async () => {
  const first = await desk.open('sqlite', {}, ['bike-fleet://bike/AMS-0003'])
  await first.untilText('This computer')
  await first.click('[role=radio]')
  await first.click('button[type=submit]')
  await until(
    'the app is at the bike',
    async () =>
      (await first.run<string>('return location.hash').catch(() => '')).includes('AMS-0003') || null,
    60_000,
  )
  await desk.close(first)
})
