/// <reference lib="dom" />
import { expect, type Locator, type Page } from '@playwright/test'
import type { Fleet } from './fleet-fixture.ts'

/** The Live page as a person names its parts. English unless `words` says otherwise. */
export class LivePage {
  readonly page: Page
  readonly list: Locator
  readonly rows: Locator
  readonly search: Locator
  readonly connection: Locator
  readonly map: Locator
  /** Of the demonstration's bikes and those that other journeys have made. */
  readonly count: Locator

  constructor(page: Page, words = { rows: 'Bikes', search: 'Search the fleet' }) {
    this.page = page
    this.list = page.getByRole('listbox', { name: words.rows })
    this.rows = this.list.getByRole('option')
    this.search = page.getByRole('searchbox', { name: words.search })
    this.connection = page.getByTestId('connection')
    this.map = page.locator('.maplibregl-map')
    this.count = page.getByText(/^\d+ bikes$/)
  }

  async open(fleet: Pick<Fleet, 'url'>, cookie: string, path = '/'): Promise<void> {
    const [name, value] = cookie.split('=')
    await this.page.context().addCookies([{ name: name!, value: value!, url: fleet.url }])
    await this.page.goto(path)
    await expect(this.connection).toContainText(/Live|Actueel/)
  }

  bike(code: string): Locator {
    return this.rows.filter({ hasText: code })
  }

  detail(code: string): Locator {
    return this.page.getByRole('complementary', { name: `Bike ${code}` })
  }

  /** Where a view's own point is on the page: the middle of what list and details leave free, on a wide screen. */
  async mapMiddle({ withDetail = false } = {}): Promise<{ readonly x: number; readonly y: number }> {
    const map = (await this.map.boundingBox())!
    const list = (await this.page.getByRole('complementary', { name: /^(Fleet|Vloot)$/ }).boundingBox())!
    const detail = withDetail
      ? await this.page.getByRole('complementary', { name: /^(Bike|Fiets) / }).boundingBox()
      : null
    const queue = this.page.getByRole('complementary', { name: /^(Needs attention|Vraagt aandacht)$/ })
    const beside = detail ?? ((await queue.isVisible()) ? await queue.boundingBox() : null)
    const right = beside?.x ?? map.x + map.width
    return { x: (list.x + list.width + right) / 2, y: map.y + map.height / 2 }
  }

  async filter(name: RegExp): Promise<void> {
    await this.page.getByRole('button', { name }).click()
  }

  /** Waits until the map shows something: many colours, where an unpainted canvas has one. */
  async expectMapPainted(minColours = 30): Promise<void> {
    await expect
      .poll(() => this.mapColours(), { timeout: 40_000, message: 'colours on the map' })
      .toBeGreaterThan(minColours)
  }

  private async mapColours(): Promise<number> {
    const png = (await this.map.screenshot()).toString('base64')
    return this.page.evaluate(async (base64) => {
      const image = new Image()
      image.src = `data:image/png;base64,${base64}`
      await image.decode()
      const canvas = new OffscreenCanvas(image.width, image.height)
      const context = canvas.getContext('2d')!
      context.drawImage(image, 0, 0)
      const { data } = context.getImageData(0, 0, image.width, image.height)
      const seen = new Set<number>()
      for (let i = 0; i < data.length; i += 16)
        seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!)
      return seen.size
    }, png)
  }
}
