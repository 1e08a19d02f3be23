import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@fleet/api'
import { startFleet } from '../apps/fleet/testing/fleet-process.ts'
import { expect, test } from './fleet-fixture.ts'
import { LivePage } from './live-page.ts'

const password = 'een lang wachtwoord'

test('the printed link signs in once and never again', async ({ page, browser }) => {
  // An app of its own: in the shared one, whichever journey came first has used the link already.
  const folder = mkdtempSync(join(tmpdir(), 'fleet-e2e-'))
  const own = await startFleet({ FLEET_DB: join(folder, 'fleet.db'), FLEET_SEED: 'none' })
  await page.goto(own.signInLink)
  await expect(new LivePage(page).connection).toContainText('Live')
  const other = await browser.newPage()
  await other.goto(own.signInLink)
  await expect(other.getByText('This link no longer works')).toBeVisible()
  await other.close()
  await own.end('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
})

test('name and password sign in; a wrong one is told so; signing out ends the session', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = createClient(fleet.url, fetch, { cookie: sessionCookie })
  await api.call('createUser', { body: { name: 'anna', role: 'dispatcher', password } })
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.getByLabel('Name').fill('anna')
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toContainText('do not match')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(new LivePage(page).connection).toContainText('Live')
  const cookies = await page.context().cookies()
  expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict' })])
  await page.getByRole('button', { name: 'Account and settings' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  const cookie = `${cookies[0]!.name}=${cookies[0]!.value}`
  // The page goes first, so that the end of its session is not taken for one that came unasked.
  await expect
    .poll(async () => (await fetch(`${fleet.url}/api/session`, { headers: { cookie } })).status)
    .toBe(401)
})

test('an account that is disabled loses its live screen at once', async ({ page, fleet, sessionCookie }) => {
  const api = createClient(fleet.url, fetch, { cookie: sessionCookie })
  const user = await api.call('createUser', { body: { name: 'bram', role: 'viewer', password } })
  await page.goto('/')
  await page.getByLabel('Name').fill('bram')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(new LivePage(page).connection).toContainText('Live')
  await api.call('updateUser', { params: { id: user.id }, body: { disabled: true } })
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
})

test('no request of the page leaves the machine', async ({ page, fleet, sessionCookie }) => {
  const foreign: string[] = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(https?|wss?):$/.test(url.protocol) && url.hostname !== '127.0.0.1') foreign.push(request.url())
  })
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie)
  await live.expectMapPainted()
  expect(foreign).toEqual([])
})

test('the page that reads the API opens under the same strict policy', async ({
  page,
  fleet,
  pageErrors,
}) => {
  await page.goto(`${fleet.url}/api/docs`)
  await expect(page.getByRole('heading', { name: /Amsterdam Bike Fleet/ })).toBeVisible()
  expect(pageErrors).toEqual([])
})
