import type { Locator, Page } from '@playwright/test'
import { TablePage } from './app-page.ts'

/** The Bikes page as a person names its parts, in English. */
export class BikesPage extends TablePage {
  constructor(page: Page) {
    super(page, 'Bikes')
  }

  drawer(code: string): Locator {
    return this.page.getByRole('complementary', { name: `Bike ${code}` })
  }

  serviceBook(code: string): Locator {
    return this.drawer(code).getByRole('region', { name: 'Service book' })
  }
}
