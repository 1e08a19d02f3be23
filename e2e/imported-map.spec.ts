/// <reference lib="dom" />
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { AxeBuilder } from '@axe-core/playwright'
import { runCommand } from '../apps/fleet/testing/fleet-command.ts'
import { createTinyCity, writeExtract } from '../apps/fleet/testing/osm-extract.ts'
import { expect, test } from './fleet-fixture.ts'
import { LivePage } from './live-page.ts'

// Not made here: this file is also read by a process that runs no test, and would leave it behind.
const folder = join(tmpdir(), `fleet-e2e-map-${process.pid}`)
const env = { FLEET_DB: join(folder, 'fleet.db') }
test.use({ fleetEnv: { FLEET_DEMO_RIDERS: '0', ...env } })

const fleetMap = async (words: string) => {
  const { code, stderr } = await runCommand(`map ${words}`, env)
  expect({ code, stderr }).toMatchObject({ code: 0 })
}
const importTinyCity = () => {
  mkdirSync(folder, { recursive: true })
  return fleetMap(`import ${writeExtract(join(folder, 'tiny.osm'), createTinyCity().xml())}`)
}

test.afterEach(() => fleetMap('remove'))
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

const attribution = (page: Page) => page.getByRole('link', { name: '© OpenStreetMap contributors' })
/** Over the building of the tiny city, which is nowhere on the shipped map. */
const atBuilding = '/#/?map=17.5/52.3713/4.8863'

for (const [theme, building] of [
  ['light', '#e5e0d6'],
  ['dark', '#242b31'],
] as const)
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme })

    test('the imported map is the base map, and says whose data it is', async ({
      page,
      fleet,
      sessionCookie,
      pageErrors,
    }, info) => {
      await importTinyCity()
      const live = new LivePage(page)
      await live.open(fleet, sessionCookie, atBuilding)
      await expect(attribution(page)).toBeVisible()
      await expect.poll(() => shareOf(live, building)).toBeGreaterThan(0.002)
      // Its number is written on it.
      await expect.poll(async () => (await coloursOf(live, building)).otherInside).toBeGreaterThan(0.005)
      await page.screenshot({ path: info.outputPath(`imported-${theme}.png`) })
      const { violations } = await new AxeBuilder({ page })
        .include('a[href*="openstreetmap"]')
        .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
        .analyze()
      expect(violations).toEqual([])
      expect(pageErrors).toEqual([])
    })
  })

test('beyond what was imported the shipped map stays', async ({ page, fleet, sessionCookie }) => {
  await importTinyCity()
  const live = new LivePage(page)
  // The Vondelpark, a kilometre beside the tiny city.
  await live.open(fleet, sessionCookie, '/#/?map=14.5/52.358/4.868')
  await expect(attribution(page)).toBeVisible()
  await expect.poll(() => shareOf(live, '#d5e6ca')).toBeGreaterThan(0.01)
})

test('an open screen takes up an import and its removal without a reload', async ({
  page,
  fleet,
  sessionCookie,
}) => {
  const live = new LivePage(page)
  await live.open(fleet, sessionCookie, atBuilding)
  await live.expectMapPainted(8)
  await expect(attribution(page)).toBeHidden()
  expect(await shareOf(live, '#e5e0d6')).toBe(0)
  await importTinyCity()
  await comeBack(page)
  await expect(attribution(page)).toBeVisible()
  await expect.poll(() => shareOf(live, '#e5e0d6')).toBeGreaterThan(0.002)

  await fleetMap('remove')
  // Nobody says so: the next tile is missing, and that is how the page finds out. From zoom 14 on it has had the one tile.
  for (let steps = 0; steps < 5; steps++) await page.keyboard.press('-')
  await expect(attribution(page)).toBeHidden()
  await expect.poll(() => shareOf(live, '#e5e0d6')).toBe(0)
  await live.expectMapPainted(8)
})

test('the address search answers from the imported map', async ({ fleet, sessionCookie }) => {
  await importTinyCity()
  const answer = await fetch(`${fleet.url}/api/addresses?q=testgr+12`, { headers: { cookie: sessionCookie } })
  expect(await answer.json()).toMatchObject({
    source: 'imported',
    items: [{ label: 'Testgracht 12, 1016 GV Amsterdam' }, { houseNumber: '12-H' }],
  })
})

/** What happens when somebody comes back to the tab. */
async function comeBack(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
}

/** How much of the map has this very colour, 0 to 1. */
const shareOf = async (live: LivePage, colour: string) => (await coloursOf(live, colour)).share

/** How much of the map has this very colour, and how much of the rectangle around that has another; 0 to 1. */
async function coloursOf(live: LivePage, colour: string): Promise<{ share: number; otherInside: number }> {
  const png = (await live.map.screenshot()).toString('base64')
  return live.page.evaluate(
    async ({ base64, wanted }) => {
      const image = new Image()
      image.src = `data:image/png;base64,${base64}`
      await image.decode()
      const canvas = new OffscreenCanvas(image.width, image.height)
      const context = canvas.getContext('2d')!
      context.drawImage(image, 0, 0)
      const { data, width } = context.getImageData(0, 0, image.width, image.height)
      let found = 0
      let [left, top, right, bottom] = [Infinity, Infinity, -1, -1]
      for (let i = 0; i < data.length; i += 4) {
        if (((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!) !== wanted) continue
        found += 1
        const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)]
        ;[left, top] = [Math.min(left, x), Math.min(top, y)]
        ;[right, bottom] = [Math.max(right, x), Math.max(bottom, y)]
      }
      const around = (right - left + 1) * (bottom - top + 1)
      return { share: found / (data.length / 4), otherInside: found === 0 ? 0 : 1 - found / around }
    },
    { base64: png, wanted: Number.parseInt(colour.slice(1), 16) },
  )
}
