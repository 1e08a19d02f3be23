import { expect, type Locator, type Page } from '@playwright/test'
import type { Fleet } from './fleet-fixture.ts'

/** What a customer sees of their delivery, as they name its parts, in English. */
export class TrackingPage {
  readonly page: Page
  readonly map: Locator

  constructor(page: Page) {
    this.page = page
    this.map = page.getByRole('region', { name: 'Map with the courier and your address' })
  }

  /** Without any session. */
  async open(fleet: Pick<Fleet, 'url'>, token: string): Promise<void> {
    await this.page.goto(`${fleet.url}/#/track/${token}`)
  }

  async expectStatus(words: string): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: words })).toBeVisible({ timeout: 30_000 })
  }

  /** Away to another tab and back, which asks at once. */
  async comeBack(): Promise<void> {
    await this.page.evaluate("dispatchEvent(new Event('visibilitychange'))")
  }
}
