import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@fleet/api'
import { freePort } from '@fleet/store/testing'
import { expect, test } from '@playwright/test'
import { signInByLink, startFleet } from '../apps/fleet/testing/fleet-process.ts'
import { LivePage } from './live-page.ts'

let folder: string
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-e2e-'))
})
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a server that dies is told, and its return is noticed without a reload', async ({ page }) => {
  const env = {
    FLEET_DB: join(folder, 'fleet.db'),
    FLEET_PORT: String(await freePort()),
    FLEET_DEMO_RIDERS: '0',
  }
  const first = await startFleet(env)
  const live = new LivePage(page)
  await live.open(first, await signInByLink(first), first.url)
  await expect(live.bike('AMS-0001')).toBeVisible()
  await first.end('SIGKILL')
  await expect(live.connection).toContainText('Offline')
  await expect(page.getByText(/Offline\. Last data from \d\d:\d\d:\d\d/)).toBeVisible()
  await expect(live.bike('AMS-0001')).toBeVisible() // what was known stays readable
  const second = await startFleet(env)
  await expect(live.connection).toContainText('Live', { timeout: 30_000 })
  await expect(page.getByText(/Offline\. Last data from/)).toBeHidden()
  expect(await second.end('SIGTERM')).toBe(0)
})

test('an empty fleet says what to do first', async ({ page }) => {
  const fleet = await startFleet({ FLEET_DB: join(folder, 'fleet.db'), FLEET_SEED: 'none' })
  const live = new LivePage(page)
  await live.open(fleet, await signInByLink(fleet), fleet.url)
  await expect(page.getByText('No bikes yet')).toBeVisible()
  await expect(page.getByText(/fleet -- device add/)).toBeVisible()
  expect(await fleet.end('SIGTERM')).toBe(0)
})

test('demo riders move on the screen', async ({ page }) => {
  const fleet = await startFleet({ FLEET_DB: join(folder, 'fleet.db') })
  const cookie = await signInByLink(fleet)
  const api = createClient(fleet.url, fetch, { cookie })
  const live = new LivePage(page)
  await live.open(fleet, cookie, fleet.url)
  // Whoever waits at a door rides nowhere for a while: take one who has just set off, and the next if they stop.
  await expect(async () => {
    const { items } = await api.call('listLatest', {})
    const { bikeNo } = items.toSorted((a, b) => (b.speedMps ?? 0) - (a.speedMps ?? 0))[0]!
    const bikes = await api.call('listBikes', { query: { limit: 500 } })
    await live.search.fill(bikes.items.find(({ no }) => no === bikeNo)!.code)
    await live.rows.first().click()
    const odometer = page.getByText('Odometer').locator('..')
    const before = await odometer.textContent()
    await expect(odometer).not.toHaveText(before!, { timeout: 25_000 })
  }).toPass({ timeout: 80_000 })
  expect(await fleet.end('SIGTERM')).toBe(0)
})
