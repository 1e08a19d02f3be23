import type { Locator, Page } from '@playwright/test'
import { AppPage } from './app-page.ts'

/** The Issues page as a person names its parts, in English. */
export class IssuesPage extends AppPage {
  readonly search: Locator

  constructor(page: Page) {
    super(page, 'issues')
    this.search = page.getByRole('searchbox', { name: 'Search issues' })
  }

  column(status: 'Open' | 'In progress' | 'Resolved'): Locator {
    return this.page.getByRole('region', { name: status, exact: true })
  }

  card(description: string, within: Locator | Page = this.page): Locator {
    return within.getByRole('article').filter({ hasText: description })
  }

  drawer(description: string): Locator {
    return this.page.getByRole('complementary', { name: new RegExp(`^Issue: .*${description}`) })
  }
}
