import { expect, type Locator, type Page } from '@playwright/test'
import { TablePage } from './app-page.ts'

/** The Zones page as a person names its parts, in English. */
export class ZonesPage extends TablePage {
  readonly map: Locator
  readonly bar: Locator
  readonly form: Locator
  readonly corners: Locator

  constructor(page: Page) {
    super(page, 'Zones')
    this.map = page.locator('.maplibregl-map')
    this.bar = page.getByRole('group', { name: /^(Drawing a zone|Changing the outline of)/ })
    this.form = page.getByRole('complementary', { name: 'New zone' })
    this.corners = page.getByRole('button', { name: /^Corner \d+ of \d+$/ })
  }

  drawer(name: string): Locator {
    return this.page.getByRole('complementary', { name: `Zone ${name}`, exact: true })
  }

  events(name: string): Locator {
    return this.drawer(name).getByRole('list', { name: 'Came and went' }).getByRole('listitem')
  }

  /** Waits until there is a map that takes clicks. */
  async expectMap(): Promise<void> {
    await expect(this.page.getByRole('button', { name: 'Zoom in' })).toBeVisible({ timeout: 40_000 })
  }

  /** A place on the map, from the middle of what the panels leave free. */
  async place(right: number, down: number): Promise<{ readonly x: number; readonly y: number }> {
    const map = (await this.map.boundingBox())!
    const list = await this.page.getByRole('complementary', { name: 'Zones', exact: true }).boundingBox()
    const drawer = this.page.getByRole('complementary', { name: /^(Zone |New zone)/ })
    const left = list === null ? map.x : list.x + list.width
    const end = (await drawer.isVisible()) ? (await drawer.boundingBox())!.x : map.x + map.width
    return { x: (left + end) / 2 + right, y: map.y + map.height / 2 + down }
  }

  /** Clicks one corner after the other. */
  async clickCorners(...corners: readonly (readonly [right: number, down: number])[]): Promise<void> {
    for (const [i, [right, down]] of corners.entries()) {
      const { x, y } = await this.place(right, down)
      await this.page.mouse.click(x, y)
      await expect(this.bar).toContainText(i === 0 ? '1 corner' : `${i + 1} corners`)
    }
  }

  async drag(handle: Locator, right: number, down: number): Promise<void> {
    // Waits until it stands still: the map may be on its way.
    await handle.hover()
    const box = (await handle.boundingBox())!
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await this.page.mouse.move(x, y)
    await this.page.mouse.down()
    await this.page.mouse.move(x + right / 2, y + down / 2)
    await this.page.mouse.move(x + right, y + down)
    await this.page.mouse.up()
  }
}
