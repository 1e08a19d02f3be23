import type { Page } from '@playwright/test'
import { AppPage } from './app-page.ts'
import { apiOf } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'
import { expectNoFaults } from './page-faults.ts'

const minuteMs = 60_000

/** A ride north, 100 m a minute; `null` is a point without a time. */
const gpxOf = (times: readonly (number | null)[]) =>
  `<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>${times
    .map(
      (timeMs, i) =>
        `<trkpt lat="${52.36 + i * 0.0009}" lon="4.9">` +
        (timeMs === null ? '' : `<time>${new Date(timeMs).toISOString()}</time>`) +
        '</trkpt>',
    )
    .join('')}</trkseg></trk></gpx>`
const everyMinute = (fromMs: number, points: number) =>
  Array.from({ length: points }, (_, i) => fromMs + i * minuteMs)

interface Dropped {
  readonly name: string
  readonly text: string
}

/** What the browser does when somebody lets files go over the page. */
async function drop(page: Page, files: readonly Dropped[]): Promise<void> {
  await page.evaluate((files) => {
    const transfer = new DataTransfer()
    for (const { name, text } of files) transfer.items.add(new File([text], name))
    const init = { dataTransfer: transfer, bubbles: true, cancelable: true }
    document.body.dispatchEvent(new DragEvent('dragover', init))
    if (document.body.dispatchEvent(new DragEvent('drop', init)))
      throw new Error('The browser took the file.')
  }, files)
}

test('rides that are dropped go to the bike in their name, once, and are there in replay and in its day', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  const bike = await api.call('createBike', { body: { code: 'GPX-0001', kind: 'city' } })
  const startMs = Date.now() - 90 * minuteMs
  const app = new AppPage(page, 'issues')
  await app.open(fleet, sessionCookie)
  const files = [
    { name: 'gpx-0001 morning.gpx', text: gpxOf([...everyMinute(startMs, 30), null, Date.now() + 864e5]) },
    { name: 'route.gpx', text: gpxOf([null, null]) },
  ]
  await drop(page, files)
  const dialog = page.getByRole('dialog', { name: 'Import rides from GPX' })
  const [ride, route] = [dialog.getByRole('listitem').nth(0), dialog.getByRole('listitem').nth(1)]
  await expect(ride).toContainText('31 points')
  await expect(ride).toContainText('Point 31 has no time and is left out.')
  await expect(ride).toContainText('30 positions are new to GPX-0001. 1 is in the future and is left out.')
  await expect(route).toContainText('this is a planned route')
  await expect(dialog).toContainText('this cannot be undone')
  await expectNoFaults(page)
  await dialog.getByRole('button', { name: 'Import 1 ride' }).click()
  await expect(ride).toContainText('30 positions were added to GPX-0001.')
  const span = { fromMs: startMs - minuteMs, toMs: Date.now() }
  const { items } = await api.call('bikePositions', { params: { id: bike.id }, query: span })
  expect(items).toHaveLength(30)

  await ride.getByRole('link', { name: 'Look at it in Replay' }).click()
  await expect(dialog).toBeHidden()
  await expect(page).toHaveURL(/replay\?.*bike=GPX-0001/)
  await page.goto(`${fleet.url}/#/bikes?b=GPX-0001`)
  await expect(page.getByRole('img', { name: /2\.9 km/ })).toBeVisible()

  await drop(page, files.slice(0, 1))
  await expect(ride).toContainText('0 positions are new to GPX-0001. 30 are known already.')
  await expect(dialog.getByRole('button', { name: 'Import 0 rides' })).toBeDisabled()
})

test('a ride is imported by keyboard alone, for a bike that is chosen, and the next one is suggested for it', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const api = apiOf(fleet, sessionCookie)
  await api.call('createBike', { body: { code: 'GPX-0002', kind: 'cargo' } })
  const startMs = Date.now() - 3 * 60 * minuteMs
  const app = new AppPage(page, 'bikes')
  await app.open(fleet, sessionCookie)
  await page.getByRole('button', { name: 'Import rides' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Import rides from GPX' })
  const choose = page.waitForEvent('filechooser')
  await expect(dialog.getByRole('button', { name: 'Choose files' })).toBeFocused()
  await page.keyboard.press('Enter')
  await (
    await choose
  ).setFiles({
    name: 'evening.gpx',
    mimeType: 'application/gpx+xml',
    buffer: Buffer.from(gpxOf(everyMinute(startMs, 12_000 / 100))),
  })
  await expect(dialog).toContainText('Choose the bike that was ridden.')
  await dialog.getByRole('combobox', { name: 'Bike' }).fill('GPX-0002')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(dialog).toContainText('120 positions are new to GPX-0002.')
  await dialog.getByRole('button', { name: 'Import 1 ride' }).press('Enter')
  await expect(dialog).toContainText('120 positions were added to GPX-0002.')
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().press('Enter')
  await expect(dialog).toBeHidden()
  await drop(page, [{ name: 'another.gpx', text: gpxOf(everyMinute(startMs - 864e5, 5)) }])
  await expect(dialog).toContainText('5 positions are new to GPX-0002.')
})

test('a CSV file opens its preview wherever it is dropped, and other files get a sentence', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const app = new AppPage(page, 'bikes')
  await app.open(fleet, sessionCookie)
  await drop(page, [{ name: 'photo.jpg', text: 'x' }])
  await expect(app.toasts).toContainText('“photo.jpg” cannot be imported. Drop one CSV file')
  const csv =
    'pickup_address,pickup_lat,pickup_lon,pickup_from,pickup_to,dropoff_address,dropoff_lat,dropoff_lon,dropoff_from,dropoff_to\n' +
    'Keuken,52.37,4.89,12:00,12:30,Sleepstraat 1,52.38,4.9,12:15,13:00\n'
  await drop(page, [
    { name: 'a.csv', text: csv },
    { name: 'b.gpx', text: '' },
  ])
  await expect(app.toasts).toContainText('imported one after the other')
  await drop(page, [{ name: 'deliveries.csv', text: csv }])
  const dialog = page.getByRole('dialog', { name: 'Import from CSV' })
  await expect(dialog.getByRole('status')).toContainText('1 row is good')
  await dialog.getByRole('button', { name: 'Create 1 delivery' }).click()
  await expect(app.toasts).toContainText('1 delivery imported')
  await expect(dialog).toBeHidden()
  await drop(page, [{ name: 'broken.gpx', text: '<gpx><trk>' }])
  const rides = page.getByRole('dialog', { name: 'Import rides from GPX' })
  await expect(rides).toContainText('is no valid XML')
})

test('a long recording is read beside the page and sent in parts', async ({ page, fleet, sessionCookie }) => {
  const api = apiOf(fleet, sessionCookie)
  const bike = await api.call('createBike', { body: { code: 'GPX-0003', kind: 'city' } })
  const app = new AppPage(page, 'bikes')
  await app.open(fleet, sessionCookie)
  const startMs = Date.now() - 24 * 60 * minuteMs
  const times = Array.from({ length: 60_000 }, (_, i) => startMs + i * 1_000)
  const longestMs = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let longestMs = 0
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longestMs = Math.max(longestMs, duration)
        }).observe({ entryTypes: ['longtask'] })
        Object.assign(globalThis, { endWatch: () => resolve(longestMs) })
      }),
  )
  const droppedMs = Date.now()
  const reader = page.waitForEvent('worker', (worker) => worker.url().includes('ride-worker'))
  await drop(page, [
    {
      name: 'GPX-0003.gpx',
      text: gpxOf(times).replaceAll(/lat="[^"]*"/g, 'lat="52.37"'),
    },
  ])
  const dialog = page.getByRole('dialog', { name: 'Import rides from GPX' })
  await expect(dialog).toContainText('60,000 positions are new to GPX-0003.', { timeout: 60_000 })
  await page.evaluate(() => (globalThis as unknown as { endWatch: () => void }).endWatch())
  await reader
  // However slow the machine is: the page itself stops for a small part of what reading the file takes.
  expect(await longestMs).toBeLessThan((Date.now() - droppedMs) / 2)
  await dialog.getByRole('button', { name: 'Import 1 ride' }).click()
  await expect(dialog).toContainText('60,000 positions were added to GPX-0003.', { timeout: 60_000 })
  const { items } = await api.call('bikePositions', {
    params: { id: bike.id },
    query: { fromMs: startMs, toMs: Date.now(), limit: 10_000 },
  })
  expect(items).toHaveLength(10_000)
})
