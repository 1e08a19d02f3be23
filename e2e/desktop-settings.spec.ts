import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type PostgresServer, startPostgres } from '@fleet/store/testing'
import { expect, type Page, test as base } from '@playwright/test'
import { type LaunchedProcess, startLaunched } from '../apps/fleet/testing/launched-process.ts'
import { expectNoFaults, expectNoSidewaysScroll, waitForFades } from './page-faults.ts'

/** A new computer on which the desktop app was just installed. The browser stands in for its window. */
interface Computer {
  readonly settingsFile: string
  readonly keyring: { holds: string | null }
  start(options?: {
    readonly build?: 'postgres'
    readonly env?: Record<string, string>
  }): Promise<LaunchedProcess>
}

const test = base.extend<{ computer: Computer }, { postgres: PostgresServer }>({
  postgres: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from its pattern
    async ({}, use) => {
      const server = await startPostgres()
      await use(server)
      await server.stop()
    },
    { scope: 'worker' },
  ],
  computer: async ({ page }, use, testInfo) => {
    const home = mkdtempSync(join(tmpdir(), 'fleet-desktop-'))
    const settingsFile = join(home, 'config/settings.json')
    const keyring = { holds: null }
    const started: LaunchedProcess[] = []
    await page.addInitScript('window.fleetDesktop = { version: "0.0.0" }')
    await use({
      settingsFile,
      keyring,
      async start({ build, env = {} } = {}) {
        const settings = { FLEET_SETTINGS: settingsFile, XDG_DATA_HOME: home, FLEET_DEMO_RIDERS: '0' }
        const app = await startLaunched({
          build: build ?? 'sqlite',
          keyring,
          env: { FLEET_OSMAND_PORT: 'off', ...settings, ...env },
        })
        started.push(app)
        return app
      },
    })
    await page.close()
    for (const app of started) {
      await app.end()
      await testInfo.attach('log', { body: app.log() })
    }
    rmSync(home, { recursive: true })
  },
})

// Each starts the app, some three times.
test.describe.configure({ timeout: 180_000 })
/** What takes a new server. */
const anew = { timeout: 60_000 }

const pictures = process.env['FLEET_PICTURES']
/** For whoever wants to look: `FLEET_PICTURES=FOLDER`. */
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await waitForFades(page)
    await page.screenshot({ path: join(pictures, `${name}-${scheme}.png`), fullPage: true })
  }
}

async function expectGoodPage(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectNoFaults(page)
  }
  await expectNoSidewaysScroll(page)
  await picture(page, name)
}

test('the first start asks one question, by keyboard alone, and goes on to the map', async ({
  page,
  computer,
}) => {
  const app = await computer.start()
  await page.goto(app.launchUrl)
  await expect(page.getByRole('heading', { name: 'Where is your data?' })).toBeVisible()
  await expectGoodPage(page, 'question')
  await page.getByRole('button', { name: 'Start' }).press('Enter')
  await expect(page.getByText('Choose one.')).toBeVisible()
  await page.getByRole('radio', { name: 'This computer' }).press('Space')
  await page.getByRole('button', { name: 'Start' }).press('Enter')
  await expect(page.getByRole('option', { name: /AMS-0001/ })).toBeVisible(anew)
})

test('the servers are tried, each failure has its sentence in both languages, and the app works on them', async ({
  page,
  computer,
  postgres,
}) => {
  const database = await postgres.createDatabase()
  const app = await computer.start({ build: 'postgres' })
  await page.goto(app.launchUrl)
  await expect(page.getByRole('heading', { name: 'Connect to your servers' })).toBeVisible()
  const alert = page.getByRole('alert')
  await page.getByRole('button', { name: 'Test the connection' }).click()
  await expect(page.getByText('Type a name or an IP address')).toBeVisible()
  await page.getByRole('textbox', { name: 'Server' }).fill('nowhere.invalid')
  await page.getByRole('button', { name: 'Test the connection' }).click()
  await expect(alert).toContainText('Nobody knows a server named nowhere.invalid.')
  await page.getByRole('textbox', { name: 'Server' }).fill(postgres.host)
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(postgres.port))
  await page.getByRole('textbox', { name: 'Database' }).fill(database)
  await page.getByRole('textbox', { name: 'Role', exact: true }).fill(postgres.user)
  await page.getByRole('textbox', { name: 'Password of the role' }).fill('wrong')
  await page.getByRole('button', { name: 'Start' }).click()
  await expect(alert).toContainText(`The server does not let ${postgres.user} in with this password.`)
  await expectGoodPage(page, 'connection-failed')
  await page.getByText('Nederlands').click()
  await expect(alert).toContainText(`De server laat ${postgres.user} met dit wachtwoord niet binnen.`)
  await page.getByText('Meer instellingen').click()
  await page.getByRole('combobox', { name: 'Versleuteling' }).selectOption('verify-full')
  await expectGoodPage(page, 'connection-failed-nl')
  await page.getByRole('button', { name: 'Verbinding testen' }).click()
  await expect(alert).toContainText('biedt geen versleuteling')
  await page.getByRole('combobox', { name: 'Versleuteling' }).selectOption('disable')
  await page.getByRole('textbox', { name: 'Wachtwoord van de rol' }).fill(postgres.password)
  await page.getByRole('button', { name: 'Verbinding testen' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Het werkt' })).toContainText('De database is leeg')
  await expectGoodPage(page, 'connection-fine-nl')
  await page.getByRole('button', { name: 'Beginnen' }).click()
  await expect(page.getByRole('navigation', { name: 'Pagina’s' })).toBeVisible(anew)
  expect(computer.keyring.holds).toContain(postgres.password)
})

test('in the settings, the data moves to the servers; the page comes back by itself, and undo brings it back', async ({
  page,
  computer,
  postgres,
}) => {
  mkdirSync(join(computer.settingsFile, '..'), { recursive: true })
  writeFileSync(computer.settingsFile, JSON.stringify({ data: 'here', trackerPort: null }))
  const app = await computer.start()
  await page.goto(app.launchUrl)
  await expect(page.getByRole('option', { name: /AMS-0001/ })).toBeVisible()
  await page.getByRole('button', { name: 'Account and settings' }).click()
  await page.getByRole('menuitem', { name: 'Settings of this computer' }).click()
  await expect(page.getByRole('heading', { name: 'Settings of this computer' })).toBeVisible()
  await expectGoodPage(page, 'settings')
  // What needs no other database leaves the session as it is.
  await page.getByRole('checkbox', { name: 'Take positions from trackers' }).check()
  await page.getByRole('textbox', { name: 'Port for trackers' }).fill('70000')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Type a number from 1 to 65535.')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Take positions from trackers' }).uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved, and in use.')).toBeVisible(anew)
  await picture(page, 'settings-saved')
  // Another database: signed in anew there.
  await page.getByRole('radio', { name: 'Our servers' }).click()
  await page.getByRole('textbox', { name: 'Server' }).fill(postgres.host)
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(postgres.port))
  await page.getByRole('textbox', { name: 'Database' }).fill(await postgres.createDatabase())
  await page.getByRole('textbox', { name: 'Role', exact: true }).fill(postgres.user)
  await page.getByRole('textbox', { name: 'Password of the role' }).fill(postgres.password)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page).toHaveURL(/\/#\/$/, anew)
  await expect(page.getByTestId('connection')).toContainText('Live')
  await page.goto(`${app.url}/#/settings`)
  await expect(page.getByRole('radio', { name: 'Our servers' })).toBeChecked()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('option', { name: /AMS-0001/ })).toBeVisible(anew)
})

test('a server that is away is named, and the app goes on by itself when it is back; a password that is gone is asked for', async ({
  page,
  computer,
  postgres,
}) => {
  const database = await postgres.createDatabase()
  const { host, port, user } = postgres
  mkdirSync(join(computer.settingsFile, '..'), { recursive: true })
  const connection = { host, port, user, database }
  writeFileSync(computer.settingsFile, JSON.stringify({ data: 'servers', connection, trackerPort: null }))
  await postgres.halt('fast')
  const app = await computer.start()
  await page.goto(app.launchUrl)
  await expect(page.getByRole('alert')).toContainText(`On ${host} nothing listens on port ${port}.`)
  await expect(page.getByText('The app tries again by itself')).toBeVisible()
  await expectGoodPage(page, 'away')
  await postgres.resume()
  await expect(page.getByRole('alert')).toContainText(`The server asks for the password of ${user}.`, anew)
  await page.getByRole('textbox', { name: 'Password of the role' }).fill(postgres.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible(anew)
  expect(computer.keyring.holds).toContain(postgres.password)
})

test('a settings file that somebody broke is shown with its lines; settings of the environment are shown as such', async ({
  page,
  computer,
}) => {
  mkdirSync(join(computer.settingsFile, '..'), { recursive: true })
  writeFileSync(computer.settingsFile, '{\n  "data": "there",\n  "colour": "blue"\n}')
  const broken = await computer.start()
  await page.goto(broken.launchUrl)
  await expect(page.getByRole('alert')).toContainText('Line 2: data has a value that it cannot have.')
  await expect(page.getByRole('alert')).toContainText('Line 3: colour is no setting.')
  await expectGoodPage(page, 'broken-settings')
  const outside = await computer.start({ env: { PG_HOST: 'db', PG_PORT: 'x' } })
  await page.goto(outside.launchUrl)
  await expect(page.getByRole('alert')).toContainText('PG_USER is not set, and PG_HOST is.')
  await expect(page.getByText('Set outside the app')).toContainText('PG_HOST, PG_PORT')
  await page.getByText('Nederlands').click()
  await expect(page.getByRole('alert')).toContainText('PG_USER is niet ingesteld, en PG_HOST wel.')
  await expectGoodPage(page, 'environment-nl')
})

test('diagnostics are saved from the menu as a zip file', async ({ page, computer }) => {
  mkdirSync(join(computer.settingsFile, '..'), { recursive: true })
  writeFileSync(computer.settingsFile, JSON.stringify({ data: 'here', trackerPort: null }))
  const app = await computer.start()
  await page.goto(app.launchUrl)
  await expect(page.getByTestId('connection')).toContainText('Live', anew)
  const saving = page.waitForEvent('download')
  await page.evaluate(() =>
    dispatchEvent(new CustomEvent('fleet-desktop', { detail: { name: 'save-diagnostics' } })),
  )
  const download = await saving
  expect(download.suggestedFilename()).toMatch(/\.zip$/)
  // The first entry of a zip file begins so (APPNOTE.TXT 4.3.7).
  expect(
    readFileSync(await download.path())
      .subarray(0, 4)
      .toString(),
  ).toBe('PK\u0003\u0004')
})

test('who gives a server up goes on by keyboard where the page has changed', async ({ page, computer }) => {
  const connection = { host: '127.0.0.1', port: await freePort(), user: 'fleet_app', database: 'bike_fleet' }
  mkdirSync(join(computer.settingsFile, '..'), { recursive: true })
  writeFileSync(computer.settingsFile, JSON.stringify({ data: 'servers', connection, trackerPort: null }))
  const app = await computer.start()
  await page.goto(app.launchUrl)
  await expect(page.getByRole('alert')).toContainText('nothing listens')
  const main = page.getByRole('main')
  await page.getByRole('button', { name: 'Change the settings' }).press('Enter')
  await expect(page.getByRole('heading', { name: 'Where is your data?' })).toBeVisible()
  await expect(main).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('radio', { name: 'This computer' })).toBeFocused()
  await page.getByRole('button', { name: 'Back' }).press('Enter')
  await expect(page.getByRole('heading', { name: 'The app cannot work yet' })).toBeVisible()
  await expect(main).toBeFocused()
  // Another language is another title, and no other step.
  await page.getByText('Nederlands').click()
  await expect(page.getByRole('heading', { name: 'De app kan nog niet werken' })).toBeVisible()
  await expect(main).not.toBeFocused()
})
