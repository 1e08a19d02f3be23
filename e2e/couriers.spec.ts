import { CouriersPage } from './couriers-page.ts'
import { apiOf, createCourier, createDelivery } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectNoFaults, expectNoSidewaysScroll } from './page-faults.ts'

test('a courier is added, starts a shift, takes a bike and goes home by keyboard alone', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const bike = await api.call('createBike', { body: { code: 'COU-0001', kind: 'city' } })
  const couriers = new CouriersPage(page)
  await couriers.open(fleet, sessionCookie)
  await expect(couriers.rows.first()).toBeVisible()
  await page.keyboard.press('n')
  const form = page.getByRole('complementary', { name: 'New courier' })
  await expect(form.getByLabel('Name')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(form.getByText('Fill in a name.')).toBeVisible()
  await page.keyboard.type('Klavier Kamp')
  await page.keyboard.press('Tab')
  await page.keyboard.type('+31 6 8765 4321')
  await page.keyboard.press('Enter')
  await expect(couriers.toasts).toContainText('Klavier Kamp added')
  const drawer = couriers.drawer('Klavier Kamp')
  await expect(drawer).toContainText('Start the shift first')
  await drawer.getByRole('button', { name: 'Start shift' }).press('Enter')
  await expect(drawer.getByRole('button', { name: 'Break' })).toBeVisible()
  const give = drawer.getByRole('combobox', { name: 'Give a bike' })
  await give.focus()
  await page.keyboard.type('COU-0001')
  await expect(page.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(couriers.toasts).toContainText('Klavier Kamp took COU-0001')
  await expect(couriers.row('Klavier Kamp')).toContainText('COU-0001')
  await drawer.getByRole('heading', { level: 2 }).focus()
  await couriers.runFromPalette('end shift')
  await expect(couriers.row('Klavier Kamp')).toContainText('Off shift')
  await expect(couriers.row('Klavier Kamp')).not.toContainText('COU-0001')
  await expect(couriers.toasts).toContainText('Klavier Kamp off shift')
  await expect(couriers.palette).toBeHidden()
  await page.keyboard.press('Control+z')
  await expect(couriers.row('Klavier Kamp')).toContainText('COU-0001')
  await expect
    .poll(async () => (await api.call('getBike', { params: { id: bike.id } })).status)
    .toBe('in_use')
  await page.keyboard.press('Escape')
  await expect(couriers.grid).toBeFocused()
  expect(pageErrors).toEqual([])
})

test('today of a courier is live, and contact is edited where it stands', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Dagelijks Dam')
  const delivery = await createDelivery(api, 'Dagstraat 1')
  const couriers = new CouriersPage(page)
  await couriers.open(fleet, sessionCookie, `?c=${courier.no}`)
  const drawer = couriers.drawer(courier.name)
  await expect(drawer).toContainText('No deliveries today.')
  await api.call('assignDelivery', { params: { id: delivery.id }, body: { courierId: courier.id } })
  const today = drawer.getByRole('region', { name: 'Deliveries of today' })
  await expect(today).toContainText('Dagstraat 1')
  await expect(couriers.row(courier.name)).toContainText('1 delivery')
  await drawer.getByRole('button', { name: /^Phone/ }).click()
  await page.keyboard.type('020 123 4567')
  await page.keyboard.press('Enter')
  await expect(couriers.toasts).toContainText(`${courier.name}: phone changed`)
  await expect(drawer.getByRole('link', { name: /^Call/ })).toHaveAttribute('href', 'tel:0201234567')
  await today.getByRole('link', { name: delivery.code }).click()
  await expect(page.getByRole('complementary', { name: `Delivery ${delivery.code}` })).toBeVisible()
})

test('filters are in the address', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Filter Faber')
  const couriers = new CouriersPage(page)
  await couriers.open(fleet, sessionCookie, '?q=filter')
  await expect(couriers.rows).toHaveCount(1)
  await page
    .getByRole('group', { name: 'Filter by shift' })
    .getByRole('button', { name: /On a break/ })
    .click()
  await expect(page.getByText('No courier matches')).toBeVisible()
  await expect(page).toHaveURL(/shift=break/)
  await api.call('stepShift', { params: { id: courier.id }, body: { event: 'pause' } })
  await expect(couriers.row(courier.name)).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('axe finds nothing on the list, an open courier and the form', async ({
      page,
      fleet,
      sessionCookie,
    }) => {
      const api = apiOf(fleet, sessionCookie)
      const courier = await createCourier(api, `Axe ${colorScheme}`)
      const couriers = new CouriersPage(page)
      await couriers.open(fleet, sessionCookie, `?c=${courier.no}`)
      await expect(couriers.drawer(courier.name)).toContainText('No deliveries today.')
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/couriers?new=1`)
      await expect(page.getByRole('complementary', { name: 'New courier' })).toBeVisible()
      await expectNoFaults(page)
    })
  })

test('on a phone the page does not scroll sideways', async ({ page, fleet, sessionCookie }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const couriers = new CouriersPage(page)
  await couriers.open(fleet, sessionCookie)
  await expect(couriers.rows.first()).toBeVisible()
  await expectNoSidewaysScroll(page)
})
