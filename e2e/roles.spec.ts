import { apiOf, createDelivery } from './delivery-fixture.ts'
import { DeliveriesPage } from './deliveries-page.ts'
import { expect, test } from './fleet-fixture.ts'

const password = 'een lang wachtwoord'

test('a viewer sees deliveries and changes none', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  await api.call('createUser', { body: { name: 'kijker', role: 'viewer', password } })
  const delivery = await createDelivery(api, 'Kijkstraat 1')
  await page.goto(fleet.url)
  await page.getByLabel('Name').fill('kijker')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Deliveries' }).click()
  const deliveries = new DeliveriesPage(page)
  await deliveries.search.fill('Kijkstraat')
  await deliveries.row(delivery.code).click()
  const drawer = deliveries.drawer(delivery.code)
  await expect(drawer.getByText('Kijkstraat 1')).toBeVisible()
  await expect(drawer.getByRole('button', { name: 'Assign' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'New delivery' })).toBeHidden()
  await expect(drawer.getByLabel('Priority')).toBeDisabled()
  await page.keyboard.press('n')
  await expect(page.getByRole('complementary', { name: 'New delivery' })).toBeHidden()
})

test('a mechanic has no page of deliveries', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  await api.call('createUser', { body: { name: 'monteur', role: 'mechanic', password } })
  await page.goto(fleet.url)
  await page.getByLabel('Name').fill('monteur')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const pages = page.getByRole('navigation', { name: 'Pages' })
  await expect(pages.getByRole('link', { name: 'Live' })).toBeVisible()
  await expect(pages.getByRole('link', { name: 'Deliveries' })).toBeHidden()
})
