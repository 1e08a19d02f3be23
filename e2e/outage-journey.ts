import type { ApiClient } from '@fleet/api'
import type { DeliveryId } from '@fleet/domain'
import { type Browser, expect, type Page } from '@playwright/test'
import { DeliveriesPage } from './deliveries-page.ts'
import { apiOf, createCourier, createDelivery } from './delivery-fixture.ts'
import type { Fleet } from './fleet-fixture.ts'

/** An outage of the database, as it is brought about. */
export interface Outage {
  /** Resolves when the database is away, or will be in a moment. */
  begin(): Promise<void>
  /** Sees to its return; where it comes back by itself, nothing. */
  end(): Promise<void>
}

const stepsOf = async (api: ApiClient, id: DeliveryId) =>
  (await api.call('getDelivery', { params: { id } })).timeline.map(({ event }) => event)

const bannerOf = (page: Page) => page.getByRole('status').filter({ hasText: 'Your changes are safe.' })

async function assign(deliveries: DeliveriesPage, code: string, courier: string): Promise<void> {
  await deliveries.row(code).click()
  await expect(deliveries.drawer(code)).toBeVisible()
  await deliveries.page.keyboard.press('a')
  await deliveries.chooseCourier(courier)
  await expect(deliveries.row(code)).toContainText(courier)
}

/** A dispatcher goes on while the database is away: all is shown, told, kept through a reload, and done once. */
export async function workThroughOutage(
  page: Page,
  fleet: Pick<Fleet, 'url'>,
  cookie: string,
  outage: Outage,
): Promise<void> {
  const api = apiOf(fleet, cookie)
  const [eva, bob] = [await createCourier(api, 'Eva Wacht'), await createCourier(api, 'Bob Wacht')]
  const [first, second, third] = [
    await createDelivery(api, 'Wachtstraat 1'),
    await createDelivery(api, 'Wachtstraat 2'),
    await createDelivery(api, 'Wachtstraat 3'),
  ]
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, cookie, '?q=Wachtstraat&day=all')
  await expect(deliveries.rows).toHaveCount(3)
  const banner = bannerOf(page)

  await outage.begin()
  await expect(banner).toContainText('The database is switching over.')
  await assign(deliveries, first.code, eva.name)
  // A second thought is no conflict with oneself, and what was undone is not done.
  await assign(deliveries, second.code, eva.name)
  await assign(deliveries, second.code, bob.name)
  await assign(deliveries, third.code, eva.name)
  await page.keyboard.press('Control+z')
  await expect(deliveries.row(third.code)).toContainText('Unassigned')
  await expect(banner).toContainText('5 are waiting.')
  await expect(deliveries.toasts).toBeEmpty()

  // As when the server has waited long enough for its database.
  await page.route('**/api/deliveries?*', (route) => route.abort('connectionreset'))
  await page.reload()
  await expect(banner).toContainText('5 are waiting.')
  // What the live channel knows is shown; the list itself cannot be read.
  await expect(deliveries.rows).toHaveCount(3)
  await expect(page.getByText('first 3')).toBeVisible()
  await page.unrouteAll()

  await outage.end()
  await expect(deliveries.row(first.code)).toContainText(eva.name, { timeout: 60_000 })
  await expect(deliveries.row(second.code)).toContainText(bob.name)
  await expect(deliveries.row(third.code)).toContainText('Unassigned')
  await expect(banner).toBeHidden({ timeout: 60_000 })
  await expect(page.getByText('3 deliveries', { exact: true })).toBeVisible()
  await expect.poll(() => stepsOf(api, third.id)).toEqual(['create', 'assign', 'undo'])
  expect(await stepsOf(api, first.id)).toEqual(['create', 'assign'])
  expect(await stepsOf(api, second.id)).toEqual(['create', 'assign', 'assign'])
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(
    deliveries.toasts.getByText(`${third.code} assigned to ${eva.name}`, { exact: true }),
  ).toBeHidden()
  // What the page before did can be undone in this one.
  await page.keyboard.press('Control+z')
  await expect(deliveries.row(second.code)).toContainText(eva.name)
}

/**
 * Two dispatchers change the same delivery while the database is away. When it is back one of them is told what the other
 * did and chooses, whoever was first.
 */
export async function disagreeThroughOutage(
  browser: Browser,
  fleet: Pick<Fleet, 'url'>,
  cookies: readonly [string, string],
  outage: Outage,
): Promise<void> {
  const api = apiOf(fleet, cookies[0])
  const { id, code } = await createDelivery(api, 'Tweespaltstraat 1')
  const couriers = [await createCourier(api, 'Eva Eens'), await createCourier(api, 'Bob Oneens')]
  const pages = await Promise.all(
    cookies.map(async (cookie) => {
      const deliveries = new DeliveriesPage(await (await browser.newContext()).newPage())
      await deliveries.open(fleet, cookie, '?q=Tweespaltstraat&day=all')
      await expect(deliveries.rows).toHaveCount(1)
      return deliveries
    }),
  )
  await outage.begin()
  for (const [index, deliveries] of pages.entries()) {
    await expect(bannerOf(deliveries.page)).toBeVisible()
    await assign(deliveries, code, couriers[index]!.name)
  }
  await outage.end()

  const question = (deliveries: DeliveriesPage) =>
    deliveries.page.getByRole('dialog', { name: `${code} was changed meanwhile` })
  await expect
    .poll(async () => (await Promise.all(pages.map((each) => question(each).count()))).join(), {
      timeout: 60_000,
    })
    .toMatch(/^(0,1|1,0)$/)
  const asked = (await question(pages[0]!).isVisible()) ? 0 : 1
  const [mine, theirs] = [couriers[asked]!, couriers[1 - asked]!]
  const current = () => api.call('getDelivery', { params: { id } })
  expect((await current()).courierId).toBe(theirs.id)
  await question(pages[asked]!).getByRole('button', { name: 'Do mine anyway' }).click()
  await expect.poll(async () => (await current()).courierId).toBe(mine.id)
  for (const deliveries of pages) {
    await expect(deliveries.row(code)).toContainText(mine.name)
    await expect(bannerOf(deliveries.page)).toBeHidden({ timeout: 60_000 })
    await deliveries.page.context().close()
  }
  expect(await stepsOf(api, id)).toEqual(['create', 'assign', 'assign'])
}
