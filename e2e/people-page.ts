import type { Locator, Page } from '@playwright/test'
import { AppPage } from './app-page.ts'

/** The page of people and trackers as a person names its parts, in English. */
export class PeoplePage extends AppPage {
  readonly accounts: Locator
  readonly trackers: Locator

  constructor(page: Page) {
    super(page, 'people')
    this.accounts = page.getByRole('grid', { name: 'Accounts' })
    this.trackers = page.getByRole('grid', { name: 'Trackers' })
  }

  account(name: string): Locator {
    return this.page.getByRole('complementary', { name: `Account ${name}` })
  }

  tracker(name: string): Locator {
    return this.page.getByRole('complementary', { name: `Tracker ${name}` })
  }
}
