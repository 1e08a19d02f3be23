import type { ApiClient } from '@fleet/api'
import { circleAround, type Point, type Zone } from '@fleet/domain'
import { apiOf } from './delivery-fixture.ts'
import { type Fleet, expect, test } from './fleet-fixture.ts'
import { expectNoFaults, expectNoSidewaysScroll } from './page-faults.ts'
import { ZonesPage } from './zones-page.ts'

// The map jumps instead of flying: handles stand still when they are taken hold of.
test.use({ contextOptions: { reducedMotion: 'reduce' } })

const password = 'een lang wachtwoord'
/** Where neither a zone of the demonstration is, except the one around all, nor a bike. */
const field: Point = { lat: 52.3955, lon: 4.95 }
const drawn = (api: ApiClient, name: string, at = field, kind: Zone['kind'] = 'slow') =>
  api.call('createZone', { body: { name, kind, polygon: circleAround(at, 150, 8) } })

test('a zone is drawn by clicking its corners, and undone', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie, '?map=15/52.3955/4.95')
  await zones.expectMap()
  await page.getByRole('button', { name: 'New zone' }).click()
  await expect(zones.bar).toContainText('Click the corners')
  await zones.clickCorners([-100, -80], [100, -80], [100, 90], [-90, 90])
  const first = await zones.place(-100, -80)
  await page.mouse.click(first.x, first.y)
  await expect(zones.corners).toHaveCount(4)
  await expect(zones.form.getByLabel('Name')).toBeFocused()
  await page.keyboard.type('Getekend')
  await zones.form.getByLabel('Kind').selectOption('depot')
  await zones.form.getByRole('button', { name: 'Save zone' }).click()
  await expect(zones.toasts).toContainText('Zone Getekend drawn')
  await expect(zones.drawer('Getekend')).toContainText('4 corners')
  await expect(zones.row('Getekend')).toContainText('Depot')
  await expect(page).toHaveURL(/z=/)
  await zones.toasts.getByRole('button', { name: 'Undo' }).first().click()
  await expect(zones.row('Getekend')).toHaveCount(0)
  expect(pageErrors).toEqual([])
})

test('what crosses itself is told while one draws, and a step is taken back', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie, '?new=1&map=15/52.3955/4.95')
  await zones.expectMap()
  await zones.clickCorners([-100, -80], [100, -80], [100, 90], [0, -150])
  await expect(zones.bar).toContainText('The outline crosses or touches itself.')
  await expect(zones.bar.getByRole('button', { name: 'Close outline' })).toBeDisabled()
  await page.keyboard.press('Backspace')
  await expect(zones.bar).toContainText('3 corners')
  await expect(zones.bar).toContainText('Click the corners')
  // A double click sets the last corner and closes.
  const last = await zones.place(-90, 90)
  await page.mouse.dblclick(last.x, last.y)
  await expect(zones.corners).toHaveCount(4)
  await zones.form.getByRole('button', { name: 'Save zone' }).click()
  await expect(zones.form.getByText('Fill in a name.')).toBeVisible()
  // What was drawn and dropped can be had back.
  await zones.bar.getByRole('button', { name: 'Cancel' }).click()
  await expect(zones.form).toBeHidden()
  await zones.toasts.getByRole('button', { name: 'Bring back' }).click()
  await expect(zones.corners).toHaveCount(4)
})

test('corners are dragged, added and removed, and the whole is moved', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const zone = await drawn(api, 'Sleepveld', { lat: 52.3955, lon: 4.955 })
  const saved = () => api.call('getZone', { params: { id: zone.id } })
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie, `?z=${zone.id}`)
  await zones.expectMap()
  await zones.drawer('Sleepveld').getByRole('button', { name: 'Change outline' }).click()
  await expect(zones.corners).toHaveCount(8)
  await zones.drag(page.getByRole('button', { name: 'Corner 1 of 8' }), 0, -60)
  await zones.drag(page.getByRole('button', { name: 'Add a corner after corner 3', exact: true }), 40, 40)
  await expect(zones.corners).toHaveCount(9)
  await expect(page.getByRole('button', { name: 'Corner 4 of 9' })).toBeFocused()
  await zones.bar.getByRole('button', { name: 'Remove corner 4' }).click()
  await expect(zones.corners).toHaveCount(8)
  await zones.drag(page.getByRole('button', { name: 'Move the whole zone' }), 30, 0)
  await zones.bar.getByRole('button', { name: 'Save outline' }).click()
  await expect(zones.toasts).toContainText('Sleepveld: outline changed')
  const { polygon } = await saved()
  expect(polygon).toHaveLength(8)
  expect(polygon[0]!.lat).toBeGreaterThan(zone.polygon[0]!.lat)
  expect(polygon[4]!.lon).toBeGreaterThan(zone.polygon[4]!.lon)
  await expect(zones.bar).toBeHidden()
  await page.keyboard.press('Control+z')
  await expect(zones.toasts).toContainText('Undone: Sleepveld: outline changed')
  expect((await saved()).polygon).toEqual(zone.polygon)
  expect(pageErrors).toEqual([])
})

test('a zone is drawn, changed and removed by keyboard alone', async ({ page, fleet, sessionCookie }) => {
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie, '?map=15/52.3955/4.94')
  await zones.expectMap()
  await page.keyboard.press('n')
  await expect(zones.bar).toBeFocused()
  // A corner in the middle of the map, and the map moved on beneath it.
  for (const [i, away] of (['ArrowRight', 'ArrowDown', 'ArrowLeft'] as const).entries()) {
    await page.keyboard.press('Space')
    await expect(zones.bar).toContainText(`${i + 1} corner`)
    await page.keyboard.press(away)
    await page.keyboard.press(away)
  }
  await page.keyboard.press('Space')
  await expect(zones.bar).toContainText('4 corners')
  await page.keyboard.press('Enter')
  await expect(zones.form.getByLabel('Name')).toBeFocused()
  await page.keyboard.type('Toetsveld')
  await page.keyboard.press('Enter')
  await expect(zones.drawer('Toetsveld').getByRole('heading', { name: 'Toetsveld' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Change outline' })).toBeFocused()
  await page.keyboard.press('Enter')
  const first = page.getByRole('button', { name: 'Corner 1 of 4' })
  await expect(first).toBeFocused()
  const before = (await first.boundingBox())!
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Shift+ArrowUp')
  await expect.poll(async () => before.y - (await first.boundingBox())!.y).toBeCloseTo(11, 0)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Corner 2 of 5' })).toBeFocused()
  await page.keyboard.press('Delete')
  await expect(page.getByRole('button', { name: 'Corner 2 of 4' })).toBeFocused()
  await page.keyboard.press('Control+z')
  await expect(zones.corners).toHaveCount(5)
  await page.keyboard.press('Enter')
  await expect(zones.toasts).toContainText('Toetsveld: outline changed')
  await expect(page.getByRole('button', { name: 'Change outline' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Remove zone' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(zones.toasts).toContainText('Zone Toetsveld removed')
  await page.keyboard.press('Control+z')
  await expect(zones.row('Toetsveld')).toBeVisible()
})

test('a circle around an address is a zone', async ({ page, fleet, sessionCookie }) => {
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie, '?new=1')
  await zones.expectMap()
  await zones.form.getByLabel('Address').fill('Rozengracht')
  await page
    .getByRole('option', { name: /Rozengracht/ })
    .first()
    .click()
  await zones.form.getByLabel('Radius in metres').fill('5')
  await zones.form.getByRole('button', { name: 'Draw circle' }).click()
  await expect(zones.form.getByText('Fill in metres, from 10 to 20,000.')).toBeVisible()
  await zones.form.getByLabel('Radius in metres').fill('120')
  await zones.form.getByRole('button', { name: 'Draw circle' }).click()
  await expect(zones.bar).toContainText('16 corners')
  await expect(zones.form.getByLabel('Name')).toHaveValue(/Rozengracht/)
  await zones.form.getByRole('button', { name: 'Save zone' }).click()
  await expect(zones.toasts).toContainText(/Zone Rozengracht.* drawn/)
})

test('who is in the zone and who came and went is told as it happens', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const at: Point = { lat: 52.4015, lon: 4.935 }
  const zone = await drawn(api, 'Wachtveld', at)
  const ride = await trackedBike(fleet, api, 'ZNE-0001')
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie, `?z=${zone.id}`)
  await expect(zones.drawer('Wachtveld')).toContainText('No bike is in this zone.')
  await expect(zones.drawer('Wachtveld')).toContainText('No bike has come or gone yet.')
  await ride(at)
  await expect(zones.events('Wachtveld')).toHaveText([/ZNE-0001 came in/])
  await expect(zones.drawer('Wachtveld').getByRole('region', { name: 'In it now (1)' })).toContainText(
    'ZNE-0001',
  )
  await expect(zones.row('Wachtveld')).toContainText('1')
  await ride({ lat: at.lat + 0.005, lon: at.lon })
  await expect(zones.events('Wachtveld')).toHaveText([/ZNE-0001 left/, /ZNE-0001 came in/])
  await page.reload()
  await expect(zones.events('Wachtveld')).toHaveCount(2)
})

test('two who change the same outline: the second chooses', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const zone = await drawn(api, 'Twistveld', { lat: 52.3955, lon: 4.93 })
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie, `?z=${zone.id}`)
  await zones.expectMap()
  await zones.drawer('Twistveld').getByRole('button', { name: 'Change outline' }).click()
  // To where the bar is: what lies over the map must not swallow the end of a drag.
  await zones.drag(page.getByRole('button', { name: 'Corner 1 of 8' }), 0, -50)
  await expect(zones.bar.getByRole('button', { name: 'Take back' })).toBeEnabled()
  await api.call('updateZone', { params: { id: zone.id }, body: { name: 'Twistpolder' }, ifMatch: 1 })
  await expect(zones.row('Twistpolder')).toBeVisible()
  await zones.bar.getByRole('button', { name: 'Save outline' }).click()
  const question = page.getByRole('dialog', { name: 'Twistveld was changed meanwhile' })
  await expect(question).toContainText('Changed: name.')
  await question.getByRole('button', { name: 'Do mine anyway' }).click()
  await expect(zones.toasts).toContainText('outline changed')
  const now = await api.call('getZone', { params: { id: zone.id } })
  expect(now.name).toBe('Twistpolder')
  expect(now.polygon[0]!.lat).toBeGreaterThan(zone.polygon[0]!.lat)
})

test('name and kind are edited in place, filters are in the address, and the palette reaches zones', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const zone = await drawn(api, 'Zoekveld', { lat: 52.39, lon: 4.93 })
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie)
  await zones.search.fill('zoek')
  await expect(zones.rows).toHaveCount(1)
  await page.getByRole('group', { name: 'Filter by kind' }).getByRole('button', { name: /Depot/ }).click()
  await expect(page.getByText('No zone matches')).toBeVisible()
  await expect(page).toHaveURL(/kind=depot/)
  await page.getByRole('button', { name: 'Show all' }).click()
  await zones.runFromPalette('Zoekveld')
  const drawer = zones.drawer('Zoekveld')
  await drawer.getByLabel('Kind').selectOption('traffic')
  await expect(zones.toasts).toContainText('Zoekveld: kind changed')
  await drawer.getByRole('button', { name: /^Name: Zoekveld/ }).click()
  await page.keyboard.type('Vindveld')
  await page.keyboard.press('Enter')
  await expect(zones.drawer('Vindveld')).toBeVisible()
  await expect(zones.toasts).toContainText('Vindveld: name changed')
  expect(await api.call('getZone', { params: { id: zone.id } })).toMatchObject({
    name: 'Vindveld',
    kind: 'traffic',
  })
})

test('zones are imported after a look at every problem, and exported', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const ring = (lon: number) => [
    [lon, 52.38],
    [lon + 0.002, 52.38],
    [lon + 0.002, 52.382],
    [lon, 52.38],
  ]
  const file = (geometry: object, name: string) => ({ type: 'Feature', properties: { naam: name }, geometry })
  const text = JSON.stringify({
    type: 'FeatureCollection',
    features: [
      file({ type: 'Polygon', coordinates: [ring(4.97)] }, 'Invoer Een'),
      file({ type: 'Polygon', coordinates: [ring(4.975)] }, 'Invoer Twee'),
      file({ type: 'Point', coordinates: [4.9, 52.3] }, 'Punt'),
    ],
  })
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie)
  const dialog = page.getByRole('dialog', { name: 'Import GeoJSON' })
  const choose = async () => {
    await page.getByRole('button', { name: 'Import and export' }).click()
    await page.getByRole('menuitem', { name: 'Import GeoJSON' }).click()
    await dialog
      .locator('input[type="file"]')
      .setInputFiles({ name: 'buurten.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(text) })
  }
  await choose()
  await expect(dialog.getByRole('row').nth(1)).toContainText('It is a point or a line, not an area.')
  await expectNoFaults(page)
  await dialog.getByLabel('Kind, where the file has none').selectOption('pollution')
  await dialog.getByRole('button', { name: 'Draw 2 zones' }).click()
  await expect(zones.toasts).toContainText('2 zones imported')
  await zones.search.fill('Invoer')
  await expect(zones.rows).toHaveCount(2)
  await expect(zones.row('Invoer Twee')).toContainText('Low-emission zone')
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Export GeoJSON' }).click()
  expect((await saving).suggestedFilename()).toBe('zones.geojson')
  // The same file again draws nothing twice, but of another kind they are other zones.
  await choose()
  await dialog.getByLabel('Kind, where the file has none').selectOption('pollution')
  await expect(dialog.getByRole('status')).toContainText('2 are here already')
  await expect(dialog.getByRole('row').nth(2)).toContainText('Here already: Invoer Een')
  await expect(dialog.getByRole('button', { name: 'Draw 0 zones' })).toBeDisabled()
  await dialog.getByLabel('Kind, where the file has none').selectOption('traffic')
  await expect(dialog.getByRole('button', { name: 'Draw 2 zones' })).toBeEnabled()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.keyboard.press('Control+z')
  await expect(zones.rows).toHaveCount(0)
  // What was undone may be imported again.
  await choose()
  await dialog.getByLabel('Kind, where the file has none').selectOption('pollution')
  await dialog.getByRole('button', { name: 'Draw 2 zones' }).click()
  await expect(zones.rows).toHaveCount(2)
})

test('a viewer sees zones and changes none', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  await api.call('createUser', { body: { name: 'zonekijker', role: 'viewer', password } })
  await drawn(api, 'Kijkveld', { lat: 52.385, lon: 4.94 })
  await page.goto(fleet.url)
  await page.getByLabel('Name').fill('zonekijker')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Zones' }).click()
  const zones = new ZonesPage(page)
  await zones.row('Kijkveld').click()
  const drawer = zones.drawer('Kijkveld')
  await expect(drawer.getByText('No bike has come or gone yet.')).toBeVisible()
  await expect(drawer.getByLabel('Kind')).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Change outline' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'New zone' })).toBeHidden()
  await page.keyboard.press('n')
  await expect(zones.form).toBeHidden()
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('axe finds nothing on the zones, an open one, its outline being changed and a new one', async ({
      page,
      fleet,
      sessionCookie,
    }) => {
      const api = apiOf(fleet, sessionCookie)
      const name = `Axe ${colorScheme}`
      const zone = await drawn(api, name, { lat: 52.38, lon: 4.955 })
      const zones = new ZonesPage(page)
      await zones.open(fleet, sessionCookie)
      await zones.expectMap()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/zones?z=${zone.id}`)
      await expect(zones.drawer(name).getByText('No bike has come or gone yet.')).toBeVisible()
      await zones.drawer(name).getByRole('button', { name: 'Change outline' }).click()
      await expect(zones.corners).toHaveCount(8)
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/zones?new=1`)
      await expect(zones.bar).toContainText('Click the corners')
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/zones?q=nosuchthing`)
      await expect(page.getByText('No zone matches')).toBeVisible()
      await expectNoFaults(page)
    })
  })

test('on a phone a zone is drawn with the middle of the map, and nothing is cut off', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const zones = new ZonesPage(page)
  await zones.open(fleet, sessionCookie, '?map=15/52.3955/4.95')
  await zones.expectMap()
  await expectNoSidewaysScroll(page)
  await page.getByRole('button', { name: 'New zone' }).click()
  const set = zones.bar.getByRole('button', { name: 'Set a corner' })
  for (const [i, key] of ['ArrowRight', 'ArrowDown', 'ArrowLeft'].entries()) {
    await set.click()
    await expect(zones.bar).toContainText(`${i + 1} corner`)
    await page.keyboard.press(key)
  }
  await zones.bar.getByRole('button', { name: 'Close outline' }).click()
  await expectNoSidewaysScroll(page)
  await zones.bar.getByRole('button', { name: 'Done' }).click()
  await expectNoSidewaysScroll(page)
  await zones.form.getByLabel('Name').fill('Zakveld')
  await zones.form.getByRole('button', { name: 'Save zone' }).click()
  await expect(zones.drawer('Zakveld')).toBeVisible()
  await expectNoSidewaysScroll(page)
})

/** A new bike with a tracker. @returns says where it is, each time some time later */
async function trackedBike(fleet: Fleet, api: ApiClient, code: string) {
  const bike = await api.call('createBike', { body: { code, kind: 'city' } })
  const { device } = await api.call('createDevice', {
    body: { name: code, mount: { on: 'bike', bikeId: bike.id } },
  })
  let timeS = Math.floor(Date.now() / 1000) - 3_600
  return async ({ lat, lon }: Point) => {
    timeS += 120
    const url = `${fleet.process.osmandUrl}/?id=${device.trackerId}&lat=${lat}&lon=${lon}&timestamp=${timeS}`
    expect((await fetch(url)).status).toBe(200)
  }
}
