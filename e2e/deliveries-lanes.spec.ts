import { minuteMs } from '@fleet/domain'
import { apiOf, createCourier, createDelivery, createRider } from './delivery-fixture.ts'
import { DeliveriesPage } from './deliveries-page.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectNoFaults } from './page-faults.ts'

/** Far from every depot and rider of the demonstration. */
const meadow = { lat: 52.3105, lon: 4.81 }

test('a block is given to another courier by dragging it, and moved in time within its lane', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Aagje Baan')
  const delivery = await createDelivery(api, 'Baanstraat 1')
  const windowOf = async () =>
    (await api.call('getDelivery', { params: { id: delivery.id } })).dropoff.window.fromMs
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?view=lanes&map=0&q=Baanstraat')
  const block = (lane: string) => deliveries.block(delivery.code, lane)
  await block('Nobody').dragTo(deliveries.lane(courier.name))
  await expect(block(courier.name)).toBeVisible()
  await block(courier.name).dragTo(deliveries.lane('Nobody'))
  await expect(block('Nobody')).toBeVisible()
  // An hour is 264 px.
  await block('Nobody').dragTo(block('Nobody'), {
    sourcePosition: { x: 10, y: 15 },
    targetPosition: { x: 142, y: 15 },
  })
  await expect(deliveries.toasts).toContainText(`${delivery.code}: 30 min later`)
  await expect.poll(windowOf).toBe(delivery.dropoff.window.fromMs + 30 * minuteMs)
  await page.keyboard.press('Control+z')
  await expect.poll(windowOf).toBe(delivery.dropoff.window.fromMs)
})

test('by keyboard alone a block is reached, moved in time, given away and selected', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const api = apiOf(fleet, sessionCookie)
  // The first by name, so that their lane is below nobody's.
  const courier = await createCourier(api, 'Aaf Toets')
  const [first, second] = [
    await createDelivery(api, 'Blokstraat 1'),
    await createDelivery(api, 'Blokstraat 2'),
  ]
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?view=lanes&map=0&q=Blokstraat')
  const blocks = deliveries.lane('Nobody').getByRole('button', { name: /^D-/ })
  await expect(blocks).toHaveCount(2)
  await blocks.first().focus()
  await page.keyboard.press('End')
  await expect(blocks.last()).toBeFocused()
  await page.keyboard.press('ArrowLeft')
  await expect(blocks.first()).toBeFocused()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await expect(page.getByRole('region', { name: 'Selected deliveries' })).toContainText('2 selected')
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Space')

  const code = (await blocks.first().getAttribute('aria-label'))!.split(',')[0]!
  const { id, dropoff } = [first, second].find((one) => one.code === code)!
  // As fast as a key that is held down, on a slow machine, too.
  await page.keyboard.down('Alt')
  await Promise.all([1, 2, 3].map(() => page.keyboard.press('ArrowRight')))
  await page.keyboard.up('Alt')
  // Three presses are one change.
  await expect(deliveries.toasts).toContainText(`${code}: 15 min later`)
  await expect
    .poll(async () => (await api.call('getDelivery', { params: { id } })).dropoff.window.fromMs)
    .toBe(dropoff.window.fromMs + 15 * minuteMs)
  await page.keyboard.press('Alt+ArrowDown')
  await expect(deliveries.block(code, courier.name)).toBeFocused()
  await page.keyboard.press('Control+z')
  await expect(deliveries.block(code, 'Nobody')).toBeVisible()
  await deliveries.block(code, 'Nobody').focus()
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: '15 min earlier' }).press('Enter')
  await expect(deliveries.toasts).toContainText(`${code}: 15 min earlier`)
  await expect(deliveries.block(code, 'Nobody')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(deliveries.drawer(code).getByRole('heading', { level: 2 })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(deliveries.block(code, 'Nobody')).toBeFocused()
  expect(pageErrors).toEqual([])
})

test('a delivery is dropped from the list on a bike on the map, and undone', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createRider(fleet, api, 'Weide Weesp', meadow)
  const delivery = await createDelivery(api, 'Weidestraat 1', { point: meadow })
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?q=Weidestraat')
  await expect(deliveries.rows).toHaveCount(1)
  await page.keyboard.press('m')
  await expect(page).toHaveURL(/map=1/)
  await deliveries.row(delivery.code).click()
  const pin = deliveries.map.getByRole('img', { name: `Drop-off of ${delivery.code}: Weidestraat 1` })
  // The only place to be shown is in the middle, also when the drawer took its room from the map on the way there.
  await expect(async () => {
    const [at, map] = [await pin.boundingBox(), await deliveries.map.boundingBox()]
    expect(Math.abs(at!.x + at!.width / 2 - (map!.x + map!.width / 2))).toBeLessThan(3)
  }).toPass()
  // The bike stands where the delivery goes.
  await expect(async () => {
    const row = deliveries.row(delivery.code)
    if ((await row.getByText('Unassigned').count()) > 0) await row.dragTo(deliveries.map)
    await expect(deliveries.toasts).toContainText(`${delivery.code} assigned to ${courier.name}`, {
      timeout: 2_000,
    })
  }).toPass()
  await page.keyboard.press('Control+z')
  await expect(deliveries.row(delivery.code)).toContainText('Unassigned')
})

test('list, lanes and map mark the same delivery', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const delivery = await createDelivery(api, 'Samenloop 1')
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, `?q=Samenloop&map=1&sel=${delivery.code}`)
  const pin = deliveries.map.getByRole('img', { name: `Drop-off of ${delivery.code}: Samenloop 1` })
  await expect(pin).toBeVisible()
  await deliveries.row(delivery.code).hover()
  await expect(pin).toHaveAttribute('data-marked', 'true')
  await pin.hover()
  await expect(deliveries.row(delivery.code)).toHaveAttribute('data-hovered', 'true')
  await page.getByText('Lanes', { exact: true }).click()
  const block = deliveries.block(delivery.code, 'Nobody')
  await expect(block).toHaveAttribute('aria-pressed', 'true')
  await pin.hover()
  await expect(block).toHaveAttribute('data-hovered', 'true')
  await pin.click()
  await expect(deliveries.drawer(delivery.code)).toBeVisible()
})

test('the lanes open at the present, also when the morning is read after that', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  // What has ended does not come by the live channel.
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Morgen Ster')
  const ended = await createDelivery(api, 'Ochtendstraat 1')
  const params = { id: ended.id }
  await api.call('assignDelivery', { params, body: { courierId: courier.id } })
  await api.call('pickUpDelivery', { params, body: {} })
  await api.call('deliverDelivery', { params, body: {} })
  let read = () => {}
  const mayRead = new Promise<void>((resolve) => (read = resolve))
  await page.route(/\/api\/deliveries\?/, async (route) => {
    await mayRead
    await route.continue()
  })
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?view=lanes&map=0')
  const now = page.locator('em').filter({ hasText: /^\d\d:\d\d$/ })
  await expect(now).toBeInViewport()
  const block = deliveries.page.getByRole('button', { name: new RegExp(`^${ended.code}`) })
  await expect(block).toBeHidden()
  read()
  await expect(block).toBeAttached()
  await expect(now).toBeInViewport()
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('axe finds nothing on the lanes beside the map and on their menu', async ({
      page,
      fleet,
      sessionCookie,
    }) => {
      const api = apiOf(fleet, sessionCookie)
      const delivery = await createDelivery(api, `Axestraat ${colorScheme}`)
      const deliveries = new DeliveriesPage(page)
      await deliveries.open(fleet, sessionCookie, '?view=lanes&map=1&q=Axestraat')
      await deliveries.block(delivery.code).click({ button: 'right' })
      await expect(page.getByRole('menuitem', { name: 'Open' })).toBeVisible()
      await expectNoFaults(page)
      await page.keyboard.press('Escape')
      await expect(deliveries.map.getByRole('button', { name: 'Zoom in' })).toBeVisible()
      await expectNoFaults(page)
    })
  })
