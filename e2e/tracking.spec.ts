import type { ApiClient } from '@fleet/api'
import { apiOf, createCourier, createDelivery } from './delivery-fixture.ts'
import { expect, type Fleet, test } from './fleet-fixture.ts'
import { expectNoFaults, expectNoSidewaysScroll } from './page-faults.ts'
import { TrackingPage } from './tracking-page.ts'

test.use({ viewport: { width: 390, height: 844 } })

/** A delivery of a courier who rides a bike that has just been seen near the Dam. */
async function createRide(fleet: Pick<Fleet, 'url'>, api: ApiClient, bikeCode: string, address: string) {
  const courier = await createCourier(api, 'Pien Postema')
  const bike = await api.call('createBike', { body: { code: bikeCode, kind: 'city' } })
  await api.call('takeBike', { params: { id: courier.id }, body: { bikeId: bike.id } })
  const { device } = await api.call('createDevice', {
    body: { name: `Phone ${bikeCode}`, mount: { on: 'bike', bikeId: bike.id } },
  })
  const timestamp = Math.floor(Date.now() / 1000)
  const query = `id=${device.trackerId}&lat=52.3679&lon=4.8841&timestamp=${timestamp}`
  const taken = await fetch(`${fleet.url}/ingest/osmand?${query}`, { method: 'POST' })
  expect(taken.status).toBe(200)
  const delivery = await createDelivery(api, address)
  await api.call('updateDelivery', { params: { id: delivery.id }, body: { pinRequired: true } })
  const { token } = await api.call('shareDelivery', { params: { id: delivery.id } })
  return { delivery, courier, token }
}

test('a customer follows their delivery without signing in, and sees nothing else', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const { delivery, courier, token } = await createRide(fleet, api, 'VLG-0001', 'Volgstraat 1')
  const params = { id: delivery.id }
  const told: string[] = []
  page.on('response', (response) => {
    if (response.url().includes('/api/')) told.push(new URL(response.url()).pathname)
  })
  const tracking = new TrackingPage(page)
  await tracking.open(fleet, token)
  await tracking.expectStatus('We have your order')
  await expect(page.getByText('Volgstraat 1')).toBeVisible()
  await expect(tracking.map).toBeHidden()
  await api.call('assignDelivery', { params, body: { courierId: courier.id } })
  // By itself it asks every ten seconds.
  await tracking.expectStatus('A courier will pick it up')
  await expect(page.getByText(/Expected about \d\d:\d\d/)).toBeVisible()
  await expect(tracking.map).toBeHidden()
  await api.call('pickUpDelivery', { params })
  await tracking.comeBack()
  await tracking.expectStatus('On its way')
  await expect(page.getByText('Pien is on the way to you.')).toBeVisible()
  await expect(tracking.map.getByRole('img', { name: 'Your address' })).toBeVisible()
  await expect(tracking.map.getByRole('img', { name: /^Pien, .* ago$/ })).toBeVisible()
  const { pin } = await api.call('getDeliveryPin', { params })
  await expect(page.getByText('Tell the courier this PIN')).toContainText(pin)
  await expect(page.getByText('Postema')).toBeHidden()
  await expectNoSidewaysScroll(page)
  await api.call('deliverDelivery', { params })
  await tracking.comeBack()
  await tracking.expectStatus('Delivered')
  await expect(tracking.map).toBeHidden()
  await expect(page.getByText('Tell the courier this PIN')).toBeHidden()
  expect(new Set(told)).toEqual(new Set([`/api/track/${token}`]))
  expect(pageErrors).toEqual([])
})

test('a link that was taken back, or never was one, says so', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const { id } = await createDelivery(api, 'Weggestraat 1')
  const { token } = await api.call('shareDelivery', { params: { id } })
  await api.call('unshareDelivery', { params: { id } })
  const tracking = new TrackingPage(page)
  for (const wrong of [token, 'short']) {
    await page.goto('about:blank')
    await tracking.open(fleet, wrong)
    await tracking.expectStatus('This link shows nothing any more')
    await expect(page.getByRole('alert')).toContainText('Ask the sender for a new one')
    await expectNoFaults(page)
  }
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme, to a Dutch browser`, () => {
    test.use({ colorScheme, locale: 'nl-NL' })

    test('the words are Dutch and axe finds nothing', async ({ page, fleet, sessionCookie }) => {
      const api = apiOf(fleet, sessionCookie)
      const code = colorScheme === 'light' ? 'VLG-0002' : 'VLG-0003'
      const { delivery, courier, token } = await createRide(fleet, api, code, 'Nederlandstraat 1')
      await api.call('assignDelivery', { params: { id: delivery.id }, body: { courierId: courier.id } })
      await api.call('pickUpDelivery', { params: { id: delivery.id } })
      const tracking = new TrackingPage(page)
      await tracking.open(fleet, token)
      await tracking.expectStatus('Onderweg')
      await expect(page.getByRole('region', { name: 'Kaart met de koerier en je adres' })).toBeVisible()
      await expectNoFaults(page)
    })
  })
