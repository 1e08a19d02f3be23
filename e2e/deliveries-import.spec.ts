import { apiOf } from './delivery-fixture.ts'
import { DeliveriesPage } from './deliveries-page.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectNoFaults } from './page-faults.ts'

const columns =
  'pickup_address,pickup_lat,pickup_lon,pickup_from,pickup_to,dropoff_address,dropoff_lat,dropoff_lon,dropoff_from,dropoff_to,priority'
const good = (address: string) => `Keuken,52.37,4.89,12:00,12:30,${address},52.38,4.9,12:15,13:00,high`
const fileOf = (...rows: readonly string[]) => [columns, ...rows, ''].join('\n')

test('a CSV file shows what is wrong before anything is created', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?q=Importeer')
  const faulty = 'Keuken,52.37,4.89,12:00,12:30,,,,25:00,13:00,now'
  const dialog = await deliveries.chooseFile(
    fileOf(good('Importeerstraat 1'), good('Importeerstraat 2'), faulty),
  )
  await expect(dialog.getByRole('status')).toContainText('2 rows are good')
  await expect(dialog.getByRole('status')).toContainText('1 row has a problem')
  await expect(dialog.getByRole('row').nth(1)).toContainText('dropoff_address is empty')
  await expect(dialog.getByRole('row').nth(1)).toContainText('“25:00” is no time')
  await expect(dialog.getByRole('row').nth(1)).toContainText('“now” is not normal')
  await dialog.getByRole('button', { name: 'Create 2 deliveries' }).click()
  await expect(deliveries.toasts).toContainText('2 deliveries imported')
  await expect(dialog).toBeHidden()
  await expect(deliveries.rows).toHaveCount(2)
  await page.keyboard.press('Control+z')
  await expect(deliveries.rows).toHaveCount(0)
  const { items } = await api.call('listDeliveries', { query: { search: 'Importeerstraat' } })
  expect(items).toEqual([])
  // What was undone may be imported again.
  await deliveries.chooseFile(fileOf(good('Importeerstraat 1')))
  await dialog.getByRole('button', { name: 'Create 1 delivery' }).click()
  await expect(deliveries.rows).toHaveCount(1)
})

test('a long file is read in few requests, tells how far it is, and can be given up', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const rows = Array.from(
    { length: 5_000 },
    (_, no) => `Keuken,52.37,4.89,12:00,12:30,Rozengracht ${no},,,12:15,13:00,`,
  )
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie)
  let asked = 0
  let goOn = () => {}
  await page.route('**/api/addresses/lookup', async (route) => {
    asked++
    if (asked === 3) await new Promise<void>((resolve) => (goOn = resolve))
    await route.continue()
  })
  const dialog = await deliveries.chooseFile(fileOf(...rows))
  await expect(dialog.getByText('400 of 5,000 addresses')).toBeVisible()
  await expectNoFaults(page)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog.getByRole('button', { name: 'Choose a file' })).toBeVisible()
  goOn()
  expect(asked).toBe(3)
  await page.keyboard.press('Escape')
  await deliveries.chooseFile(fileOf(...rows))
  await expect(dialog.getByRole('status')).toContainText('5000 rows are good', { timeout: 60_000 })
  expect(asked).toBe(3 + 25)
})

test('a file of many rows is created whole, undone at once, and never twice', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const rows = Array.from({ length: 700 }, (_, no) => good(`Stapelweg ${no + 1}`))
  const deliveries = new DeliveriesPage(page)
  await deliveries.open(fleet, sessionCookie, '?q=Stapelweg&sort=dropoff')
  // The page is closed when the server has the request and before it has answered.
  let reached = () => {}
  const hasReached = new Promise<void>((resolve) => (reached = resolve))
  await page.route('**/api/bulk', async (route) => {
    await route.fetch()
    reached()
  })
  const dialog = await deliveries.chooseFile(fileOf(...rows))
  await dialog.getByRole('button', { name: 'Create 700 deliveries' }).click()
  await hasReached
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.reload()
  await expect(page.getByText('700 deliveries', { exact: true })).toBeVisible()

  await deliveries.chooseFile(fileOf(...rows, good('Stapelweg 701')))
  await expect(dialog.getByRole('status')).toContainText('700 were imported before')
  await expect(dialog.getByRole('row').nth(1)).toContainText(/Imported before: D-\d{6}/)
  await dialog.getByRole('button', { name: 'Create 1 delivery' }).click()
  await expect(page.getByText('701 deliveries', { exact: true })).toBeVisible()
  await deliveries.chooseFile(fileOf(...rows))
  await expect(dialog.getByRole('button', { name: 'Create 0 deliveries' })).toBeDisabled()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  await deliveries.chooseFile(fileOf(...rows.map((row) => row.replace('high', 'urgent'))))
  await dialog.getByRole('button', { name: 'Create 700 deliveries' }).click()
  await expect(deliveries.toasts).toContainText('700 deliveries imported')
  // While it is open its keys are its own.
  await expect(dialog).toBeHidden()
  await page.keyboard.press('Control+z')
  await expect(deliveries.toasts).toContainText('Undone: 700 deliveries imported')
  await expect(page.getByText('701 deliveries', { exact: true })).toBeVisible()
  const { items } = await api.call('listDeliveries', { query: { search: 'Stapelweg', limit: 500 } })
  expect(new Set(items.map(({ priority }) => priority))).toEqual(new Set(['high']))
})
