import { apiOf, createCourier, createDelivery } from './delivery-fixture.ts'
import { DeliveriesPage } from './deliveries-page.ts'
import { expect, test } from './fleet-fixture.ts'

test('a delivery is assigned, and undone with one press of the toast', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Undo Utrecht')
  const delivery = await createDelivery(api, 'Toewijsstraat 1')
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?q=Toewijsstraat')
  await deliveries.row(delivery.code).click()
  const drawer = deliveries.drawer(delivery.code)
  await drawer.getByRole('button', { name: 'Assign' }).click()
  await deliveries.chooseCourier(courier.name)
  await expect(deliveries.toasts).toContainText(`${delivery.code} assigned to ${courier.name}`)
  await expect(deliveries.row(delivery.code)).toContainText(courier.name)
  await expect(drawer.getByText(`Assigned to ${courier.name}`)).toBeVisible()
  await deliveries.toasts.getByRole('button', { name: 'Undo' }).click()
  await expect(deliveries.toasts).toContainText('Undone:')
  await expect(deliveries.row(delivery.code)).toContainText('Unassigned')
  expect(await api.call('getDelivery', { params: { id: delivery.id } })).toMatchObject({
    status: 'unassigned',
    courierId: null,
  })
  await deliveries.toasts.getByRole('button', { name: 'Redo' }).click()
  await expect(deliveries.row(delivery.code)).toContainText(courier.name)
  expect(pageErrors).toEqual([])
})

test('create, assign and undo by keyboard alone', async ({ page, fleet, sessionCookie, pageErrors }) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Toetsen Tilburg')
  const deliveries = new DeliveriesPage(page)
  // Not only of today: late in the evening, what is ready within the hour is of tomorrow.
  await deliveries.open(fleet, sessionCookie, '?day=all')
  await expect(deliveries.rows.first()).toBeVisible()
  await page.keyboard.press('n')
  const form = page.getByRole('complementary', { name: 'New delivery' })
  await expect(form.getByLabel('Address').first()).toBeFocused()
  await page.keyboard.type('Rozengracht')
  await expect(page.getByRole('option', { name: /Rozengracht/ }).first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(form.getByText('Found on the map')).toHaveCount(1)
  // Date has a part for each of day, month and year, a time two: Tab until the other address.
  await expect(async () => {
    await page.keyboard.press('Tab')
    await expect(form.getByRole('region', { name: 'Drop-off' }).getByLabel('Address')).toBeFocused({
      timeout: 100,
    })
  }).toPass()
  await page.keyboard.type('Herengracht')
  await expect(page.getByRole('option', { name: /Herengracht/ }).first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(form.getByText('Found on the map')).toHaveCount(2)
  await page.keyboard.press('Enter')
  await expect(deliveries.toasts).toContainText('created')
  const heading = page.getByRole('complementary', { name: /^Delivery D-/ }).getByRole('heading', { level: 2 })
  await expect(heading).toBeVisible()
  const code = (await heading.textContent())!
  await page.keyboard.press('Escape')
  await expect(deliveries.grid).toBeFocused()
  await page.keyboard.press('Home')
  await page.keyboard.press('Space')
  await expect(page.getByRole('region', { name: 'Selected deliveries' })).toContainText('1 selected')
  await page.keyboard.press('a')
  await expect(page.getByRole('combobox', { name: 'Search couriers' })).toBeFocused()
  await page.keyboard.type('Toetsen')
  await expect(deliveries.couriers.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(deliveries.row(code)).toContainText(courier.name)
  await expect(deliveries.toasts).toContainText(`${code} assigned to ${courier.name}`)
  await page.keyboard.press('Control+z')
  await expect(deliveries.row(code)).toContainText('Unassigned')
  await page.keyboard.press('Control+Shift+z')
  await expect(deliveries.row(code)).toContainText(courier.name)
  expect(pageErrors).toEqual([])
})

test('many are selected and stepped at once, and undone at once', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Bulk Breda')
  for (const no of [1, 2, 3]) await createDelivery(api, `Bulkstraat ${no}`)
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?q=Bulkstraat')
  await expect(deliveries.rows).toHaveCount(3)
  await deliveries.grid.focus()
  await page.keyboard.press('Control+a')
  const bar = page.getByRole('region', { name: 'Selected deliveries' })
  await expect(bar).toContainText('3 selected')
  await expect(page).toHaveURL(/sel=D-\d+,D-\d+,D-\d+/)
  await bar.getByRole('button', { name: 'Assign' }).click()
  await deliveries.chooseCourier(courier.name)
  await expect(deliveries.toasts).toContainText(`3 deliveries assigned to ${courier.name}`)
  await expect(deliveries.rows.filter({ hasText: courier.name })).toHaveCount(3)
  await page.keyboard.press('Control+z')
  await expect(deliveries.rows.filter({ hasText: 'Unassigned' })).toHaveCount(3)
  await page.reload()
  await expect(bar).toContainText('3 selected')
})

test('a change that the server refuses is taken back, with its reason', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Weg Weesp')
  const delivery = await createDelivery(api, 'Weigerstraat 1')
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?q=Weigerstraat')
  await deliveries.row(delivery.code).click()
  await deliveries.drawer(delivery.code).getByRole('button', { name: 'Assign' }).click()
  await page.getByRole('combobox', { name: 'Search couriers' }).fill(courier.name)
  await page.route('**/api/deliveries/*/assign', async (route) => {
    await api.call('stepShift', { params: { id: courier.id }, body: { event: 'end' } })
    await route.continue()
  })
  await deliveries.couriers.getByRole('option', { name: courier.name }).click()
  await expect(page.getByRole('alert')).toContainText('is off shift')
  await expect(deliveries.row(delivery.code)).toContainText('Unassigned')
})

test('a request whose answer is lost is sent again, and done once', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const delivery = await createDelivery(api, 'Netwerkstraat 1')
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, `?d=${delivery.code}`)
  const keys: (string | null)[] = []
  await page.route(`**/api/deliveries/${delivery.id}`, async (route) => {
    keys.push(await route.request().headerValue('idempotency-key'))
    if (keys.length > 1) return route.continue()
    await route.fetch()
    await route.abort('connectionreset')
  })
  await deliveries.drawer(delivery.code).getByLabel('Priority').selectOption('high')
  await expect(deliveries.toasts).toContainText('priority changed')
  expect(keys).toHaveLength(2)
  expect(keys[0]).toBe(keys[1])
  const { version, priority } = await api.call('getDelivery', { params: { id: delivery.id } })
  expect({ version, priority }).toEqual({ version: delivery.version + 1, priority: 'high' })
})

test('a field is edited where it stands, and Escape leaves it', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const delivery = await createDelivery(api, 'Veldstraat 1', { contact: 'Anna' })
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, `?d=${delivery.code}`)
  const dropoff = deliveries.drawer(delivery.code).getByRole('region', { name: 'Drop-off' })
  await dropoff.getByRole('button', { name: /^Contact: Anna/ }).click()
  await page.keyboard.type('Bea')
  await page.keyboard.press('Escape')
  await expect(dropoff.getByRole('button', { name: /^Contact: Anna/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.type('Bea')
  await page.keyboard.press('Enter')
  await expect(dropoff.getByRole('button', { name: /^Contact: Bea/ })).toBeVisible()
  await expect
    .poll(async () => (await api.call('getDelivery', { params: { id: delivery.id } })).dropoff.contact)
    .toBe('Bea')
})

test('the board steps a card by drag and by its menu', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Bord Bussum')
  const delivery = await createDelivery(api, 'Bordstraat 1')
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?view=board&q=Bordstraat')
  await deliveries.card(delivery.code).dragTo(deliveries.column('Assigned'))
  await deliveries.chooseCourier(courier.name)
  await expect(deliveries.column('Assigned').getByRole('article', { name: delivery.code })).toBeVisible()
  await deliveries.card(delivery.code).dragTo(deliveries.column('Picked up'))
  await expect(deliveries.column('Picked up').getByRole('article', { name: delivery.code })).toBeVisible()
  await deliveries.card(delivery.code).dragTo(deliveries.column('Unassigned'))
  await expect(page.getByRole('alert')).toContainText('cannot go from')
  await deliveries
    .card(delivery.code)
    .getByRole('button', { name: `Steps of ${delivery.code}` })
    .click()
  await page.getByRole('menuitem', { name: 'Delivered' }).click()
  await expect(deliveries.column('Delivered').getByRole('article', { name: delivery.code })).toBeVisible()
  await expect
    .poll(async () => (await api.call('getDelivery', { params: { id: delivery.id } })).status)
    .toBe('delivered')
})

test('the palette reaches a page, a delivery and what can be done with it', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const delivery = await createDelivery(api, 'Paletstraat 1')
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie)
  await deliveries.runFromPalette('paletstraat')
  await expect(deliveries.drawer(delivery.code)).toBeVisible()
  await deliveries.runFromPalette('cancel')
  await expect(page.getByRole('dialog', { name: `Cancel ${delivery.code}` })).toBeVisible()
  await page.keyboard.press('Escape')
  await deliveries.runFromPalette('live')
  await expect(page.getByRole('listbox', { name: 'Bikes' })).toBeVisible()
  await expect(page).toHaveTitle(/^Live/)
  await expect(deliveries.palette).toBeHidden()
  await page.keyboard.press('g')
  await page.keyboard.press('d')
  await expect(deliveries.grid).toBeVisible()
  await expect(page.getByRole('main')).toBeFocused()
})

test('filters, order and the open delivery are in the address', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Eerste Ede')
  const earliest = await createDelivery(api, 'Volgordestraat 1')
  const params = { id: earliest.id }
  const { pickup, dropoff } = earliest
  const window = { fromMs: 0, toMs: 3_600_000 }
  await api.call('updateDelivery', {
    params,
    body: { pickup: { ...pickup, window }, dropoff: { ...dropoff, window } },
  })
  await api.call('assignDelivery', { params, body: { courierId: courier.id } })
  await api.call('pickUpDelivery', { params })
  await api.call('deliverDelivery', { params })
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?day=all')
  await page
    .getByRole('group', { name: 'Filter by status' })
    .getByRole('button', { name: 'Delivered' })
    .click()
  await expect(page).toHaveURL(/status=delivered/)
  await expect(deliveries.rows.filter({ hasText: 'Unassigned' })).toHaveCount(0)
  await deliveries.grid.getByRole('button', { name: 'Window' }).click()
  await expect(page).toHaveURL(/sort=window/)
  await expect(deliveries.grid.getByRole('columnheader', { name: 'Window' })).toHaveAttribute(
    'aria-sort',
    'ascending',
  )
  await expect(deliveries.rows.first()).toContainText(earliest.code)
  await page.reload()
  await expect(deliveries.rows.first()).toContainText(earliest.code)
})

test('the list is exported as it is shown', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const delivery = await createDelivery(api, 'Exportstraat 1', { contact: '=1+1' })
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?q=Exportstraat')
  await expect(deliveries.rows).toHaveCount(1)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Export the list to CSV' }).click()
  const chunks: Buffer[] = []
  for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  expect(text).toContain(delivery.code)
  expect(text).toContain("'=1+1")
})

test('of many, one that somebody else changed stops all, and is told', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Samen Sneek')
  const [first] = [await createDelivery(api, 'Samenstraat 1'), await createDelivery(api, 'Samenstraat 2')]
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?q=Samenstraat')
  await expect(deliveries.rows).toHaveCount(2)
  await deliveries.grid.focus()
  await page.keyboard.press('Control+a')
  await page.route('**/api/bulk', async (route) => {
    await api.call('cancelDelivery', { params: { id: first.id }, body: {} })
    await route.continue()
  })
  await page.keyboard.press('a')
  await deliveries.chooseCourier(courier.name)
  await expect(page.getByRole('alert')).toContainText('1 of 2')
  await expect(deliveries.row(first.code)).toContainText('Cancelled')
  await expect(deliveries.rows.filter({ hasText: 'Unassigned' })).toHaveCount(1)
})
