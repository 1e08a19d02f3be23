import type { Locator, Page } from '@playwright/test'
import { TablePage } from './app-page.ts'

/** The Couriers page as a person names its parts, in English. */
export class CouriersPage extends TablePage {
  constructor(page: Page) {
    super(page, 'Couriers')
  }

  drawer(name: string): Locator {
    return this.page.getByRole('complementary', { name: `Courier ${name}` })
  }
}
