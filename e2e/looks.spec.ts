import type { SettingsView } from '@fleet/api'
import { AppPage } from './app-page.ts'
import { createAccountOf } from './courier-phone-page.ts'
import { apiOf } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectLook } from './look.ts'
import { LivePage } from './live-page.ts'

// The clocks of server and browser stand still, so that windows, ages and delays are the same in every run. Between two
// words of the server the page counts on, or is some ms behind: neither is to be another minute.
const start = '2026-06-15 12:00:20'
test.use({
  fleetEnv: [
    {
      FLEET_DEMO_RIDERS: '0',
      LD_PRELOAD: '/usr/$LIB/faketime/libfaketimeMT.so.1',
      FAKETIME: start,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      TZ: 'UTC',
    },
    { scope: 'worker' },
  ],
})

/** Each page, and what it opens. A new page is one line here. */
const views: readonly (readonly [name: string, path: string])[] = [
  ['live', '/'],
  ['bike', '/?bike=AMS-0002'],
  ['deliveries', '/deliveries'],
  ['board', '/deliveries?view=board'],
  ['lanes', '/deliveries?view=lanes'],
  ['new-delivery', '/deliveries?new=1'],
  ['bikes', '/bikes'],
  ['issues', '/issues'],
  ['couriers', '/couriers'],
  ['zones', '/zones'],
  ['insights', '/insights'],
  ['replay', '/replay?date=2026-06-15&from=13:00&to=14:00&t=3540'],
  ['people', '/people'],
]

for (const colorScheme of ['light', 'dark'] as const)
  for (const locale of ['en-GB', 'nl-NL'])
    test.describe(`in the ${colorScheme} theme, ${locale}`, () => {
      test.use({ colorScheme, locale, bypassCSP: true })

      test('every page looks as accepted', async ({ page, fleet, sessionCookie }, info) => {
        test.setTimeout(600_000)
        await page.clock.setFixedTime(`${start.replace(' ', 'T')}Z`)
        const live = new LivePage(page)
        await live.open(fleet, sessionCookie)
        // Every Debian has it; what a desktop prefers would look another way.
        await page.addStyleTag({ content: ":root { --font-text: 'DejaVu Sans' }" })
        for (const [name, path] of views)
          await test.step(name, async () => {
            await page.goto(`${fleet.url}/#${path}`)
            await expect(page.getByRole('main')).toBeVisible()
            await expectLook(page, info, `${name}-${colorScheme}-${locale.slice(0, 2)}`)
          })
      })
    })

/** What the server of the desktop app says of its settings. */
const desktopSettings: SettingsView = {
  settings: {
    data: 'servers',
    connection: {
      host: '10.0.0.100',
      port: 5432,
      readPort: 5433,
      database: 'bike_fleet',
      user: 'fleet_app',
      tls: 'verify-full',
      poolSize: 10,
      rootCertificate: null,
    },
    trackerPort: 5055,
    trackersFromNetwork: true,
    look: { language: null, theme: null },
  },
  serversOnly: false,
  dataFile: '/home/eva/.local/share/amsterdam-bike-fleet/fleet.db',
  settingsFile: '/home/eva/.config/amsterdam-bike-fleet/settings.json',
  setOutside: [],
  isPasswordKept: true,
}

for (const colorScheme of ['light', 'dark'] as const)
  for (const locale of ['en-GB', 'nl-NL'])
    test.describe(`in the window of the desktop app, in the ${colorScheme} theme, ${locale}`, () => {
      test.use({ colorScheme, locale, bypassCSP: true })

      test('the settings look as accepted', async ({ page, fleet, sessionCookie }, info) => {
        await page.clock.setFixedTime(`${start.replace(' ', 'T')}Z`)
        await page.addInitScript(() => Object.assign(window, { fleetDesktop: { version: '1.2.3' } }))
        await page.route('**/api/desktop/**', (route) =>
          route.request().method() === 'GET'
            ? route.fulfill({ json: desktopSettings })
            : route.fulfill({ status: 204 }),
        )
        const app = new AppPage(page, 'settings')
        await app.open(fleet, sessionCookie)
        await page.addStyleTag({ content: ":root { --font-text: 'DejaVu Sans' }" })
        await expect(page.getByRole('main').getByRole('radiogroup').first()).toBeVisible()
        await expectLook(page, info, `desktop-settings-${colorScheme}-${locale.slice(0, 2)}`)
      })
    })

test.describe('on a phone', () => {
  let courierCookie: string
  let token: string
  // After the pages above, which show who has an account.
  test.beforeAll(async ({ fleet, sessionCookie }) => {
    const admin = apiOf(fleet, sessionCookie)
    const { items } = await admin.call('listDeliveries', { query: { limit: 500 } })
    const delivery = items.find(({ status }) => status === 'picked_up')!
    token = (await admin.call('shareDelivery', { params: { id: delivery.id } })).token
    courierCookie = await createAccountOf(fleet, admin, delivery.courierId!)
  })

  for (const colorScheme of ['light', 'dark'] as const)
    for (const locale of ['en-GB', 'nl-NL'])
      test.describe(`in the ${colorScheme} theme, ${locale}`, () => {
        test.use({ colorScheme, locale, bypassCSP: true, viewport: { width: 390, height: 844 } })

        test('the pages of couriers, of customers and the sign-in look as accepted', async ({
          page,
          fleet,
        }, info) => {
          test.setTimeout(300_000)
          await page.clock.setFixedTime(`${start.replace(' ', 'T')}Z`)
          const show = async (name: string, path: string) => {
            await page.goto(`${fleet.url}/#${path}`)
            await page.reload()
            await page.addStyleTag({ content: ":root { --font-text: 'DejaVu Sans' }" })
            await expect(page.getByRole('main')).toBeVisible()
            await expectLook(page, info, `${name}-${colorScheme}-${locale.slice(0, 2)}`)
          }
          await show('sign-in', '/sign-in')
          await show('tracking', `/track/${token}`)
          const [name, value] = courierCookie.split('=')
          await page.context().addCookies([{ name: name!, value: value!, url: fleet.url }])
          await show('courier', '/me')
        })
      })
})
