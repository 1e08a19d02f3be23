import type { Locator, Page } from '@playwright/test'
import { AppPage } from './app-page.ts'

/** The Insights page as a person names its parts, in English. */
export class InsightsPage extends AppPage {
  readonly total: Locator
  readonly table: Locator
  readonly rows: Locator
  readonly causes: Locator

  constructor(page: Page) {
    super(page, 'insights')
    this.total = page.locator('dl').filter({ hasText: 'Utilisation' })
    this.table = page.getByRole('region', { name: /^Every / }).getByRole('table')
    this.rows = this.table.locator('tbody').getByRole('row')
    this.causes = page.getByRole('region', { name: 'Issues by cause' })
  }

  /** The figure of the whole period, which leads to its rows. */
  figure(name: string): Locator {
    return this.total.getByRole('link', { name: new RegExp(`^${name}: `) })
  }

  async countOf(name: string): Promise<number> {
    return Number.parseInt(await this.figure(name).innerText(), 10)
  }
}
