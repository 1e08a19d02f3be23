import type { Browser, Locator, Page } from '@playwright/test'
import { BikesPage } from './bikes-page.ts'
import { CouriersPage } from './couriers-page.ts'
import { apiOf, createCourier, createDelivery } from './delivery-fixture.ts'
import { DeliveriesPage } from './deliveries-page.ts'
import { expect, type Fleet, test } from './fleet-fixture.ts'
import { IssuesPage } from './issues-page.ts'

/** Another dispatcher's browser, which hears of no change before it sends its own. */
async function openSecond(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.routeWebSocket(/\/api\/live$/, (socket) => {
    const server = socket.connectToServer()
    let silent = false
    socket.onMessage((message) => server.send(message))
    server.onMessage((message) => {
      if (typeof message === 'string' && message.includes('"type":"changes"')) silent = true
      if (!silent) socket.send(message)
    })
  })
  return page
}

interface Conflict {
  /** As the dialog calls it. */
  readonly subject: string
  readonly open: (page: Page) => Promise<Locator>
  readonly first: (drawer: Locator) => Promise<void>
  readonly second: (drawer: Locator) => Promise<void>
  /** The field that the first one changed. */
  readonly changed: string
}

/** Both have the record open; the first changes it, the second changes something else, sees that, and insists. */
async function bothChange(page: Page, browser: Browser, conflict: Conflict): Promise<void> {
  const drawer = await conflict.open(page)
  await expect(drawer).toBeVisible()
  const other = await openSecond(browser)
  const otherDrawer = await conflict.open(other)
  await expect(otherDrawer).toBeVisible()
  await conflict.first(drawer)
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('changed')
  await conflict.second(otherDrawer)
  const dialog = other.getByRole('dialog', { name: `${conflict.subject} was changed meanwhile` })
  await expect(dialog).toContainText(`Changed: ${conflict.changed}`)
  await dialog.getByRole('button', { name: 'Do mine anyway' }).click()
  await expect(other.getByRole('region', { name: 'Messages' })).toContainText('changed')
  await other.context().close()
}

async function fillIn(drawer: Locator, field: RegExp, text: string): Promise<void> {
  await drawer.getByRole('button', { name: field }).first().click()
  await drawer.page().keyboard.press('ControlOrMeta+a')
  await drawer.page().keyboard.type(text)
  await drawer.page().keyboard.press('ControlOrMeta+Enter')
}

test.describe('two dispatchers change the same record, and the second one chooses:', () => {
  const api = (fleet: Fleet, cookie: string) => apiOf(fleet, cookie)

  test('a delivery', async ({ page, browser, fleet, sessionCookie }) => {
    const client = api(fleet, sessionCookie)
    const { id, code } = await createDelivery(client, 'Conflictstraat 1')
    await bothChange(page, browser, {
      subject: code,
      open: async (page) => {
        const deliveries = new DeliveriesPage(page)
        await deliveries.open(fleet, sessionCookie, `?d=${code}`)
        return deliveries.drawer(code)
      },
      first: async (drawer) => void (await drawer.getByLabel('Priority').selectOption('urgent')),
      second: async (drawer) => void (await drawer.getByLabel('Size').selectOption('large')),
      changed: 'priority',
    })
    await expect
      .poll(() => client.call('getDelivery', { params: { id } }))
      .toMatchObject({ size: 'large', priority: 'urgent' })
    // What the second one did is on the first one's screen without a reload.
    await expect(new DeliveriesPage(page).drawer(code).getByLabel('Size')).toHaveValue('large')
  })

  test('a bike', async ({ page, browser, fleet, sessionCookie }) => {
    const client = api(fleet, sessionCookie)
    const { id, code } = await client.call('createBike', { body: { code: 'CNF-0001', kind: 'city' } })
    await bothChange(page, browser, {
      subject: code,
      open: async (page) => {
        const bikes = new BikesPage(page)
        await bikes.open(fleet, sessionCookie, `?b=${code}`)
        return bikes.drawer(code)
      },
      first: async (drawer) => void (await drawer.getByLabel('Kind').selectOption('cargo')),
      second: (drawer) => fillIn(drawer, /^Note/, 'new saddle'),
      changed: 'kind',
    })
    await expect
      .poll(() => client.call('getBike', { params: { id } }))
      .toMatchObject({ kind: 'cargo', note: 'new saddle' })
  })

  test('a courier', async ({ page, browser, fleet, sessionCookie }) => {
    const client = api(fleet, sessionCookie)
    const { id, no, name } = await createCourier(client, 'Tweespalt Tiel')
    await bothChange(page, browser, {
      subject: name,
      open: async (page) => {
        const couriers = new CouriersPage(page)
        await couriers.open(fleet, sessionCookie, `?c=${no}`)
        return couriers.drawer(name)
      },
      first: (drawer) => fillIn(drawer, /^Phone/, '020 111 1111'),
      second: (drawer) => fillIn(drawer, /^Phone/, '020 222 2222'),
      changed: 'phone',
    })
    await expect
      .poll(() => client.call('getCourier', { params: { id } }))
      .toMatchObject({ phone: '020 222 2222' })
  })

  test('an issue', async ({ page, browser, fleet, sessionCookie }) => {
    const client = api(fleet, sessionCookie)
    const { id } = await client.call('createIssue', {
      body: { kind: 'bike_problem', reporter: 'dispatcher', description: 'Tweestrijd' },
    })
    await bothChange(page, browser, {
      subject: 'Bike problem: Tweestrijd',
      open: async (page) => {
        const issues = new IssuesPage(page)
        await issues.open(fleet, sessionCookie, `?i=${id}`)
        return issues.drawer('Tweestrijd')
      },
      first: (drawer) => fillIn(drawer, /^Description/, 'Tweestrijd over de ketting'),
      second: async (drawer) => void (await drawer.getByLabel('Kind').selectOption('other')),
      changed: 'description',
    })
    await expect
      .poll(() => client.call('getIssue', { params: { id } }))
      .toMatchObject({ kind: 'other', description: 'Tweestrijd over de ketting' })
  })
})
