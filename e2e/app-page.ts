import { expect, type Locator, type Page } from '@playwright/test'
import type { Fleet } from './fleet-fixture.ts'

/** What every page of the app has, as a person names it, in English. */
export class AppPage {
  readonly page: Page
  readonly toasts: Locator
  readonly palette: Locator
  readonly #path: string

  /** @param path as the address has it: `bikes` */
  constructor(page: Page, path: string) {
    this.page = page
    this.toasts = page.getByRole('region', { name: 'Messages' })
    this.palette = page.getByRole('combobox', { name: 'Find a page, a record or an action' })
    this.#path = path
  }

  async open(fleet: Pick<Fleet, 'url'>, cookie: string, search = ''): Promise<void> {
    const [name, value] = cookie.split('=')
    await this.page.context().addCookies([{ name: name!, value: value!, url: fleet.url }])
    await this.page.goto(`${fleet.url}/#/${this.#path}${search}`)
    await expect(this.page.getByTestId('connection')).toContainText(/Live/)
  }

  /** Does what the palette finds first, whose name or details hold these words. */
  async runFromPalette(words: string): Promise<void> {
    await this.page.keyboard.press('Control+k')
    await this.palette.fill(words)
    const found = this.page.getByRole('listbox', { name: 'Find a page, a record or an action' })
    await expect(found.getByRole('option', { selected: true })).toContainText(words, { ignoreCase: true })
    await this.page.keyboard.press('Enter')
  }
}

/** A page whose records are the rows of one table. */
export class TablePage extends AppPage {
  readonly grid: Locator
  readonly rows: Locator
  readonly search: Locator

  /** @param records what the page calls them: `Bikes` */
  constructor(page: Page, records: string) {
    super(page, records.toLowerCase())
    this.grid = page.getByRole('grid', { name: records })
    this.rows = this.grid.getByRole('row').filter({ has: page.getByRole('gridcell') })
    this.search = page.getByRole('searchbox', { name: `Search ${records.toLowerCase()}` })
  }

  /** @param text that only this row has: a code, a name */
  row(text: string): Locator {
    return this.rows.filter({ hasText: text })
  }
}
