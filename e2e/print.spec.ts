import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { AppPage } from './app-page.ts'
import { apiOf, createDelivery } from './delivery-fixture.ts'
import { expect, test } from './fleet-fixture.ts'

interface Printed {
  /** As somebody reads them, without line breaks. */
  readonly pages: readonly string[]
  readonly file: string
}

/** The page as a PDF, and what stands on each of its pages. */
async function print(page: Page, name: string, folder: string): Promise<Printed> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.pdf`)
  writeFileSync(file, await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true }))
  const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
  const pages = text
    .split('\f')
    .slice(0, -1)
    .map((each) => each.replaceAll(/\s+/g, ' '))
  return { pages, file }
}

/** The share of pixels of the first page that are dark: ink on white paper, not a dark screen. */
function darkShare(file: string): number {
  const pgm = execFileSync('pdftoppm', ['-gray', '-r', '30', '-f', '1', '-l', '1', file], {
    maxBuffer: 64 * 1024 * 1024,
  })
  // P5, width and height, the greatest value, each in a line; then a byte a pixel.
  const head = /^P5\s+\d+\s+\d+\s+\d+\s/.exec(pgm.toString('latin1', 0, 40))![0].length
  const pixels = pgm.subarray(head)
  return pixels.filter((value) => value < 128).length / pixels.length
}

const dark = (page: Page) =>
  page.addInitScript(() => localStorage.setItem('mantine-color-scheme-value', 'dark'))

test('the list of deliveries is printed whole, with day and filter on top and no navigation, in dark, too', async ({
  page,
  fleet,
  sessionCookie,
}, { outputDir }) => {
  const api = apiOf(fleet, sessionCookie)
  for (let no = 1; no <= 70; no++) await createDelivery(api, `Drukwerkstraat ${no}`)
  await dark(page)
  const app = new AppPage(page, 'deliveries')
  await app.open(fleet, sessionCookie, '?q=Drukwerkstraat')
  await expect(page.getByText('70 deliveries', { exact: true })).toBeVisible()
  const { pages, file } = await print(page, 'list', outputDir)
  expect(pages.length).toBeGreaterThan(1)
  expect(pages[0]).toMatch(/^ ?Deliveries \w+ \d+ \w+ · “Drukwerkstraat” · 70 deliveries/)
  expect(pages[0]).toContain('Amsterdam Bike Fleet · printed on')
  // Its head on every page, each row once, nothing of the screen.
  for (const each of pages) expect(each).toContain('Code Status Pick-up Drop-off Courier')
  const all = pages.join(' ')
  for (let no = 1; no <= 70; no++)
    expect(all.match(new RegExp(`Drukwerkstraat ${no}\\b`, 'g'))).toHaveLength(1)
  for (const word of ['Insights', 'Zones', 'New delivery', 'Live']) expect(all).not.toContain(word)
  expect(darkShare(file)).toBeLessThan(0.2)
  // What was on the screen is there again.
  await expect(page.getByRole('grid', { name: 'Deliveries' })).toBeVisible()
})

test('the lanes are printed as a day sheet a courier, each on a page of its own', async ({
  page,
  fleet,
  sessionCookie,
}, { outputDir }) => {
  const api = apiOf(fleet, sessionCookie)
  const { items } = await api.call('listCouriers', { query: { limit: 2 } })
  for (const courier of items) {
    const delivery = await createDelivery(api, `Lanenweg ${courier.no}`, { contact: 'Eva Jansen' })
    await api.call('assignDelivery', { params: { id: delivery.id }, body: { courierId: courier.id } })
  }
  const app = new AppPage(page, 'deliveries')
  await app.open(fleet, sessionCookie, '?view=lanes&map=0&q=Lanenweg')
  for (const { no } of items) await expect(page.getByText(`Lanenweg ${no}`).first()).toBeAttached()
  const { pages } = await print(page, 'day-sheet', outputDir)
  expect(pages).toHaveLength(2)
  expect(pages[0]).toContain('Day sheet')
  for (const { name, no } of items) {
    const own = pages.filter((each) => each.includes(name))
    expect(own).toHaveLength(1)
    expect(own[0]).toMatch(new RegExp(`Lanenweg ${no} .*Eva Jansen`))
  }
})

test('insights are printed with the period and all figures', async ({ page, fleet, sessionCookie }, {
  outputDir,
}) => {
  await dark(page)
  const app = new AppPage(page, 'insights')
  await app.open(fleet, sessionCookie)
  await expect(page.getByRole('heading', { name: 'Over time' })).toBeVisible()
  await expect(page.getByRole('group', { name: /day/i }).getByRole('row').nth(2)).toBeVisible()
  const { pages, file } = await print(page, 'insights', outputDir)
  expect(pages[0]).toMatch(/^ ?Insights \d+ \w+ \d{4} – \d+ \w+ \d{4} · Compared with/)
  expect(pages.join(' ')).toContain('The whole period')
  expect(pages.join(' ')).not.toContain('Deliveries Bikes')
  expect(darkShare(file)).toBeLessThan(0.2)
})

test('the service book of a bike is printed, in Dutch for who reads Dutch', async ({
  page,
  fleet,
  sessionCookie,
}, { outputDir }) => {
  const api = apiOf(fleet, sessionCookie)
  const bike = await api.call('createBike', { body: { code: 'PRT-0001', kind: 'cargo' } })
  await api.call('createServiceEntry', {
    body: {
      bikeId: bike.id,
      kind: 'brakes',
      atMs: Date.now() - 864e5,
      costCents: 1250,
      odometerKm: 1200,
      note: 'Beide remblokken vervangen',
      dueMs: null,
      dueKm: 3200,
    },
  })
  await page.addInitScript(() => localStorage.setItem('fleet-language', 'nl'))
  const app = new AppPage(page, 'bikes')
  await app.open(fleet, sessionCookie, '?b=PRT-0001')
  await expect(page.getByText('Beide remblokken vervangen')).toBeVisible()
  const { pages } = await print(page, 'service-book', outputDir)
  expect(pages).toHaveLength(1)
  expect(pages[0]).toContain('PRT-0001')
  expect(pages[0]).toContain('Beide remblokken vervangen')
  expect(pages[0]).toMatch(/afgedrukt op/)
  expect(pages[0]).toContain('€ 12,50')
})
