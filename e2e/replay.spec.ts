import type { ApiClient } from '@fleet/api'
import { type Bike, type Courier, type Delivery, minuteMs } from '@fleet/domain'
import { apiOf, createCourier, createDelivery } from './delivery-fixture.ts'
import { expect, type Fleet, test } from './fleet-fixture.ts'
import { LivePage } from './live-page.ts'
import { expectNoFaults, expectNoSidewaysScroll } from './page-faults.ts'
import { ReplayPage } from './replay-page.ts'

/** Nothing of the demonstration is so far south. */
const field = { lat: 52.305, lon: 4.82 }

interface Ridden {
  readonly bike: Bike
  readonly courier: Courier
  readonly delivery: Delivery
  /** Of a window of half an hour that holds all of it. */
  readonly address: string
  /** Seconds after the window's beginning. */
  readonly beginsAt: number
}

/**
 * A bike that rode north for ten minutes, began a quarter of an hour ago, was silent since, and is ridden again now, when
 * its courier picks up a delivery and brings it.
 */
async function ride(fleet: Fleet, api: ApiClient, code: string): Promise<Ridden> {
  const bike = await api.call('createBike', { body: { code, kind: 'city' } })
  const { device } = await api.call('createDevice', {
    body: { name: code, mount: { on: 'bike', bikeId: bike.id } },
  })
  const beginsMs = Math.floor((Date.now() - 15 * minuteMs) / 1000) * 1000
  for (let step = 0; step <= 40; step++) {
    const [timeS, lat] = [beginsMs / 1000 + step * 15, field.lat + step * 0.0006]
    const url = `${fleet.process.osmandUrl}/?id=${device.trackerId}&lat=${lat}&lon=${field.lon}&timestamp=${timeS}`
    expect((await fetch(url)).status).toBe(200)
  }
  const courier = await createCourier(api, `Rijder ${code}`)
  await api.call('takeBike', { params: { id: courier.id }, body: { bikeId: bike.id } })
  const delivery = await createDelivery(api, `Terugkijkstraat ${code}`)
  const params = { id: delivery.id }
  await api.call('assignDelivery', { params, body: { courierId: courier.id } })
  await api.call('pickUpDelivery', { params })
  await api.call('deliverDelivery', { params })
  const fromMs = Math.floor((Date.now() - 20 * minuteMs) / minuteMs) * minuteMs
  const clock = (ms: number) =>
    new Date(ms).toLocaleTimeString('en-GB', {
      timeZone: 'Europe/Amsterdam',
      hour: '2-digit',
      minute: '2-digit',
    })
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Amsterdam' }).format(fromMs)
  return {
    bike,
    courier,
    delivery,
    address: `?date=${date}&from=${clock(fromMs)}&to=${clock(fromMs + 30 * minuteMs)}`,
    beginsAt: (beginsMs - fromMs) / 1000,
  }
}

test('a past hour is played, searched and stepped through by keyboard alone', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const { bike, courier, delivery, address, beginsAt } = await ride(
    fleet,
    apiOf(fleet, sessionCookie),
    'RPL-0001',
  )
  const replay = new ReplayPage(page)
  await replay.open(fleet, sessionCookie, address)
  await expect(replay.play).toBeVisible()
  await page.keyboard.press('/')
  await expect(replay.finder).toBeFocused()
  await page.keyboard.type(bike.code)
  await expect(page.getByRole('option', { name: bike.code })).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const drawer = replay.drawer(bike.code)
  await expect(drawer.getByRole('heading', { level: 2 })).toBeFocused()
  await expect(drawer).toContainText('Not seen yet')

  // To the ride, by minutes and by tens of seconds.
  for (let s = 60; s <= beginsAt + 120; s += 60) await page.keyboard.press('Shift+ArrowRight')
  const reached = Math.floor((beginsAt + 120) / 60) * 60
  await replay.expectAt(reached)
  await page.keyboard.press('ArrowRight')
  await replay.expectAt(reached + 10)
  await page.keyboard.press('ArrowLeft')
  await replay.expectAt(reached)
  await expect(drawer).toContainText(/Riding · 1[5-9] km\/h/)

  await page.keyboard.press('>')
  await expect(replay.speeds.getByRole('radio', { name: '30×' })).toBeChecked()
  await page.keyboard.press('Space')
  await expect(replay.pause).toBeVisible()
  await expect.poll(() => replay.at()).toBeGreaterThan(reached + 20)
  await page.keyboard.press('Space')
  await expect(replay.play).toBeVisible()

  // The address is the view: the same moment, speed and bike after a reload.
  let stoppedAt = 0
  await expect(async () => {
    stoppedAt = Number(/[?&]t=(\d+)/.exec(page.url())?.[1])
    expect(Math.abs((await replay.at()) - stoppedAt)).toBeLessThanOrEqual(1)
  }).toPass()
  await expect(page).toHaveURL(/speed=30/)
  await page.reload()
  await expect(drawer).toContainText('Riding')
  await expect.poll(async () => Math.abs((await replay.at()) - stoppedAt)).toBeLessThanOrEqual(1)

  // After the ride nobody knows where it was, and nothing is made up.
  for (let s = 0; s < 720; s += 60) await page.keyboard.press('Shift+ArrowRight')
  await expect(drawer).toContainText('Silent since')

  await page.keyboard.press('End')
  await page.keyboard.press('[')
  await expect(replay.caption).toContainText(`${delivery.code} delivered · ${bike.code}`)
  await expect(drawer.getByRole('button', { name: `${delivery.code} delivered` })).toHaveAttribute(
    'aria-current',
    'time',
  )
  await expect(drawer.getByText(courier.name)).toBeVisible()
  await page.keyboard.press('[')
  await expect(replay.caption).toContainText(`${delivery.code} picked up`)
  await expect(drawer.getByRole('listitem').filter({ hasText: 'On the bike' })).toContainText(delivery.code)
  await page.keyboard.press(']')
  await expect(drawer.getByText('On the bike')).toBeHidden()
  await page.keyboard.press('Home')
  await replay.expectAt(0)
  await page.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
  await expect(replay.finder).toBeFocused()
  expect(pageErrors).toEqual([])
})

test('what happened stands on the map, and a marker opens the bike as it was', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const { bike, delivery, address, beginsAt } = await ride(fleet, apiOf(fleet, sessionCookie), 'RPL-0002')
  const replay = new ReplayPage(page)
  await replay.open(fleet, sessionCookie, `${address}&bikes=${bike.code}`)
  await replay.next.click()
  await expect(replay.pins('pickedUp')).toHaveAttribute(
    'aria-label',
    new RegExp(`${delivery.code} picked up`),
  )
  await replay.next.click()
  await expect(replay.pins('delivered')).toHaveCount(1)

  // In the middle of the ride, with the map on the place where the bike then was.
  const middle = field.lat + 20 * 0.0006
  await page.goto(
    `${fleet.url}/#/replay${address}&bikes=${bike.code}&t=${beginsAt + 300}&map=16/${middle}/${field.lon}`,
  )
  await page.reload()
  const live = new LivePage(page)
  await live.expectMapPainted(8)
  const box = (await live.map.boundingBox())!
  await expect(async () => {
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await expect(replay.drawer(bike.code)).toBeVisible({ timeout: 2_000 })
  }).toPass()
})

test('the play head is drawn along the strip', async ({ page, fleet, sessionCookie }) => {
  const replay = new ReplayPage(page)
  await replay.open(fleet, sessionCookie)
  const box = (await replay.slider.boundingBox())!
  const most = Number(await replay.slider.getAttribute('aria-valuemax'))
  await page.mouse.move(box.x + box.width / 4, box.y + 10)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + 10, { steps: 4 })
  await page.mouse.up()
  await expect.poll(async () => Math.abs((await replay.at()) - most / 2)).toBeLessThan(most / 100)
  await page.getByRole('button', { name: 'Yesterday' }).click()
  await expect(page).toHaveURL(/from=00:00|from=00%3A00/)
  await replay.expectAt(0)
})

test('a delivery leads to the replay of it, with the bike that brought it', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const { bike, delivery } = await ride(fleet, apiOf(fleet, sessionCookie), 'RPL-0003')
  const replay = new ReplayPage(page)
  await replay.open(fleet, sessionCookie)
  await page.goto(`${fleet.url}/#/deliveries?d=${delivery.code}`)
  await page.getByRole('link', { name: 'Replay this' }).click()
  const drawer = replay.drawer(bike.code)
  await expect(drawer.getByRole('button', { name: `${delivery.code} picked up` })).toBeVisible()
  // In this journey it is brought within the second in which it was picked up.
  await page.keyboard.press('[')
  await page.keyboard.press('[')
  await expect(drawer.getByRole('listitem').filter({ hasText: 'On the bike' })).toContainText(delivery.code)
})

test('a mechanic looks back, without a way to pages that are not theirs', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const { bike, delivery, address } = await ride(fleet, api, 'RPL-0004')
  const password = 'een lang wachtwoord'
  await api.call('createUser', { body: { name: 'terugkijker', role: 'mechanic', password } })
  await page.goto(`${fleet.url}/#/replay${address}&bike=${bike.code}`)
  await page.getByLabel('Name').fill('terugkijker')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const drawer = new ReplayPage(page).drawer(bike.code)
  await drawer.getByRole('button', { name: `${delivery.code} picked up` }).click()
  await expect(drawer.getByRole('listitem').filter({ hasText: 'On the bike' })).toContainText(delivery.code)
  await expect(drawer.getByRole('link', { name: delivery.code })).toBeHidden()
})

test('what cannot be read is said, and the replay goes on as soon as it can', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const replay = new ReplayPage(page)
  await page.route(/\/api\/replay\?/, (route) => route.abort())
  await replay.open(fleet, sessionCookie)
  const alert = page.getByRole('alert').filter({ hasText: 'The tracks cannot be read.' })
  await expect(alert.getByRole('button', { name: 'Try again' })).toBeVisible()
  await page.keyboard.press('Space')
  await expect(replay.pause).toBeVisible()
  await replay.expectAt(0)
  await page.unroute(/\/api\/replay\?/)
  // It tries by itself, too.
  await expect(alert).toBeHidden()
  await expect.poll(() => replay.at()).toBeGreaterThan(5)
})

test('a window without a bike and one of the future say so', async ({ page, fleet, sessionCookie }) => {
  const replay = new ReplayPage(page)
  await replay.open(fleet, sessionCookie, '?date=2020-01-01&from=09:00&to=10:00')
  await expect(page.getByText('No bike reported in this window')).toBeVisible()
  await page.goto(`${fleet.url}/#/replay?date=2099-01-01&from=09:00&to=10:00`)
  await expect(page.getByText('This window has not begun yet')).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('axe finds nothing, with a bike open and without', async ({ page, fleet, sessionCookie }) => {
      const code = `TERUG-${colorScheme === 'light' ? '0001' : '0002'}`
      const { address } = await ride(fleet, apiOf(fleet, sessionCookie), code)
      const replay = new ReplayPage(page)
      await replay.open(fleet, sessionCookie, address)
      await expect(replay.play).toBeVisible()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/replay${address}&bike=${code}&bikes=${code}`)
      await expect(replay.drawer(code)).toBeVisible()
      await replay.next.click()
      await expect(replay.pins('pickedUp')).toHaveCount(1)
      await expectNoFaults(page)
    })
  })

test('on a phone the page does not scroll sideways', async ({ page, fleet, sessionCookie }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const replay = new ReplayPage(page)
  await replay.open(fleet, sessionCookie)
  await expect(replay.play).toBeVisible()
  await expectNoSidewaysScroll(page)
})
