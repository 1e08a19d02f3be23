import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@fleet/store/testing'
import type { Request, Route } from '@playwright/test'
import { signInByLink, startFleet } from '../apps/fleet/testing/fleet-process.ts'
import { CourierPhone, expectSteps, openDay, password, picture, stepsOf } from './courier-phone-page.ts'
import { createCourier } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectNoFaults } from './page-faults.ts'

test.use({ viewport: { width: 360, height: 640 } })

test('without a network the day opens, what is done waits, photo and all, and is sent once', async ({
  page,
  context,
  fleet,
  sessionCookie,
}) => {
  const opened = await openDay({ page, fleet, sessionCookie }, 'Jop', 'Tunnelstraat 1')
  const { phone, admin } = opened
  const [{ id }] = opened.deliveries
  await phone.expectKept()
  await context.setOffline(true)
  await phone.pickUp()
  await phone.expectWaiting(1)
  await phone.action('Deliver').click()
  await phone.sheet.locator('input[type=file]').setInputFiles(picture)
  await expect(phone.sheet.getByRole('img', { name: 'The photo' })).toBeVisible()
  await phone.sheet.getByRole('button', { name: 'Delivered' }).click()
  await phone.expectWaiting(2)
  const doneMs = Date.now()
  await page.reload()
  await phone.expectWaiting(2)
  await expect(page.getByText('1 done today')).toBeVisible()
  await expect(page.getByRole('banner')).toContainText('Offline')
  await page.getByRole('button', { name: /2 waiting/ }).click()
  await expect(phone.sheet.getByRole('listitem')).toHaveCount(2)
  await page.keyboard.press('Escape')
  await expect(phone.sheet).toBeHidden()
  expect(await stepsOf(admin, id)).toEqual(['create', 'assign'])
  await context.setOffline(false)
  await expectSteps(admin, id, ['create', 'assign', 'pick_up', 'deliver'])
  await phone.expectWaiting(0)
  const { proof, timeline, updatedAtMs } = await admin.call('getDelivery', { params: { id } })
  expect(proof?.photoId).not.toBeNull()
  // Each counts from when it was done, not from when it came.
  expect(updatedAtMs).toBeGreaterThan(doneMs)
  expect(timeline.slice(-2).every(({ atMs }) => atMs <= doneMs)).toBe(true)
})

test('what is undone before it was sent is never sent', async ({ page, context, fleet, sessionCookie }) => {
  const opened = await openDay({ page, fleet, sessionCookie }, 'Kim', 'Spijtstraat 1')
  const { phone, admin } = opened
  const [{ id }] = opened.deliveries
  await context.setOffline(true)
  await expect(page.getByRole('banner')).toContainText('Offline', { timeout: 30_000 })
  await phone.pickUp()
  await phone.expectWaiting(1)
  await phone.toasts.getByRole('button', { name: 'Undo' }).click()
  await phone.expectWaiting(0)
  await expect(phone.action('Picked up')).toBeVisible()
  await context.setOffline(false)
  await expect(page.getByRole('banner')).not.toContainText('Offline', { timeout: 45_000 })
  expect(await stepsOf(admin, id)).toEqual(['create', 'assign'])
})

test('a refusal that comes later stays until it is read, or tried again when nothing is in its way any more', async ({
  page,
  context,
  fleet,
  sessionCookie,
}) => {
  const opened = await openDay({ page, fleet, sessionCookie }, 'Lot', 'Andermansstraat 1')
  const { phone, admin, account } = opened
  const [{ id, code }] = opened.deliveries
  const other = await createCourier(admin, 'Lots Opvolger')
  await phone.expectKept()
  await context.setOffline(true)
  await phone.pickUp()
  await phone.expectWaiting(1)
  await admin.call('assignDelivery', { params: { id }, body: { courierId: other.id } })
  await context.setOffline(false)
  const refusal = phone.alerts.filter({ hasText: `Not accepted: ${code} picked up` })
  await expect(refusal).toContainText('given to somebody else', { timeout: 45_000 })
  await expectNoFaults(page)
  await page.reload()
  await expect(refusal).toBeVisible()
  expect((await admin.call('getDelivery', { params: { id } })).courierId).toBe(other.id)
  // What was in its way is gone.
  await admin.call('assignDelivery', { params: { id }, body: { courierId: account.courier.id } })
  await refusal.getByRole('button', { name: 'Try again' }).click()
  await expect(refusal).toBeHidden()
  await expectSteps(admin, id, ['create', 'assign', 'assign', 'assign', 'pick_up'])
})

test('of two tabs one sends', async ({ page, context, fleet, sessionCookie }) => {
  const sent: Request[] = []
  context.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/pick-up')) sent.push(request)
  })
  const opened = await openDay({ page, fleet, sessionCookie }, 'Mees', 'Tweelingstraat 1')
  const { phone, account, admin } = opened
  const [{ id }] = opened.deliveries
  const twin = new CourierPhone(await context.newPage())
  await twin.open(fleet, account.cookie)
  await expect(twin.card).toBeVisible()
  await context.setOffline(true)
  await phone.pickUp()
  await phone.expectWaiting(1)
  await twin.expectWaiting(1)
  await expect(twin.action('Deliver')).toBeVisible()
  await context.setOffline(false)
  await expectSteps(admin, id, ['create', 'assign', 'pick_up'])
  await phone.expectWaiting(0)
  await twin.expectWaiting(0)
  const answered = await Promise.all(sent.map(async (request) => (await request.response())?.status() ?? 0))
  expect(answered.filter((status) => status === 200)).toHaveLength(1)
})

test('signing out says what waits, and signing in sends it', async ({
  page,
  context,
  fleet,
  sessionCookie,
}) => {
  const opened = await openDay({ page, fleet, sessionCookie }, 'Noor', 'Uitlogstraat 1')
  const { phone, account, admin } = opened
  const [{ id }] = opened.deliveries
  await phone.expectKept()
  await context.setOffline(true)
  await phone.pickUp()
  await phone.expectWaiting(1)
  await page.getByRole('button', { name: 'Account and settings' }).click()
  await expect(
    page.getByText('1 action waits on this phone. It is sent when you sign in here again.'),
  ).toBeVisible()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByText('1 action waits on this device for whoever did it')).toBeVisible()
  await context.setOffline(false)
  await page.getByLabel('Name').fill(account.name)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(phone.action('Deliver')).toBeVisible()
  await expectSteps(admin, id, ['create', 'assign', 'pick_up'])
})

test('a server that dies between doing it and saying so does it once; the page opens while it is away', async ({
  page,
  context,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-e2e-'))
  const env = {
    FLEET_DB: join(folder, 'fleet.db'),
    FLEET_SEED: 'none',
    FLEET_PORT: String(await freePort()),
  }
  const first = await startFleet(env)
  const sessionCookie = await signInByLink(first)
  const opened = await openDay({ page, fleet: first, sessionCookie }, 'Otto', 'Stroomstraat 1')
  const { phone, admin } = opened
  const [{ id }] = opened.deliveries
  await phone.expectKept()
  const died = Promise.withResolvers<void>()
  const dieAfterIt = async (route: Route) => {
    const response = await route.fetch()
    expect(response.status()).toBe(200)
    await first.end('SIGKILL')
    await route.abort('connectionreset')
    died.resolve()
  }
  await page.route('**/pick-up', dieAfterIt, { times: 1 })
  await phone.pickUp()
  await died.promise
  await phone.expectWaiting(1)
  await page.close()
  const later = new CourierPhone(await context.newPage())
  await later.page.goto(`${first.url}/#/me`)
  await later.expectWaiting(1)
  await expect(later.card.getByRole('heading', { name: 'Stroomstraat 1' })).toBeVisible()
  const second = await startFleet(env)
  await later.expectWaiting(0)
  await expect(later.action('Deliver')).toBeVisible()
  await expectSteps(admin, id, ['create', 'assign', 'pick_up'])
  expect(await second.end('SIGTERM')).toBe(0)
  rmSync(folder, { recursive: true, force: true })
})
