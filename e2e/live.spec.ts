import { createClient } from '@fleet/api'
import { expect, test } from './fleet-fixture.ts'
import { LivePage } from './live-page.ts'
import { expectNoFaults } from './page-faults.ts'

for (const theme of ['light', 'dark'] as const) {
  test.describe(`the Live page in the ${theme} theme`, () => {
    test.use({ colorScheme: theme })

    test('shows the fleet in a list and on a map, and nothing fails', async ({
      page,
      fleet,
      sessionCookie,
      pageErrors,
    }) => {
      const live = new LivePage(page)
      await live.open(fleet, sessionCookie)
      await expect(live.count).toBeVisible()
      await expect(live.bike('AMS-0001')).toBeVisible()
      await live.expectMapPainted()
      expect(pageErrors).toEqual([])
    })

    test('opens one bike with its courier, readings and last fixes', async ({
      page,
      fleet,
      sessionCookie,
      pageErrors,
    }) => {
      const live = new LivePage(page)
      await live.open(fleet, sessionCookie)
      await live.bike('AMS-0001').click()
      const detail = live.detail('AMS-0001')
      await expect(detail.getByRole('heading', { name: 'AMS-0001' })).toBeVisible()
      for (const reading of ['Last fix', 'Speed', 'Battery', 'Odometer'])
        await expect(detail.getByText(reading).first()).toBeVisible()
      await expect(detail.getByRole('link', { name: /^Call / })).toBeVisible()
      await expect(detail.getByRole('row').nth(1)).toBeVisible()
      await expect(page).toHaveURL(/bike=AMS-0001/)
      expect(pageErrors).toEqual([])
    })

    test('has no accessibility fault that axe can find, with a bike open', async ({
      page,
      fleet,
      sessionCookie,
    }) => {
      const live = new LivePage(page)
      await live.open(fleet, sessionCookie, '/#/?bike=AMS-0002')
      await expect(live.detail('AMS-0002')).toBeVisible()
      await live.expectMapPainted()
      await expectNoFaults(page)
    })
  })
}

test('until the fleet is known the list says so, and counts nothing', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.routeWebSocket(/\/api\/live$/, async (socket) => {
    await released
    socket.connectToServer()
  })
  const [name, value] = sessionCookie.split('=')
  await page.context().addCookies([{ name: name!, value: value!, url: fleet.url }])
  await page.goto('/')
  await expect(page.getByRole('status', { name: 'Loading the fleet' })).toBeVisible()
  await expect(page.getByText(/\d+ bikes/)).toBeHidden()
  release()
  await expect(new LivePage(page).count).toBeVisible()
})

test('search and filters narrow the list, and the address keeps them', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie)
  await live.filter(/^Charging: /)
  const { items } = await createClient(fleet.url, fetch, { cookie: sessionCookie }).call('listBikes', {
    query: { status: 'charging' },
  })
  expect(items.length).toBeGreaterThan(0)
  await expect(live.rows).toHaveCount(items.length)
  await live.search.fill(items[0]!.code)
  await expect(live.rows).toHaveCount(1)
  await page.reload()
  await expect(live.rows).toHaveCount(1)
  await expect(live.search).toHaveValue(items[0]!.code)
  await live.search.fill('no such bike')
  await expect(page.getByText('No bike matches')).toBeVisible()
  await page.getByRole('button', { name: 'Clear search and filters' }).click()
  await expect(live.count).toBeVisible()
})

test('everything on the way to a bike can be done by keyboard', async ({ page, fleet, sessionCookie }) => {
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie)
  await expect(live.rows.first()).toBeVisible()
  await page.keyboard.press('/')
  await expect(live.search).toBeFocused()
  await page.keyboard.type('AMS-00')
  await live.list.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(live.detail('AMS-0002')).toBeVisible()
  await page.keyboard.press('f')
  await expect(live.detail('AMS-0002').getByRole('button', { name: 'Following' })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await page.keyboard.press('Escape')
  await expect(live.detail('AMS-0002')).toBeHidden()
  await expect(live.list).toBeFocused()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
})

test("a phone's first fix comes to the screen by itself", async ({ page, fleet, sessionCookie }) => {
  const api = createClient(fleet.url, fetch, { cookie: sessionCookie })
  const bike = await api.call('createBike', { body: { code: 'TEL-0001', kind: 'city' } })
  const { device } = await api.call('createDevice', {
    body: { name: 'A phone', mount: { on: 'bike', bikeId: bike.id } },
  })
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie, '/#/?bike=TEL-0001&q=TEL-0001')
  await expect(live.bike('TEL-0001')).toContainText('no fix yet')
  const response = await fetch(
    `${fleet.process.osmandUrl}/?id=${device.trackerId}&lat=52.3731&lon=4.8922&speed=9.72&batt=81`,
  )
  expect(response.status).toBe(200)
  await expect(live.detail('TEL-0001')).toContainText('18 km/h')
  await expect(live.bike('TEL-0001')).toContainText('81')
})

test('a change made elsewhere appears without a reload', async ({ page, fleet, sessionCookie }) => {
  const api = createClient(fleet.url, fetch, { cookie: sessionCookie })
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie, '/#/?q=NEW-0001')
  await expect(page.getByText('No bike matches')).toBeVisible()
  await api.call('createBike', { body: { code: 'NEW-0001', kind: 'cargo' } })
  await expect(live.bike('NEW-0001')).toBeVisible()
})

test('speaks Dutch and English, and remembers the choice', async ({ page, fleet, sessionCookie }) => {
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie)
  await page.getByRole('button', { name: 'Account and settings' }).click()
  await page.getByText('Nederlands').click()
  await expect(page.getByRole('heading', { name: 'Vloot' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'nl')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Vloot' })).toBeVisible()
})

test('the theme can be chosen, and is remembered', async ({ page, fleet, sessionCookie }) => {
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie)
  await page.getByRole('button', { name: 'Account and settings' }).click()
  await page.getByText('Dark', { exact: true }).click()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
})
