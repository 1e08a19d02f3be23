/// <reference lib="dom" />
import { expect, type Locator, type Page } from '@playwright/test'
import { TablePage } from './app-page.ts'

/** The Deliveries page as a person names its parts, in English. */
export class DeliveriesPage extends TablePage {
  /** In the dialog that asks who gets it. */
  readonly couriers: Locator

  constructor(page: Page) {
    super(page, 'Deliveries')
    this.couriers = page.getByRole('listbox', { name: 'Couriers' })
  }

  drawer(code: string): Locator {
    return this.page.getByRole('complementary', { name: `Delivery ${code}` })
  }

  card(code: string): Locator {
    return this.page.getByRole('article', { name: code })
  }

  column(status: string): Locator {
    return this.page.getByRole('region', { name: status, exact: true })
  }

  lane(courier: string): Locator {
    return this.page.getByRole('group', { name: courier, exact: true })
  }

  /** A delivery in the lane of this courier, or in any. */
  block(code: string, courier?: string): Locator {
    return (courier === undefined ? this.page : this.lane(courier)).getByRole('button', { name: code })
  }

  /** The map beside list, board and lanes. */
  get map(): Locator {
    return this.page.getByRole('region', { name: 'Map', exact: true }).first()
  }

  /** Chooses a file in the dialog, which is left open. */
  async chooseFile(text: string): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Import and export' }).click()
    await this.page.getByRole('menuitem', { name: 'Import from CSV' }).click()
    const chooser = this.page.waitForEvent('filechooser')
    await this.page.getByRole('button', { name: 'Choose a file' }).click()
    await (await chooser).setFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
    return this.page.getByRole('dialog', { name: 'Import from CSV' })
  }

  /** In the dialog that asks who gets it. */
  async chooseCourier(name: string): Promise<void> {
    const search = this.page.getByRole('combobox', { name: 'Search couriers' })
    await search.fill(name)
    await this.couriers.getByRole('option', { name }).click()
    await expect(search).toBeHidden()
  }

  /** Fills one stop of the form and takes the first address that is found. */
  async fillStop(form: Locator, kind: 'Pick-up' | 'Drop-off', address: string): Promise<void> {
    const stop = form.getByRole('region', { name: kind })
    await stop.getByLabel('Address').fill(address)
    await this.page.getByRole('listbox', { name: 'Address' }).getByRole('option').first().click()
    await expect(stop.getByText('Found on the map')).toBeVisible()
  }
}
