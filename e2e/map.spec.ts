import { createClient } from '@fleet/api'
import type { Page } from '@playwright/test'
import { expect, test } from './fleet-fixture.ts'
import { LivePage } from './live-page.ts'

const viewOf = (page: Page) => {
  const view = /map=([\d.]+)\/([\d.]+)\/([\d.]+)/.exec(decodeURIComponent(page.url()))
  return view === null ? null : { zoom: Number(view[1]), lat: Number(view[2]), lon: Number(view[3]) }
}
const zoomOf = (page: Page) => viewOf(page)?.zoom ?? null

test('the address names a view only once somebody moved the map', async ({ page, fleet, sessionCookie }) => {
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie)
  await live.expectMapPainted()
  await live.bike('AMS-0001').click()
  await expect(live.detail('AMS-0001')).toBeVisible()
  await expect(page).toHaveURL(/bike=AMS-0001/)
  expect(viewOf(page)).toBeNull()
  await page.keyboard.press('+')
  await expect.poll(() => zoomOf(page)).toBeGreaterThan(12)
})

test('plus, minus and zero move the map, and the address follows', async ({ page, fleet, sessionCookie }) => {
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie, '/#/?map=14/52.37/4.9')
  await live.expectMapPainted()
  await page.keyboard.press('+')
  await expect.poll(() => zoomOf(page)).toBe(15)
  await page.keyboard.press('-')
  await page.keyboard.press('-')
  await expect.poll(() => zoomOf(page)).toBe(13)
  await page.keyboard.press('0')
  await expect.poll(() => zoomOf(page)).not.toBe(13)
  await page.reload()
  await live.expectMapPainted()
  expect(zoomOf(page)).not.toBe(13)
})

test('a window that changes its size shows the city whole, until somebody moved the map', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const live = new LivePage(page)
  await page.setViewportSize({ width: 1440, height: 500 })
  await live.open(fleet, sessionCookie)
  await live.expectMapPainted()
  await page.keyboard.press('+')
  await expect.poll(() => zoomOf(page)).not.toBeNull()
  const small = viewOf(page)
  await page.setViewportSize({ width: 1440, height: 900 })
  await live.open(fleet, sessionCookie)
  await live.expectMapPainted()
  expect(viewOf(page)).toBeNull()
  await page.setViewportSize({ width: 1440, height: 500 })
  await page.keyboard.press('+')
  await expect.poll(() => viewOf(page)).toEqual(small)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.keyboard.press('+')
  await expect.poll(() => zoomOf(page)).toBeCloseTo(small!.zoom + 1)
})

test('a marker on the map opens its bike, and the open map closes it', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = createClient(fleet.url, fetch, { cookie: sessionCookie })
  // Far from every depot and rider, so that what is clicked can only be this one.
  await placeBike(fleet.process.osmandUrl, api, 'MAP-0001', { lat: 52.3105, lon: 4.81 })
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie, '/#/?map=16/52.3105/4.81')
  await live.expectMapPainted(8)
  const middle = await live.mapMiddle()
  await expect(async () => {
    await page.mouse.click(middle.x, middle.y)
    await expect(live.detail('MAP-0001')).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await page.mouse.click(middle.x - 200, middle.y - 200)
  await expect(live.detail('MAP-0001')).toBeHidden()
})

test('following brings the bike into the middle of what the panels leave free', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = createClient(fleet.url, fetch, { cookie: sessionCookie })
  const at = { lat: 52.3205, lon: 4.83 }
  const report = await placeBike(fleet.process.osmandUrl, api, 'MAP-0002', at)
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie, '/#/?bike=MAP-0002&follow=1&map=15.5/52.37/4.9')
  await expect(live.detail('MAP-0002').getByRole('button', { name: 'Following' })).toBeVisible()
  await live.expectMapPainted(8)
  await report({ lat: 52.3207, lon: 4.8302 })
  await expect(live.detail('MAP-0002')).toContainText('18 km/h')
  // Letting go and clicking where the bike must be: on nothing else than it, the drawer would close.
  const middle = await live.mapMiddle({ withDetail: true })
  await page.mouse.click(middle.x, middle.y)
  await expect(page).not.toHaveURL(/follow=1/)
  await expect(live.detail('MAP-0002')).toBeVisible()
})

test('a click on a cluster moves nearer', async ({ page, fleet, sessionCookie }) => {
  const api = createClient(fleet.url, fetch, { cookie: sessionCookie })
  for (let no = 1; no <= 6; no++)
    await placeBike(fleet.process.osmandUrl, api, `CLU-000${no}`, {
      lat: 52.2996 + no * 0.0002,
      lon: 4.8503 + no * 0.0001,
    })
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie, '/#/?q=CLU-&map=11.5/52.3003/4.85065')
  await expect(live.rows).toHaveCount(6)
  await live.expectMapPainted(8)
  const middle = await live.mapMiddle()
  await expect(async () => {
    await page.mouse.click(middle.x, middle.y)
    await expect.poll(() => zoomOf(page), { timeout: 3_000 }).toBeGreaterThan(13)
  }).toPass()
})

test.describe('for people who asked for less motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } })

  test('the map jumps instead of flying, and everything still works', async ({
    page,
    fleet,
    sessionCookie,
    pageErrors,
  }) => {
    const live = new LivePage(page)
    await live.open(fleet, sessionCookie, '/#/?map=12/52.37/4.9')
    await live.expectMapPainted()
    await live.bike('AMS-0003').click()
    // One that is over within a frame is no motion; it may still count as running when we look.
    const longestMs = await live
      .detail('AMS-0003')
      .evaluate((element) =>
        Math.max(
          0,
          ...element.getAnimations().map(({ effect }) => Number(effect?.getComputedTiming().duration)),
        ),
      )
    expect(longestMs).toBeLessThan(1)
    await live.detail('AMS-0003').getByRole('button', { name: 'Show on the map' }).click()
    await expect.poll(() => zoomOf(page)).toBe(15.5)
    expect(pageErrors).toEqual([])
  })
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true })

  test('the list is a sheet that opens, and a bike opens over it', async ({ page, fleet, sessionCookie }) => {
    const live = new LivePage(page)
    await live.open(fleet, sessionCookie)
    await live.expectMapPainted()
    const heightOf = async () => (await live.list.boundingBox())!.height
    const low = await heightOf()
    await page.getByRole('button', { name: 'Show the whole list' }).tap()
    await expect.poll(heightOf).toBeGreaterThan(low + 200)
    await live.bike('AMS-0004').tap()
    const detail = live.detail('AMS-0004')
    await expect(detail.getByRole('link', { name: /^Call / })).toBeVisible()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(wide).toBe(390)
    await detail.getByRole('button', { name: 'Close' }).tap()
    await expect(detail).toBeHidden()
    await page.getByRole('button', { name: 'Show more of the map' }).tap()
    await expect.poll(heightOf).toBeLessThan(low + 5)
  })
})

/** A new bike with a tracker that said where it is. @returns how to say more, at 18 km/h */
async function placeBike(
  osmandUrl: string,
  api: ReturnType<typeof createClient>,
  code: string,
  at: { readonly lat: number; readonly lon: number },
) {
  const bike = await api.call('createBike', { body: { code, kind: 'city' } })
  const { device } = await api.call('createDevice', {
    body: { name: code, mount: { on: 'bike', bikeId: bike.id } },
  })
  const report = async ({ lat, lon }: typeof at, knots = 9.72) => {
    const url = `${osmandUrl}/?id=${device.trackerId}&lat=${lat}&lon=${lon}&speed=${knots}`
    expect((await fetch(url)).status).toBe(200)
  }
  await report(at, 0)
  return report
}
