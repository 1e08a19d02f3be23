import { readFileSync } from 'node:fs'
import { apiOf } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { InsightsPage } from './insights-page.ts'
import { expectNoFaults, expectNoSidewaysScroll } from './page-faults.ts'

// Two days: what the demonstration made up this morning may have begun before midnight.
const twoDays = () => {
  const date = (ms: number) => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Amsterdam' }).format(ms)
  return `?from=${date(Date.now() - 86_400_000)}&to=${date(Date.now())}`
}

test('a figure leads to the rows that it counts, which say by what they were found', async ({
  page,
  fleet,
  sessionCookie,
  pageErrors,
}) => {
  const insights = new InsightsPage(page)
  await insights.open(fleet, sessionCookie, twoDays())
  const failed = await insights.countOf('Failed')
  expect(failed).toBeGreaterThan(0)
  await insights.figure('Failed').click()
  await expect(page.getByRole('status').filter({ hasText: /deliver(y|ies)$/ })).toHaveText(
    new RegExp(`^${failed} deliver`),
  )
  const filters = page.getByRole('group', { name: 'Filters in use' })
  await filters.getByRole('button', { name: /^Take away: Ended / }).click()
  await expect(filters).toBeHidden()
  await page.goBack()
  const late = insights.causes.getByRole('link', { name: /^Late, Issues: / })
  const count = Number(await late.innerText())
  await late.click()
  await expect(page.getByRole('button', { name: /^Take away: Reported / })).toBeVisible()
  await expect(page.getByRole('article')).toHaveCount(count)
  expect(pageErrors).toEqual([])
})

test('couriers are compared and led to by keyboard alone', async ({ page, fleet, sessionCookie }) => {
  const insights = new InsightsPage(page)
  await insights.open(fleet, sessionCookie)
  await page.getByRole('button', { name: '28 days' }).press('Enter')
  await expect(page).toHaveURL(/days=28/)
  await page.getByRole('radio', { name: 'By day' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('heading', { name: 'Every courier' })).toBeVisible()
  await expect(insights.table.getByRole('columnheader', { name: 'Per hour worked' })).toBeVisible()
  const byIssues = insights.table.getByRole('columnheader', { name: 'Issues' })
  await byIssues.getByRole('button').press('Enter')
  await expect(byIssues).toHaveAttribute('aria-sort', 'ascending')
  await byIssues.getByRole('button').press('Enter')
  await expect(byIssues).toHaveAttribute('aria-sort', 'descending')
  const name = await insights.rows.first().getByRole('rowheader').innerText()
  await insights.rows
    .first()
    .getByRole('link', { name: /, Delivered: / })
    .press('Enter')
  await expect(page).toHaveURL(/#\/deliveries\?.*ended=\d+-\d+/)
  await expect(page.getByRole('combobox', { name: 'Courier' })).toContainText(name)
  const cells = page.getByRole('grid', { name: 'Deliveries' }).getByRole('gridcell', { name })
  await expect(cells.first()).toBeVisible()
})

test('tables are exported as they are', async ({ page, fleet, sessionCookie }) => {
  const insights = new InsightsPage(page)
  await insights.open(fleet, sessionCookie, `${twoDays()}&by=district`)
  await expect(insights.rows.first()).toBeVisible()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export the table to CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^insights-by-district-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/)
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\r\n')
  expect(lines[0]).toBe(
    '\uFEFFdistrict,delivered,on_time,on_time_share,per_hour,distance_km,worked_h,busy_h,utilisation,failed,cancelled,issues',
  )
  expect(lines).toHaveLength(1 + (await insights.rows.count()))
})

test('a period in which nothing ended says so, and so does one that has not begun', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const insights = new InsightsPage(page)
  await insights.open(fleet, sessionCookie, '?from=2020-01-01&to=2020-01-09')
  await expect(page.getByRole('heading', { name: 'No finished deliveries in this period' })).toBeVisible()
  await expect(insights.total).toContainText('Cannot be known for this period')
  await page.goto(`${fleet.url}/#/insights?from=2099-01-01&to=2099-01-02`)
  await expect(page.getByRole('heading', { name: 'This period has not begun' })).toBeVisible()
})

test('a view is saved, found in the palette, renamed, removed and brought back', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const insights = new InsightsPage(page)
  await insights.open(fleet, sessionCookie)
  await page.goto(`${fleet.url}/#/deliveries?status=failed&late=true&day=all`)
  // Until the page is there, the button is the one of the page before.
  await expect(page.getByRole('button', { name: 'Take away: Ended late' })).toBeVisible()
  const views = page.getByRole('button', { name: 'Views' })
  await views.press('Enter')
  await page.getByLabel('Save this view as').fill('Mislukt en te laat')
  await page.keyboard.press('Enter')
  await expect(insights.toasts).toContainText('View Mislukt en te laat saved')
  await page.goto(`${fleet.url}/#/insights`)
  await expect(insights.total).toBeVisible()
  await insights.runFromPalette('mislukt en te')
  await expect(page).toHaveURL(/deliveries\?.*status=failed/)
  await expect(page.getByRole('button', { name: 'Take away: Ended late' })).toBeVisible()
  await views.click()
  await page.getByRole('button', { name: 'Rename Mislukt en te laat' }).click()
  await page.getByLabel('New name of Mislukt en te laat').fill('Te laat')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Te laat', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Remove Te laat' }).click()
  await expect(page.getByText('No saved views of this page.')).toBeVisible()
  await page.keyboard.press('Escape')
  await insights.toasts.getByRole('button', { name: 'Undo' }).last().click()
  await views.click()
  await expect(page.getByRole('button', { name: 'Te laat', exact: true })).toBeVisible()
  await expect
    .poll(async () => (await apiOf(fleet, sessionCookie).call('listSavedViews', {})).items)
    .toMatchObject([{ name: 'Te laat', page: '/deliveries' }])
})

test('bikes are found by the service that is due', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const { id } = await api.call('createBike', { body: { code: 'DUE-0001', kind: 'city' } })
  const dayMs = 86_400_000
  await api.call('createServiceEntry', {
    body: { bikeId: id, kind: 'brakes', atMs: Date.now() - 90 * dayMs, dueMs: Date.now() - dayMs },
  })
  await new InsightsPage(page).open(fleet, sessionCookie)
  await page.goto(`${fleet.url}/#/bikes`)
  await page.getByRole('button', { name: 'Service overdue' }).click()
  const row = page.getByRole('grid', { name: 'Bikes' }).getByRole('row').filter({ hasText: 'DUE-0001' })
  await expect(row).toContainText('Overdue: Brakes')
  await expect(page).toHaveURL(/service=overdue/)
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('axe finds nothing on the figures, the filters and the saved views', async ({
      page,
      fleet,
      sessionCookie,
    }) => {
      const insights = new InsightsPage(page)
      await insights.open(fleet, sessionCookie, `${twoDays()}&by=courier`)
      await expect(insights.rows.first()).toBeVisible()
      await expect(page.getByRole('img', { name: /^Chart: / })).toBeVisible()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/insights?from=2020-01-01&to=2020-01-09`)
      await expect(page.getByRole('heading', { name: 'No finished deliveries in this period' })).toBeVisible()
      await expectNoFaults(page)
      await page.goto(`${fleet.url}/#/deliveries?late=true&district=Centrum&day=all`)
      await page.getByRole('button', { name: 'Filters' }).click()
      await expect(page.getByRole('dialog', { name: 'Filters' })).toBeVisible()
      await expectNoFaults(page)
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Views' }).click()
      await expect(page.getByLabel('Save this view as')).toBeVisible()
      await expectNoFaults(page)
    })
  })

test('on a phone the page does not scroll sideways', async ({ page, fleet, sessionCookie }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const insights = new InsightsPage(page)
  await insights.open(fleet, sessionCookie)
  await expect(insights.figure('Delivered')).toBeVisible()
  await expectNoSidewaysScroll(page)
})
