import { apiOf } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectNoFaults, expectNoSidewaysScroll } from './page-faults.ts'
import { PeoplePage } from './people-page.ts'

const password = 'een lang wachtwoord'

test('an account is made by keyboard alone, its password is shown once and signs in, and it is disabled', async ({
  page,
  browser,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const people = new PeoplePage(page)
  await people.open(fleet, sessionCookie)
  await expect(people.accounts.getByRole('gridcell').first()).toBeVisible()
  await page.keyboard.press('n')
  const form = page.getByRole('complementary', { name: 'New account' })
  await expect(form.getByLabel('Name')).toBeFocused()
  await page.keyboard.type('Niet goed!')
  await page.keyboard.press('Enter')
  await expect(form.getByText('Use lower-case letters')).toBeVisible()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('nieuwe.planner')
  await page.keyboard.press('Enter')
  const account = people.account('nieuwe.planner')
  await expect(account).toContainText('It is shown only now')
  const shown = (await account.getByText(/^([2-9a-z]{5}-){3}[2-9a-z]{5}$/).textContent())!
  const other = await browser.newContext()
  const theirs = await other.newPage()
  await theirs.goto(fleet.url)
  await theirs.getByLabel('Name').fill('nieuwe.planner')
  await theirs.getByRole('textbox', { name: 'Password' }).fill(shown)
  await theirs.getByRole('button', { name: 'Sign in' }).click()
  await expect(theirs.getByTestId('connection')).toContainText('Live')
  await account.getByRole('button', { name: 'Disable' }).press('Enter')
  await expect(account.getByRole('button', { name: 'Enable' })).toBeVisible()
  await expect(people.toasts).toContainText('nieuwe.planner disabled')
  await theirs.reload()
  await expect(theirs.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await other.close()
  await account.getByRole('heading', { level: 2 }).focus()
  await page.keyboard.press('Control+z')
  await expect(account.getByRole('button', { name: 'Disable' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(people.accounts).toBeFocused()
  await page.keyboard.press('/')
  await page.keyboard.type('nieuwe')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(account.getByRole('heading', { level: 2 })).toBeFocused()
  await expect(account).not.toContainText('It is shown only now')
  expect(pageErrors).toEqual([])
})

test('a tracker is registered, set up by its code, moved and given a new secret', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const [first, second] = [
    await api.call('createBike', { body: { code: 'TRK-0001', kind: 'city' } }),
    await api.call('createBike', { body: { code: 'TRK-0002', kind: 'city' } }),
  ]
  const people = new PeoplePage(page)
  await people.open(fleet, sessionCookie, '?tab=trackers')
  await page.getByRole('button', { name: 'New tracker' }).click()
  const form = page.getByRole('complementary', { name: 'New tracker' })
  await form.getByRole('button', { name: 'Register tracker' }).click()
  await expect(form.getByText('Choose a bike or a courier.')).toBeVisible()
  await form.getByRole('combobox', { name: 'On' }).fill(first.code)
  await page.getByRole('option', { name: first.code }).click()
  await form.getByRole('button', { name: 'Register tracker' }).click()
  const tracker = people.tracker('Phone TRK-0001')
  await expect(tracker.getByText('Secret for OwnTracks')).toBeVisible()
  await expect(tracker.getByText('A phone cannot reach this address.')).toBeVisible()
  await tracker.getByLabel('Address of the app').fill('http://192.168.1.20:8484')
  await expect(tracker.getByRole('img', { name: 'QR code for Phone TRK-0001' })).toBeVisible()
  await expect(tracker.getByLabel('Or type: server URL')).toHaveValue(
    'http://192.168.1.20:8484/ingest/osmand',
  )
  const { items } = await api.call('listDevices', { query: { bikeId: first.id } })
  const [device] = items
  await expect(tracker.getByLabel('Device identifier')).toHaveValue(device!.trackerId)
  await tracker.getByRole('combobox', { name: 'On' }).fill(second.code)
  await page.getByRole('option', { name: second.code }).click()
  await expect(people.toasts).toContainText('Tracker Phone TRK-0001 is now on TRK-0002')
  await expect
    .poll(async () => (await api.call('getDevice', { params: { id: device!.id } })).mount)
    .toEqual({ on: 'bike', bikeId: second.id })
  const before = await tracker.locator('[role="status"]').textContent()
  await tracker.getByRole('button', { name: 'More for this tracker' }).click()
  await page.getByRole('menuitem', { name: 'Make a new secret' }).click()
  await expect(people.toasts).toContainText('New secret for')
  await expect(tracker.locator('[role="status"]')).not.toHaveText(before!)
})

test('a mechanic sees trackers and no accounts', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  await api.call('createUser', { body: { name: 'trackermonteur', role: 'mechanic', password } })
  await page.goto(fleet.url)
  await page.getByLabel('Name').fill('trackermonteur')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'People and trackers' }).click()
  const people = new PeoplePage(page)
  await expect(people.trackers).toBeVisible()
  await expect(people.accounts).toBeHidden()
  await expect(page.getByRole('radio', { name: 'Accounts' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'New tracker' })).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('axe finds nothing on accounts, trackers and their forms', async ({
      page,
      fleet,
      sessionCookie,
    }) => {
      const api = apiOf(fleet, sessionCookie)
      const name = `axe.${colorScheme}`
      await api.call('createUser', { body: { name, role: 'viewer', password } })
      const code = colorScheme === 'light' ? 'AXT-0001' : 'AXT-0002'
      const bike = await api.call('createBike', { body: { code, kind: 'city' } })
      const { device } = await api.call('createDevice', {
        body: { name: `Phone ${code}`, mount: { on: 'bike', bikeId: bike.id } },
      })
      const people = new PeoplePage(page)
      await people.open(fleet, sessionCookie, `?o=${name}`)
      await expect(people.account(name)).toBeVisible()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/people?new=1`)
      await expect(page.getByRole('complementary', { name: 'New account' })).toBeVisible()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/people?tab=trackers&o=${device.no}`)
      await expect(people.tracker(device.name).getByRole('img', { name: /^QR code/ })).toBeVisible()
      await expectNoFaults(page)
    })
  })

test('on a phone the page does not scroll sideways, and its own tab is in sight', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const people = new PeoplePage(page)
  await people.open(fleet, sessionCookie)
  await expect(people.accounts).toBeVisible()
  await expectNoSidewaysScroll(page)
  await expect(page.getByRole('navigation', { name: 'Pages' }).getByRole('link').last()).toBeInViewport()
})
