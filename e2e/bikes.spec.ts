import { BikesPage } from './bikes-page.ts'
import { apiOf, createCourier } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectNoFaults, expectNoSidewaysScroll } from './page-faults.ts'

const password = 'een lang wachtwoord'

test('a bike is registered, sent to the workshop and undone by keyboard alone', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const bikes = new BikesPage(page)
  await bikes.open(fleet, sessionCookie)
  await expect(bikes.rows.first()).toBeVisible()
  await page.keyboard.press('n')
  const form = page.getByRole('complementary', { name: 'New bike' })
  await expect(form.getByLabel('Code')).toBeFocused()
  await page.keyboard.type('KEY-0001')
  await page.keyboard.press('Tab')
  // Letters that come too slowly after one another would begin another word.
  await page.keyboard.type('E')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Front basket')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(bikes.toasts).toContainText('KEY-0001 registered')
  await expect(bikes.drawer('KEY-0001')).toContainText('E-cargo bike')
  await page.keyboard.press('Escape')
  await expect(bikes.grid).toBeFocused()
  await page.keyboard.press('/')
  await page.keyboard.type('KEY-')
  await expect(bikes.rows).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(bikes.grid).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(bikes.drawer('KEY-0001').getByRole('heading', { name: 'KEY-0001' })).toBeFocused()
  await bikes.runFromPalette('workshop')
  await expect(bikes.row('KEY-0001')).toContainText('Workshop')
  await expect(bikes.palette).toBeHidden()
  await page.keyboard.press('Control+z')
  await expect(bikes.row('KEY-0001')).toContainText('Available')
  await page.keyboard.press('Control+Shift+z')
  await expect(bikes.row('KEY-0001')).toContainText('Workshop')
  expect(pageErrors).toEqual([])
})

test('fields are edited where they stand; a new code keeps the bike open', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const bike = await api.call('createBike', { body: { code: 'FLD-0001', kind: 'city' } })
  const bikes = new BikesPage(page)
  await bikes.open(fleet, sessionCookie, '?b=FLD-0001')
  const registry = bikes.drawer('FLD-0001').getByRole('region', { name: 'Registry' })
  await registry.getByRole('button', { name: /^Code: FLD-0001/ }).click()
  await page.keyboard.type('not a code')
  await expect(registry.getByText('Codes read like AMS-0042')).toBeVisible()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('fld-0002')
  await page.keyboard.press('Enter')
  await expect(bikes.drawer('FLD-0002')).toBeVisible()
  await expect(page).toHaveURL(/b=FLD-0002/)
  const renamed = bikes.drawer('FLD-0002').getByRole('region', { name: 'Registry' })
  await renamed.getByLabel('Kind').selectOption('cargo')
  await expect(bikes.toasts).toContainText('FLD-0002: kind changed')
  await renamed.getByRole('button', { name: /^Note/ }).click()
  await page.keyboard.type('First line')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Second line')
  await page.keyboard.press('Control+Enter')
  await expect(bikes.toasts).toContainText('FLD-0002: note changed')
  expect(await api.call('getBike', { params: { id: bike.id } })).toMatchObject({
    code: 'FLD-0002',
    kind: 'cargo',
    note: 'First line\nSecond line',
  })
})

test('the service book takes an entry with its cost and due date, and lets it be corrected and undone', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const bike = await api.call('createBike', { body: { code: 'SRV-0001', kind: 'city' } })
  await api.call('createServiceEntry', {
    body: {
      bikeId: bike.id,
      kind: 'tyres',
      atMs: Date.now() - 400 * 86_400_000,
      dueMs: Date.now() - 86_400_000,
    },
  })
  const bikes = new BikesPage(page)
  await bikes.open(fleet, sessionCookie, '?b=SRV-0001')
  const book = bikes.serviceBook('SRV-0001')
  await expect(book.getByText(/^Overdue/)).toBeVisible()
  await book.getByRole('button', { name: 'Write down service' }).click()
  await book.getByLabel('What was done').selectOption('brakes')
  await book.getByLabel('Cost in euros').fill('a lot')
  await book.getByRole('button', { name: 'Save' }).click()
  await expect(book.getByLabel('Cost in euros')).toBeFocused()
  await expect(book.getByText('Fill in an amount')).toBeVisible()
  await book.getByLabel('Cost in euros').fill('42,50')
  await book.getByLabel('Due again at km').fill('5000')
  await book.getByRole('button', { name: 'Save' }).click()
  await expect(bikes.toasts).toContainText('SRV-0001: Brakes written down')
  const entry = book.getByRole('listitem').filter({ hasText: 'Brakes' })
  await expect(entry).toContainText('€42.50')
  await expect(entry).toContainText('Due 5,000 km')
  await entry.getByRole('button', { name: /^Brakes of/ }).click()
  await page.getByRole('menuitem', { name: 'Correct' }).click()
  await book.getByLabel('Cost in euros').fill('40')
  await book.getByRole('button', { name: 'Save' }).click()
  await expect(entry).toContainText('€40.00')
  await entry.getByRole('button', { name: /^Brakes of/ }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await expect(entry).toHaveCount(0)
  await page.keyboard.press('Control+z')
  await expect(entry).toContainText('€40.00')
})

test('filters and search are in the address, and a rider is found', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Fietser Faber')
  const bike = await api.call('createBike', { body: { code: 'FLT-0001', kind: 'cargo' } })
  await api.call('takeBike', { params: { id: courier.id }, body: { bikeId: bike.id } })
  const bikes = new BikesPage(page)
  await bikes.open(fleet, sessionCookie)
  await bikes.search.fill('faber')
  await expect(bikes.rows).toHaveCount(1)
  await expect(bikes.row('FLT-0001')).toContainText('Fietser Faber')
  await page
    .getByRole('group', { name: 'Filter by status' })
    .getByRole('button', { name: /Available/ })
    .click()
  await expect(page).toHaveURL(/status=available/)
  await expect(page.getByText('No bike matches')).toBeVisible()
  // Whoever else changes it: it is on screen without a reload.
  await api.call('returnBike', { params: { id: courier.id } })
  await bikes.search.fill('flt-')
  await expect(bikes.row('FLT-0001')).toContainText('Available')
  await page.reload()
  await expect(bikes.rows).toHaveCount(1)
})

test('a viewer sees bikes and changes none', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  await api.call('createUser', { body: { name: 'fietskijker', role: 'viewer', password } })
  await api.call('createBike', { body: { code: 'VWR-0001', kind: 'city' } })
  await page.goto(fleet.url)
  await page.getByLabel('Name').fill('fietskijker')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Bikes' }).click()
  const bikes = new BikesPage(page)
  await bikes.search.fill('VWR')
  await bikes.row('VWR-0001').click()
  const drawer = bikes.drawer('VWR-0001')
  await expect(drawer.getByText('Nothing written down yet.')).toBeVisible()
  await expect(drawer.getByLabel('Kind')).toBeDisabled()
  for (const name of ['To the workshop', 'Write down service'])
    await expect(drawer.getByRole('button', { name })).toBeHidden()
  await page.keyboard.press('n')
  await expect(page.getByRole('complementary', { name: 'New bike' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'New bike' })).toBeHidden()
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('axe finds nothing on the registry, an open bike, its service form and the form for a new one', async ({
      page,
      fleet,
      sessionCookie,
    }) => {
      const api = apiOf(fleet, sessionCookie)
      const code = colorScheme === 'light' ? 'AXE-0001' : 'AXE-0002'
      const bike = await api.call('createBike', { body: { code, kind: 'e-cargo' } })
      await api.call('createServiceEntry', {
        body: { bikeId: bike.id, kind: 'brakes', atMs: Date.now() - 86_400_000, dueMs: Date.now() },
      })
      const bikes = new BikesPage(page)
      await bikes.open(fleet, sessionCookie)
      await expect(bikes.rows.first()).toBeVisible()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/bikes?b=${code}`)
      await expect(bikes.serviceBook(code).getByText(/^Overdue/)).toBeVisible()
      await bikes.serviceBook(code).getByRole('button', { name: 'Write down service' }).click()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/bikes?new=1`)
      await expect(page.getByRole('complementary', { name: 'New bike' })).toBeVisible()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/bikes?q=nosuchthing`)
      await expect(page.getByText('No bike matches')).toBeVisible()
      await expectNoFaults(page)
    })
  })

test('on a phone nothing is cut off', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  await api.call('createBike', { body: { code: 'PHN-0001', kind: 'city' } })
  await page.setViewportSize({ width: 390, height: 844 })
  const bikes = new BikesPage(page)
  await bikes.open(fleet, sessionCookie)
  await expect(bikes.rows.first()).toBeVisible()
  await expectNoSidewaysScroll(page)
  await bikes.search.fill('PHN-0001')
  await bikes.row('PHN-0001').click()
  await expect(bikes.drawer('PHN-0001')).toBeVisible()
  await expectNoSidewaysScroll(page)
})
