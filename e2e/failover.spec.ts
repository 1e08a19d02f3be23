import { type PostgresServer, startPostgres } from '@fleet/store/testing'
import { test } from '@playwright/test'
import { type FleetProcess, signInByLink, startFleet } from '../apps/fleet/testing/fleet-process.ts'
import { apiOf } from './delivery-fixture.ts'
import { disagreeThroughOutage, type Outage, workThroughOutage } from './outage-journey.ts'

let postgres: PostgresServer
let fleet: FleetProcess
let owner: string
const outage: Outage = {
  begin: () => postgres.halt('immediate'),
  end: () => postgres.resume(),
}

test.beforeAll(async () => {
  postgres = await startPostgres()
  const database = await postgres.createDatabase()
  fleet = await startFleet({ ...postgres.env(database), FLEET_DEMO_RIDERS: '0' })
  owner = await signInByLink(fleet)
})
test.afterAll(async () => {
  await fleet.end('SIGTERM')
  await postgres.stop()
})

test('what is done while the database is away is shown, survives a reload, and is done once', ({ page }) =>
  workThroughOutage(page, fleet, owner, outage))

test('two dispatchers who change the same delivery meanwhile end with a choice', async ({ browser }) => {
  const password = 'een lang wachtwoord'
  await apiOf(fleet, owner).call('createUser', { body: { name: 'bram', role: 'dispatcher', password } })
  const signIn = await fetch(`${fleet.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bram', password }),
  })
  const bram = signIn.headers.getSetCookie()[0]!.split(';')[0]!
  await disagreeThroughOutage(browser, fleet, [owner, bram], outage)
})
