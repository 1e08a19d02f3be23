import type { DesktopMenu, DesktopNotification, DesktopState } from '@fleet/api'
import type { Page } from '@playwright/test'
import { AppPage } from './app-page.ts'
import { BikesPage } from './bikes-page.ts'
import { apiOf, createCourier } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { IssuesPage } from './issues-page.ts'
import { expectNoFaults } from './page-faults.ts'

const minuteMs = 60_000

type Api = ReturnType<typeof apiOf>

/** As the menu of the program tells the page what was chosen in it. */
const choose = (page: Page, name: string) =>
  page.evaluate((name) => dispatchEvent(new CustomEvent('fleet-desktop', { detail: { name } })), name)

/** A delivery that its courier cannot bring in time. */
async function addLateDelivery(api: Api, address: string) {
  const courier = await createCourier(api, 'Traag Terschelling')
  const now = Date.now()
  const window = { fromMs: now - 30 * minuteMs, toMs: now - minuteMs }
  const stop = { point: { lat: 52.37, lon: 4.9 }, contact: '', note: '', window }
  const delivery = await api.call('createDelivery', {
    body: { pickup: { ...stop, address: 'Keuken' }, dropoff: { ...stop, address } },
  })
  return api.call('assignDelivery', { params: { id: delivery.id }, body: { courierId: courier.id } })
}

/** What the system would show; the real notifications are made as well. */
async function watchNotifications(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const shown: string[] = []
    const Real = window.Notification
    Object.assign(window, { shown })
    window.Notification = class extends Real {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options)
        shown.push(title)
      }
    }
  })
  return () => page.evaluate(() => (window as unknown as { shown: readonly string[] }).shown)
}

/** Takes the place of the program around the page. */
async function watchProgram(page: Page) {
  const told = {
    menus: [] as DesktopMenu[],
    states: [] as DesktopState[],
    notifications: [] as DesktopNotification[],
    /** Said of the next ones: not shown. */
    failures: 0,
  }
  await page.addInitScript(() => Object.assign(window, { fleetDesktop: { version: '1.2.3' } }))
  // The server of this journey has no program around it; what it would be asked is held against the schemas elsewhere.
  await page.route('**/api/desktop/**', async (route) => {
    const path = new URL(route.request().url()).pathname
    if (path.endsWith('/about'))
      return route.fulfill({
        json: {
          program: '1.2.3',
          build: 'sqlite',
          tauri: '2.9.0',
          webView: 'WebKitGTK 2.48',
          node: '26.0.0',
          database: 'SQLite 3.50.1',
          logFile: '/somewhere/server.log',
        },
      })
    const body = route.request().postDataJSON() as never
    if (path.endsWith('/menu')) told.menus.push(body)
    if (path.endsWith('/state')) told.states.push(body)
    if (path.endsWith('/notifications') && told.failures > 0) {
      told.failures--
      return route.fulfill({ status: 503 })
    }
    if (path.endsWith('/notifications')) told.notifications.push(body)
    return route.fulfill({ status: 204 })
  })
  return told
}

test('a link from outside opens its record, or says that there is none', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const { items } = await api.call('listDeliveries', { query: { limit: 1 } })
  const { code } = items[0]!
  const app = new AppPage(page, 'bikes')
  await app.open(fleet, sessionCookie)
  const open = (path: string) => page.evaluate((hash) => void (location.hash = hash), `#/open/${path}`)
  await open(`delivery/${code.toLowerCase()}`)
  await expect(page).toHaveURL(new RegExp(`/deliveries\\?d=${code}`))
  await open('bike/AMS-0001')
  await expect(page).toHaveURL(/\/\?bike=AMS-0001/)
  await open('courier/1')
  await expect(page).toHaveURL(/\/couriers\?c=1/)
  await open('delivery/D-999999')
  await expect(page.getByRole('heading', { name: 'There is no delivery D-999999' })).toBeVisible()
  await expectNoFaults(page)
  await open('issue/1')
  await expect(page.getByRole('heading', { name: 'There is no such issue' })).toBeVisible()
  await open('pizza/4')
  await expect(page.getByRole('heading', { name: 'Links to “pizza” are not known here' })).toBeVisible()
  await page.getByRole('button', { name: 'Go to Live' }).click()
  await expect(page.getByRole('main', { name: 'Live' })).toBeVisible()
})

test('the map opens in a window of its own, live and without the rest of the app', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const app = new AppPage(page, '')
  await app.open(fleet, sessionCookie)
  const opening = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Open the map in its own window' }).click()
  const map = await opening
  await expect(map.getByTestId('connection')).toContainText(/Live/)
  await expect(map.getByTestId('fleet-state')).toContainText(/\d+ out, \d+ late/)
  await expect(
    map.getByRole('region', { name: 'Map of the fleet' }).or(map.locator('canvas')).first(),
  ).toBeVisible()
  await expect(map.getByRole('navigation')).toHaveCount(0)
  await expect(map).toHaveTitle('Map of the fleet · Amsterdam Bike Fleet')
  await expectNoFaults(map)
  const before = map.url()
  await map.keyboard.press('+')
  await expect(map).not.toHaveURL(before)
})

test('the about box has the version of the server', async ({ page, fleet, sessionCookie }) => {
  const app = new AppPage(page, 'bikes')
  await app.open(fleet, sessionCookie)
  await page.getByRole('button', { name: 'Account and settings' }).click()
  await page.getByRole('menuitem', { name: 'About this program' }).click()
  const dialog = page.getByRole('dialog', { name: 'About this program' })
  await expect(dialog).toContainText(/Version\s*\d+\.\d+\.\d+/)
  await expect(dialog.getByRole('link', { name: 'Save diagnostics' })).toHaveCount(0)
  await expectNoFaults(page)
})

test('a browser tells what is late once asked to, each once, and nothing that came of what one did', async ({
  page,
  context,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  await context.grantPermissions(['notifications'], { origin: fleet.url })
  const shown = await watchNotifications(page)
  const app = new AppPage(page, 'bikes')
  await app.open(fleet, sessionCookie)
  await page.getByRole('button', { name: 'Account and settings' }).click()
  const choice = page.getByRole('switch', { name: 'Notifications of what is late or urgent' })
  await expect(choice).not.toBeChecked()
  await choice.click()
  await expect(choice).toBeChecked()
  await page.keyboard.press('Escape')
  // What is late already is one message, not dozens.
  await expect.poll(async () => (await shown())[0]).toMatch(/^\d+ matters need attention$/)
  const late = await addLateDelivery(api, 'Telaatstraat 1')
  await expect.poll(shown).toContain(`${late.code}: late`)
  await page.reload()
  await expect(page.getByTestId('connection')).toContainText(/Live/)
  const next = await addLateDelivery(api, 'Telaatstraat 2')
  await expect.poll(shown).toContain(`${next.code}: late`)
  expect(await shown()).not.toContain(`${late.code}: late`)
})

test('in the desktop app the page gives the menu, the state of the fleet and what is late to the program around it', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const told = await watchProgram(page)
  const app = new AppPage(page, 'bikes')
  await app.open(fleet, sessionCookie)
  await expect.poll(() => told.states.at(-1)?.text).toMatch(/^\d+ out, \d+ late$/)
  await expect
    .poll(() => told.menus.at(-1)?.map(({ text }) => text))
    .toEqual(['File', 'Edit', 'View', 'Help'])
  await expect.poll(() => told.notifications.length).toBeGreaterThan(0)
  const late = await addLateDelivery(api, 'Telaatstraat 3')
  await expect
    .poll(() => told.notifications.find(({ title }) => title === `${late.code}: late`)?.path)
    .toBe(`/deliveries?d=${late.code}`)

  await choose(page, 'about')
  const about = page.getByRole('dialog', { name: 'About this program' })
  await expect(about).toContainText('SQLite 3.50.1')
  await expect(about.getByRole('link', { name: 'Save diagnostics' })).toHaveAttribute(
    'href',
    '/api/desktop/diagnostics',
  )
  await expectNoFaults(page)
  await page.keyboard.press('Escape')
  await choose(page, 'import-rides')
  await expect(page.getByRole('dialog', { name: 'Import rides from GPX' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Account and settings' }).click()
  await page.getByText('Nederlands').click()
  await expect
    .poll(() => told.menus.at(-1)?.map(({ text }) => text))
    .toEqual(['Bestand', 'Bewerken', 'Beeld', 'Help'])
  await expect.poll(() => told.states.at(-1)?.text).toMatch(/onderweg/)
})

test('what could not be told is told later; what came of one’s own doing is not', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const told = await watchProgram(page)
  const issues = new IssuesPage(page)
  await issues.open(fleet, sessionCookie)
  await expect.poll(() => told.notifications.length, { timeout: 15_000 }).toBeGreaterThan(0)
  await page.keyboard.press('n')
  const form = page.getByRole('complementary', { name: 'New issue' })
  await expect(form.getByLabel('Kind')).toBeFocused()
  await page.keyboard.type('Damaged')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Eigen schade')
  await form.getByRole('button', { name: 'Report issue' }).press('Enter')
  await expect(issues.toasts).toContainText('Damaged: Eigen schade – reported')

  told.failures = 2
  const late = await addLateDelivery(api, 'Telaatstraat 4')
  await expect
    .poll(() => told.notifications.map(({ title }) => title), { timeout: 30_000 })
    .toContain(`${late.code}: late`)
  expect(told.failures).toBe(0)
  const { items } = await api.call('listIssues', { query: { limit: 500 } })
  const own = items.find(({ description }) => description === 'Eigen schade')
  expect(own).toBeDefined()
  expect(told.notifications.map(({ path }) => path)).not.toContain(`/issues?i=${own!.id}`)
})

test('the map alone tells what is late and how the fleet is', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const told = await watchProgram(page)
  const app = new AppPage(page, 'map')
  await app.open(fleet, sessionCookie)
  await expect.poll(() => told.states.at(-1)?.text, { timeout: 15_000 }).toMatch(/^\d+ out, \d+ late$/)
  const late = await addLateDelivery(api, 'Telaatstraat 5')
  await expect
    .poll(() => told.notifications.map(({ title }) => title), { timeout: 30_000 })
    .toContain(`${late.code}: late`)
})

test('a file that the desktop app has saved is named, and one that it could not save', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  await watchProgram(page)
  const app = new AppPage(page, 'bikes')
  await app.open(fleet, sessionCookie)
  const tell = (about: object) =>
    page.evaluate(
      (about) => dispatchEvent(new CustomEvent('fleet-desktop', { detail: { name: 'download', about } })),
      about,
    )
  await tell({ file: '/home/eva/Downloads/bikes (1).csv', isWhole: true })
  await expect(app.toasts).toContainText('bikes (1).csv is saved')
  await expect(app.toasts).toContainText('/home/eva/Downloads')
  await tell({ file: '/home/eva/Downloads/more.csv', isWhole: false })
  await expect(app.toasts.getByRole('alert')).toContainText('more.csv was not saved')
})

test('the Edit menu takes back what was done, and in a field what was typed', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  await apiOf(fleet, sessionCookie).call('createBike', { body: { code: 'EDT-0001', kind: 'city' } })
  await watchProgram(page)
  const bikes = new BikesPage(page)
  await bikes.open(fleet, sessionCookie, '?b=EDT-0001')
  const row = bikes.row('EDT-0001')
  await expect(bikes.drawer('EDT-0001')).toBeVisible()
  await bikes.runFromPalette('workshop')
  await expect(row).toContainText('Workshop')
  await choose(page, 'undo')
  await expect(row).toContainText('Available')
  await choose(page, 'redo')
  await expect(row).toContainText('Workshop')
  await expect(bikes.palette).toBeHidden()
  await page.keyboard.press('n')
  const code = page.getByRole('complementary', { name: 'New bike' }).getByLabel('Code')
  await expect(code).toBeFocused()
  const proposed = await code.inputValue()
  await page.keyboard.type('EDT-0002')
  await choose(page, 'undo')
  await expect(code).toHaveValue(proposed)
  await choose(page, 'redo')
  await expect(code).toHaveValue('EDT-0002')
  await expect(row).toContainText('Workshop')
})
