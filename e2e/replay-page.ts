import { expect, type Locator, type Page } from '@playwright/test'
import { AppPage } from './app-page.ts'

/** The Replay page as a person names its parts, in English. */
export class ReplayPage extends AppPage {
  readonly slider: Locator
  readonly play: Locator
  readonly pause: Locator
  readonly next: Locator
  readonly speeds: Locator
  readonly finder: Locator
  readonly bikes: Locator
  /** What has just happened. */
  readonly caption: Locator

  constructor(page: Page) {
    super(page, 'replay')
    const controls = page.getByRole('region', { name: 'Replay' })
    this.slider = page.getByRole('slider', { name: 'Moment' })
    this.play = controls.getByRole('button', { name: 'Play' })
    this.pause = controls.getByRole('button', { name: 'Pause' })
    this.next = controls.getByRole('button', { name: 'What happened next' })
    this.speeds = controls.getByRole('radiogroup', { name: 'Speed' })
    this.finder = page.getByRole('combobox', { name: 'Find a bike' })
    this.bikes = page.getByRole('combobox', { name: 'Bikes shown' })
    this.caption = controls.getByTestId('caption')
  }

  drawer(code: string): Locator {
    return this.page.getByRole('complementary', { name: `Bike ${code}` })
  }

  /** Seconds after the beginning of the window. */
  async at(): Promise<number> {
    return Number(await this.slider.getAttribute('aria-valuenow'))
  }

  async expectAt(seconds: number): Promise<void> {
    await expect(this.slider).toHaveAttribute('aria-valuenow', String(seconds))
  }

  /** How many pins of one kind are on the map. */
  pins(kind: 'pickup' | 'dropoff' | 'pickedUp' | 'delivered' | 'failed' | 'issue'): Locator {
    return this.page.locator(`.stop-pin[data-kind="${kind}"]`)
  }
}
