import { minuteMs } from '@fleet/domain'
import { apiOf, createCourier } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { LivePage } from './live-page.ts'

test('what is late without a courier is in the queue, and its next action gives it to somebody', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Dichtbij Diemen')
  const nowMs = Date.now()
  const stop = (address: string, toMs: number) => ({
    address,
    point: { lat: 52.3731, lon: 4.8922 },
    window: { fromMs: nowMs - 60 * minuteMs, toMs },
    contact: '',
    note: '',
  })
  const delivery = await api.call('createDelivery', {
    body: {
      pickup: stop('Keuken', nowMs - 30 * minuteMs),
      dropoff: stop('Aandachtstraat 1', nowMs - 5 * minuteMs),
      priority: 'urgent',
    },
  })
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie)
  const queue = page.getByRole('complementary', { name: 'Needs attention' })
  const item = queue.getByRole('listitem').filter({ hasText: delivery.code })
  await expect(item).toContainText('nobody has it')
  await expect(item).toContainText('Aandachtstraat 1')
  await item
    .getByRole('button', { name: /Choose another courier|^Assign$/ })
    .first()
    .click()
  await page.getByRole('combobox', { name: 'Search couriers' }).fill(courier.name)
  await page.getByRole('option', { name: courier.name }).click()
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText(`assigned to ${courier.name}`)
  // Somebody has it now, and it is late all the same.
  await expect(item).toContainText('late, arrives about')
  await item.getByRole('link', { name: delivery.code }).click()
  await expect(page.getByRole('complementary', { name: `Delivery ${delivery.code}` })).toBeVisible()
})

test('a matter that is dropped on a bike is given to its courier', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Sleep Sloten')
  const bike = await api.call('createBike', { body: { code: 'SLP-0001', kind: 'city' } })
  await api.call('takeBike', { params: { id: courier.id }, body: { bikeId: bike.id } })
  const nowMs = Date.now()
  const stop = (address: string) => ({
    address,
    point: { lat: 52.3731, lon: 4.8922 },
    window: { fromMs: nowMs - 60 * minuteMs, toMs: nowMs - 20 * minuteMs },
    contact: '',
    note: '',
  })
  const delivery = await api.call('createDelivery', {
    body: { pickup: stop('Keuken'), dropoff: stop('Sleepstraat 1'), priority: 'urgent' },
  })
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie, '/#/?q=SLP-0001')
  const item = page
    .getByRole('complementary', { name: 'Needs attention' })
    .getByRole('listitem')
    .filter({ hasText: delivery.code })
  await item.dragTo(live.bike('SLP-0001'))
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText(
    `${delivery.code} assigned to ${courier.name}`,
  )
})

test('the queue is hidden and stays so', async ({ page, fleet, sessionCookie }) => {
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie)
  const queue = page.getByRole('complementary', { name: 'Needs attention' })
  await queue.getByRole('button', { name: 'Hide what needs attention' }).click()
  await expect(queue).toBeHidden()
  await page.reload()
  await expect(page.getByRole('button', { name: /^Show what needs attention/ })).toBeVisible()
  await expect(queue).toBeHidden()
})
