import { hourMs, minuteMs, type Stop } from '@fleet/domain'
import {
  createCourierAccount,
  CourierPhone,
  expectSteps,
  give,
  openDay,
  password,
  picture,
  stepsOf,
} from './courier-phone-page.ts'
import { apiOf } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectNoFaults, expectNoSidewaysScroll } from './page-faults.ts'

test.use({
  viewport: { width: 360, height: 640 },
  fleetEnv: [{ FLEET_DEMO_RIDERS: '0', FLEET_DISPATCH_PHONE: '+31 20 123 4567' }, { scope: 'worker' }],
})

test('a courier who signs in lands on their day, fetches a parcel and hands it over with proof', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const admin = apiOf(fleet, sessionCookie)
  const account = await createCourierAccount(fleet, admin, 'Anouk')
  const delivery = await give(admin, account, 'Bewijsstraat 1', {
    pinRequired: true,
    contact: 'Mw. Bakker 06-12345678',
  })
  await page.goto(fleet.url)
  await page.getByLabel('Name').fill(account.name)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const phone = new CourierPhone(page)
  await expect(phone.card.getByRole('heading', { name: 'Keuken van de proef' })).toBeVisible()
  expect(new URL(page.url()).hash).toBe('#/me')
  await expect(page.getByRole('link', { name: 'Navigate' })).toHaveAttribute(
    'href',
    /^geo:52\.373100,4\.892200/,
  )
  await expect(page.getByRole('link', { name: 'Dispatcher' })).toHaveAttribute('href', 'tel:+31201234567')
  await phone.pickUp()
  await expect(phone.toasts).toContainText(`${delivery.code} picked up`)
  await expect(phone.card.getByRole('heading', { name: 'Bewijsstraat 1' })).toBeVisible()
  await expect(phone.card.getByRole('link', { name: 'Call Mw. Bakker' })).toHaveAttribute(
    'href',
    'tel:0612345678',
  )
  await phone.action('Deliver').click()
  const { pin } = await admin.call('getDeliveryPin', { params: { id: delivery.id } })
  const pinField = phone.sheet.getByRole('textbox', { name: 'PIN of the customer' })
  await phone.sheet.getByRole('button', { name: 'Delivered' }).click()
  await expect(phone.sheet.getByText('Fill in four digits.')).toBeVisible()
  await pinField.fill(pin === '0000' ? '0001' : '0000')
  await phone.sheet.getByLabel('Received by').fill('Mw. Bakker')
  await phone.sheet.locator('input[type=file]').setInputFiles(picture)
  await expect(phone.sheet.getByRole('img', { name: 'The photo' })).toBeVisible()
  const box = (await phone.sheet.getByRole('img', { name: 'Signature' }).boundingBox())!
  await page.mouse.move(box.x + 20, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + 120, box.y + 30, { steps: 5 })
  await page.mouse.up()
  await expect(phone.sheet.getByRole('button', { name: 'Clear the signature' })).toBeVisible()
  await phone.sheet.getByRole('button', { name: 'Delivered' }).click()
  await expect(phone.sheet.getByText('This PIN is wrong; 4 tries are left.')).toBeVisible()
  await pinField.fill(pin)
  await phone.sheet.getByRole('button', { name: 'Delivered' }).click()
  await expect(phone.sheet).toBeHidden()
  await expect(page.getByRole('heading', { name: 'No stops' })).toBeVisible()
  const { status, proof } = await admin.call('getDelivery', { params: { id: delivery.id } })
  expect({ status, proof }).toMatchObject({
    status: 'delivered',
    proof: { receivedBy: 'Mw. Bakker', pinChecked: true },
  })
  for (const id of [proof!.photoId!, proof!.signatureId!]) {
    const shown = await fetch(`${fleet.url}/api/attachments/${id}`, { headers: { cookie: sessionCookie } })
    expect(shown.status).toBe(200)
  }
  await expect(phone.alerts.filter({ hasText: 'Not accepted' })).toBeHidden()
  // The browser itself says that nobody was signed in at first, and that the wrong PIN was refused.
  expect(pageErrors.filter((error) => !/status of (401|422)/.test(error))).toEqual([])
})

test('a parcel that was delivered by mistake is taken back from the toast', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const opened = await openDay({ page, fleet, sessionCookie }, 'Bram', 'Terugstraat 1')
  const { phone, admin } = opened
  const [{ id }] = opened.deliveries
  await phone.pickUp()
  await phone.deliver()
  await expect(page.getByRole('heading', { name: 'No stops' })).toBeVisible()
  await phone.toasts
    .getByText('delivered')
    .locator('..')
    .locator('..')
    .getByRole('button', { name: 'Undo' })
    .click()
  await expect(phone.card.getByRole('heading', { name: 'Terugstraat 1' })).toBeVisible()
  await expect.poll(() => stepsOf(admin, id)).toEqual(['create', 'assign', 'pick_up', 'deliver', 'undo'])
})

test('parcels at one counter are fetched together, in the order in which they are due', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const admin = apiOf(fleet, sessionCookie)
  const account = await createCourierAccount(fleet, admin, 'Carla')
  const [first, second] = [
    await give(admin, account, 'Samenstraat 1'),
    await give(admin, account, 'Samenstraat 2'),
  ]
  const { fromMs, toMs } = second.dropoff.window
  const dropoff = { ...second.dropoff, window: { fromMs, toMs: toMs + 3_600_000 } }
  await admin.call('updateDelivery', { params: { id: second.id }, body: { dropoff } })
  const phone = new CourierPhone(page)
  await phone.open(fleet, account.cookie)
  await expect(phone.card.getByRole('listitem')).toHaveCount(2)
  await phone.action('Picked up (2)').click()
  await expect(phone.toasts).toContainText('2 parcels picked up')
  await expect(phone.card.getByRole('heading', { name: 'Samenstraat 1' })).toBeVisible()
  await page
    .getByRole('region', { name: 'After that' })
    .getByRole('link', { name: /Samenstraat 2/ })
    .click()
  await expect(phone.card.getByRole('heading', { name: 'Samenstraat 2' })).toBeVisible()
  expect(page.url()).toContain(`d=${second.code}`)
  await phone.deliver()
  await expect(phone.card.getByRole('heading', { name: 'Samenstraat 1' })).toBeVisible()
  await expect(page.getByText('1 done today')).toBeVisible()
  await expect.poll(() => stepsOf(admin, second.id)).toContain('deliver')
  expect(await stepsOf(admin, first.id)).not.toContain('deliver')
})

test('a problem becomes an issue with a photo, and may end the delivery', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const opened = await openDay({ page, fleet, sessionCookie }, 'Daan', 'Dichtstraat 1')
  const { phone, account, admin } = opened
  const [delivery] = opened.deliveries
  await phone.action('Problem').click()
  await phone.sheet.getByRole('button', { name: 'Report' }).click()
  await expect(phone.sheet.getByText('Say what is wrong.')).toBeVisible()
  await phone.sheet.getByText('Damaged').click()
  await phone.sheet.getByLabel('Description').fill('Doos is nat')
  await phone.sheet.locator('input[type=file]').setInputFiles(picture)
  await expect(phone.sheet.getByRole('img', { name: 'The photo' })).toBeVisible()
  await phone.sheet.getByLabel('I cannot deliver it: take it off my list').check()
  await phone.sheet.getByRole('button', { name: 'Report' }).click()
  await expect(page.getByRole('heading', { name: 'No stops' })).toBeVisible()
  const issues = () => admin.call('listIssues', { query: { deliveryId: delivery.id } })
  await expect.poll(async () => (await stepsOf(admin, delivery.id)).at(-1)).toBe('fail')
  const { items } = await issues()
  expect(items).toMatchObject([{ kind: 'damaged', reporter: 'courier', courierId: account.courier.id }])
  expect(items[0]!.photoId).not.toBeNull()
  const shown = await fetch(`${fleet.url}/api/attachments/${items[0]!.photoId}`, {
    headers: { cookie: sessionCookie },
  })
  expect(shown.headers.get('content-type')).toBe('image/jpeg')
  const failed = await admin.call('getDelivery', { params: { id: delivery.id } })
  expect(failed).toMatchObject({ status: 'failed', failureReason: 'Doos is nat' })
  await phone.toasts.getByRole('button', { name: 'Undo' }).click()
  await expect(phone.card).toBeVisible()
  await expect.poll(async () => (await issues()).items).toEqual([])
})

test('a shift is started, paused and ended', async ({ page, fleet, sessionCookie }) => {
  const admin = apiOf(fleet, sessionCookie)
  const account = await createCourierAccount(fleet, admin, 'Eef')
  const params = { id: account.courier.id }
  await admin.call('stepShift', { params, body: { event: 'end' } })
  const phone = new CourierPhone(page)
  await phone.open(fleet, account.cookie)
  const shift = async () => (await admin.call('getCourier', { params })).shift
  await phone.action('Start shift').click()
  await expect.poll(shift).toBe('on')
  await phone.action('Shift').click()
  await page.getByRole('menuitem', { name: 'Take a break' }).click()
  await expect.poll(shift).toBe('break')
  await phone.action('End the break').click()
  await expect.poll(shift).toBe('on')
  await phone.action('Shift').click()
  await page.getByRole('menuitem', { name: 'End shift' }).click()
  await expect.poll(shift).toBe('off')
})

test('a second tap, right after the first one redrew the page, does nothing to what is there now', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  await page.clock.install()
  const opened = await openDay({ page, fleet, sessionCookie }, 'Otis', 'Dubbeltik 1', 'Dubbeltik 2')
  const { phone, admin } = opened
  const [first, second] = opened.deliveries
  // It is fetched later, on a way of its own.
  const later = ({ fromMs, toMs }: Stop['window']) => ({ fromMs: fromMs + hourMs, toMs: toMs + hourMs })
  const { pickup, dropoff } = second!
  await admin.call('updateDelivery', {
    params: { id: second!.id },
    body: {
      pickup: { ...pickup, window: later(pickup.window) },
      dropoff: { ...dropoff, window: later(dropoff.window) },
    },
  })
  const delivered = phone.sheet.getByRole('button', { name: 'Delivered' })
  await expect(phone.action('Picked up')).toBeEnabled()
  // From here on no time passes by itself, so that a tap is at once however slow the machine is.
  await page.clock.pauseAt(Date.now() + minuteMs)
  await phone.action('Picked up').click()
  await phone.action('Deliver').click({ force: true })
  await page.clock.runFor(1_000)
  await phone.action('Deliver').click()
  await delivered.click({ force: true })
  await page.clock.runFor(1_000)
  await delivered.click()
  await expect(phone.sheet).toBeHidden()
  await phone.action('Picked up').click({ force: true })
  // A finger that was down before, and is lifted only now.
  const box = (await phone.action('Picked up').boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.clock.runFor(1_000)
  await page.mouse.up()
  await expect(phone.action('Picked up')).toBeEnabled()
  await page.clock.resume()
  await expectSteps(admin, first.id, ['create', 'assign', 'pick_up', 'deliver'])
  expect(await stepsOf(admin, second!.id)).toEqual(['create', 'assign', 'edit'])
  await phone.pickUp()
  await expect(phone.card.getByRole('heading', { name: 'Dubbeltik 2' })).toBeVisible()
})

test('a stop that is given shows before the page asks by itself, and one that is taken away goes', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const isListening = page.waitForResponse((response) => response.url().endsWith('/api/live/mine'))
  const { phone, account, admin } = await openDay({ page, fleet, sessionCookie }, 'Pim', 'Nieuwsstraat 1')
  await isListening
  // It asks every 15 s.
  const soon = { timeout: 10_000 }
  const next = await give(admin, account, 'Nieuwsstraat 2')
  await expect(phone.card.getByRole('listitem')).toHaveCount(2, soon)
  await admin.call('unassignDelivery', { params: { id: next.id } })
  await expect(phone.card.getByRole('listitem')).toHaveCount(1, soon)
})

test('by keyboard alone a parcel is fetched and handed over', async ({ page, fleet, sessionCookie }) => {
  const opened = await openDay({ page, fleet, sessionCookie }, 'Fleur', 'Toetsstraat 1')
  const { phone, admin } = opened
  const [{ id }] = opened.deliveries
  const tabTo = async (name: string) => {
    await expect(async () => {
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement?.textContent')).toBe(name)
    }).toPass({ intervals: [20] })
  }
  await tabTo('Picked up')
  await expect(phone.action('Picked up')).toBeEnabled()
  await page.keyboard.press('Enter')
  await expect(phone.card.getByRole('heading', { name: 'Toetsstraat 1' })).toBeVisible()
  await tabTo('Deliver')
  await expect(phone.action('Deliver')).toBeEnabled()
  await page.keyboard.press('Enter')
  await expect(phone.sheet.getByRole('button', { name: 'Delivered' })).toBeEnabled()
  await phone.sheet.getByLabel('Received by').focus()
  await page.keyboard.type('De buren')
  await page.keyboard.press('Enter')
  await expect(phone.sheet).toBeHidden()
  await expect
    .poll(async () => (await admin.call('getDelivery', { params: { id } })).proof?.receivedBy)
    .toBe('De buren')
})

test('staff are not shown the page, and a courier no page of theirs', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const admin = apiOf(fleet, sessionCookie)
  const account = await createCourierAccount(fleet, admin, 'Gijs')
  const phone = new CourierPhone(page)
  await phone.open(fleet, account.cookie)
  await page.goto(`${fleet.url}/#/deliveries`)
  await expect(page.getByRole('heading', { name: 'Today', level: 1 })).toBeVisible()
  await page.context().clearCookies()
  const [name, value] = sessionCookie.split('=')
  await page.context().addCookies([{ name: name!, value: value!, url: fleet.url }])
  await page.goto('about:blank')
  await page.goto(`${fleet.url}/#/me`)
  await expect(page.getByTestId('connection')).toContainText('Live')
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('axe finds nothing on the day and its sheets, and nothing scrolls sideways', async ({
      page,
      fleet,
      sessionCookie,
    }) => {
      const admin = apiOf(fleet, sessionCookie)
      const account = await createCourierAccount(fleet, admin, `Hein-${colorScheme}`)
      for (const address of ['Heel lange straatnaam zonder einde aan de overkant 123-4', 'Axestraat 2'])
        await give(admin, account, address, { pinRequired: true, contact: 'Mw. Bakker 06-12345678' })
      const phone = new CourierPhone(page)
      await phone.open(fleet, account.cookie)
      await phone.action('Picked up (2)').click()
      await expect(phone.toasts.getByRole('button', { name: 'Undo' })).toBeVisible()
      await expectNoFaults(page)
      await expectNoSidewaysScroll(page)
      await phone.action('Deliver').click()
      await expect(phone.sheet).toBeVisible()
      await expectNoFaults(page)
      await expectNoSidewaysScroll(page)
      await page.keyboard.press('Escape')
      await phone.action('Problem').click()
      await expect(phone.sheet.getByLabel('Description')).toBeVisible()
      await expectNoFaults(page)
    })
  })

test.describe('in Dutch', () => {
  test.use({ locale: 'nl-NL' })

  test('every word is', async ({ page, fleet, sessionCookie }) => {
    const admin = apiOf(fleet, sessionCookie)
    const account = await createCourierAccount(fleet, admin, 'Ilse')
    await give(admin, account, 'Taalstraat 1')
    const [name, value] = account.cookie.split('=')
    await page.context().addCookies([{ name: name!, value: value!, url: fleet.url }])
    await page.goto(`${fleet.url}/#/me`)
    await expect(page.getByRole('heading', { name: 'Vandaag' })).toBeVisible()
    await page.getByRole('button', { name: 'Opgehaald' }).click()
    await expect(page.getByRole('button', { name: 'Bezorgen' })).toBeVisible()
    await expectNoSidewaysScroll(page)
  })
})
