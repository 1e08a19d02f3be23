import { randomUUID } from 'node:crypto'
import type { AttachmentId, IssueId } from '@fleet/domain'
import { picture } from './courier-phone-page.ts'
import { apiOf, createCourier, createDelivery } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { IssuesPage } from './issues-page.ts'
import { expectNoFaults, expectNoSidewaysScroll } from './page-faults.ts'

const report = (description: string) => ({
  body: { kind: 'bike_problem', reporter: 'dispatcher', description } as const,
})

test('an issue is reported, commented on, resolved and reopened by keyboard alone', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const courier = await createCourier(api, 'Melder Muiden')
  const issues = new IssuesPage(page)
  await issues.open(fleet, sessionCookie)
  await page.keyboard.press('n')
  const form = page.getByRole('complementary', { name: 'New issue' })
  await expect(form.getByLabel('Kind')).toBeFocused()
  // Letters that come too slowly after one another would begin another word.
  await page.keyboard.type('D')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Toetsenbordschade')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(form.getByRole('combobox', { name: 'Courier' })).toBeFocused()
  await page.keyboard.type('Melder')
  const found = page.getByRole('option', { name: courier.name })
  await expect(found).toBeVisible()
  await expect(async () => {
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(form.getByRole('combobox', { name: 'Courier' })).toHaveValue(courier.name, { timeout: 500 })
  }).toPass({ timeout: 15_000 })
  await form.getByRole('button', { name: 'Report issue' }).press('Enter')
  await expect(issues.toasts).toContainText('Damaged: Toetsenbordschade – reported')
  const drawer = issues.drawer('Toetsenbordschade')
  await expect(drawer.getByRole('combobox', { name: 'Courier' })).toHaveValue(courier.name)
  await drawer.getByLabel('Add a comment').focus()
  await page.keyboard.type('Foto gevraagd')
  await page.keyboard.press('Control+Enter')
  await expect(drawer.getByText('Foto gevraagd')).toBeVisible()
  await expect(drawer.getByLabel('Add a comment')).toHaveValue('')
  await drawer.getByRole('heading', { level: 2 }).focus()
  await issues.runFromPalette('resolve')
  await expect(issues.card('Toetsenbordschade', issues.column('Resolved'))).toBeVisible()
  await expect(issues.palette).toBeHidden()
  await page.keyboard.press('Control+z')
  await expect(issues.card('Toetsenbordschade', issues.column('Open'))).toBeVisible()
  await page.keyboard.press('Control+Shift+z')
  await expect(issues.card('Toetsenbordschade', issues.column('Resolved'))).toBeVisible()
  await drawer.getByRole('button', { name: 'Reopen' }).press('Enter')
  await expect(issues.card('Toetsenbordschade', issues.column('Open'))).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
  const opener = issues.card('Toetsenbordschade').getByRole('button', { name: 'Damaged', exact: true })
  await expect(opener).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(drawer.getByRole('heading', { level: 2 })).toBeFocused()
  await expect
    .poll(async () => (await api.call('listIssues', { query: { search: 'Toetsenbordschade' } })).items)
    .toMatchObject([{ status: 'open', courierId: courier.id, comments: [{ text: 'Foto gevraagd' }] }])
  expect(pageErrors).toEqual([])
})

test('an issue shows the photo that came with it', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const [id, photoId] = [randomUUID() as IssueId, randomUUID() as AttachmentId]
  const data = picture.buffer.toString('base64')
  await api.call('putAttachment', {
    params: { id: photoId },
    body: { type: 'image', issueId: id, kind: 'photo', data },
  })
  await api.call('createIssue', { body: { ...report('Fotobewijs').body, id, photoId } })
  const issues = new IssuesPage(page)
  await issues.open(fleet, sessionCookie, `?i=${id}`)
  const photo = issues.drawer('Fotobewijs').getByRole('img', { name: 'Photo' })
  await expect(photo).toBeVisible()
  await expect(photo).toHaveJSProperty('naturalWidth', 8)
})

test('a card is stepped by dragging it and by its menu, and not where no step leads', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const issue = await api.call('createIssue', report('Sleepketting'))
  const issues = new IssuesPage(page)
  await issues.open(fleet, sessionCookie, '?q=Sleepketting')
  await issues.card('Sleepketting').dragTo(issues.column('In progress'))
  await expect(issues.card('Sleepketting', issues.column('In progress'))).toBeVisible()
  await issues
    .card('Sleepketting')
    .getByRole('button', { name: /^Steps of/ })
    .click()
  await page.getByRole('menuitem', { name: 'Resolve' }).click()
  await expect(issues.card('Sleepketting', issues.column('Resolved'))).toBeVisible()
  await issues.card('Sleepketting').dragTo(issues.column('In progress'))
  await expect(page.getByRole('alert')).toContainText('cannot go from “Resolved” to “In progress”')
  await expect
    .poll(async () => (await api.call('getIssue', { params: { id: issue.id } })).status)
    .toBe('resolved')
})

test('an issue is linked to a bike and a delivery, and both lead there', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const bike = await api.call('createBike', { body: { code: 'ISS-0001', kind: 'city' } })
  const delivery = await createDelivery(api, 'Meldingstraat 1')
  const issues = new IssuesPage(page)
  await issues.open(fleet, sessionCookie)
  await page.goto(`${fleet.url}/#/bikes?b=ISS-0001`)
  await page
    .getByRole('complementary', { name: 'Bike ISS-0001' })
    .getByRole('button', { name: 'New issue' })
    .click()
  const form = page.getByRole('complementary', { name: 'New issue' })
  await expect(form.getByRole('combobox', { name: 'Bike' })).toHaveValue('ISS-0001')
  await form.getByRole('button', { name: 'Report issue' }).click()
  await expect(form.getByText('Say what is wrong.')).toBeVisible()
  await form.getByLabel('Description').fill('Koppeling los')
  await form.getByRole('combobox', { name: 'Delivery' }).fill(delivery.code)
  await page.getByRole('option', { name: new RegExp(delivery.code) }).click()
  await form.getByRole('button', { name: 'Report issue' }).click()
  const drawer = issues.drawer('Koppeling los')
  await expect(drawer.getByRole('link', { name: `Show ${delivery.code}` })).toBeVisible()
  await expect
    .poll(async () => (await api.call('listIssues', { query: { bikeId: bike.id } })).items)
    .toMatchObject([{ deliveryId: delivery.id, kind: 'bike_problem' }])
  await drawer.getByRole('link', { name: 'Show ISS-0001' }).click()
  await page
    .getByRole('complementary', { name: 'Bike ISS-0001' })
    .getByRole('link', { name: 'Bike problem' })
    .click()
  await expect(drawer).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('axe finds nothing on the board, an open issue and the form', async ({
      page,
      fleet,
      sessionCookie,
    }) => {
      const api = apiOf(fleet, sessionCookie)
      const issue = await api.call('createIssue', report(`Axe ${colorScheme}`))
      await api.call('commentIssue', { params: { id: issue.id }, body: { text: 'Gezien' } })
      const issues = new IssuesPage(page)
      await issues.open(fleet, sessionCookie, `?i=${issue.id}`)
      await expect(issues.drawer(`Axe ${colorScheme}`).getByText('Gezien')).toBeVisible()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/issues?new=1`)
      await expect(page.getByRole('complementary', { name: 'New issue' })).toBeVisible()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/issues?q=nosuchthing`)
      await expect(page.getByText('No issue matches')).toBeVisible()
      await expectNoFaults(page)
    })
  })

test('on a phone the page does not scroll sideways', async ({ page, fleet, sessionCookie }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const issues = new IssuesPage(page)
  await issues.open(fleet, sessionCookie)
  await expect(issues.column('Open')).toBeVisible()
  await expectNoSidewaysScroll(page)
})
