import type { Page } from '@playwright/test'
import { createDelivery, apiOf } from './delivery-fixture.ts'
import { DeliveriesPage } from './deliveries-page.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectNoFaults } from './page-faults.ts'

/** Every page, and what opens on it. A new page is one line here. */
const views: readonly (readonly [name: string, path: string, ready: (page: Page) => Promise<void>])[] = [
  [
    'what needs attention, beside the map',
    '/',
    (page) => expect(page.getByRole('complementary', { name: 'Needs attention' })).toBeVisible(),
  ],
  [
    'the list of deliveries with one open',
    '/deliveries?d=CODE',
    (page) => expect(page.getByRole('complementary', { name: /^Delivery D-/ })).toBeVisible(),
  ],
  [
    'deliveries that are selected',
    '/deliveries?sel=CODE',
    (page) => expect(page.getByRole('region', { name: 'Selected deliveries' })).toBeVisible(),
  ],
  [
    'the form for a new delivery',
    '/deliveries?new=1',
    (page) => expect(page.getByRole('complementary', { name: 'New delivery' })).toBeVisible(),
  ],
  ['the board', '/deliveries?view=board', (page) => expect(page.getByRole('article').first()).toBeVisible()],
  [
    'the lanes',
    '/deliveries?view=lanes',
    (page) => expect(page.getByRole('group', { name: 'Nobody' })).toBeVisible(),
  ],
  [
    'a list without a match',
    '/deliveries?q=nosuchthing',
    (page) => expect(page.getByText('No delivery matches')).toBeVisible(),
  ],
]

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme axe finds nothing on`, () => {
    test.use({ colorScheme })

    for (const [name, path, ready] of views)
      test(name, async ({ page, fleet, sessionCookie }) => {
        const { code } = await createDelivery(apiOf(fleet, sessionCookie), 'Toegangsstraat 1')
        const deliveries = new DeliveriesPage(page)
        await deliveries.open(fleet, sessionCookie)
        await page.goto(`${fleet.url}/#${path.replace('CODE', code)}`)
        await ready(page)
        await expectNoFaults(page)
      })

    test('the palette and the sheet of shortcuts', async ({ page, fleet, sessionCookie }) => {
      const deliveries = new DeliveriesPage(page)
      await deliveries.open(fleet, sessionCookie)
      await page.keyboard.press('Control+k')
      await deliveries.palette.fill('del')
      await expect(page.getByRole('option', { name: /^Deliveries/ })).toBeVisible()
      await expectNoFaults(page)
      await page.keyboard.press('Escape')
      await expect(deliveries.palette).toBeHidden()
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
      await expectNoFaults(page)
    })
  })
