import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

// What has just been asked for may begin to fade some frames later.
const settled = `new Promise((done) => {
  let quietFrames = 0
  const look = () => {
    const moves = document.getAnimations().some((each) => each.effect?.getComputedTiming().endTime !== Infinity)
    quietFrames = moves ? 0 : quietFrames + 1
    if (quietFrames < 12) requestAnimationFrame(look)
    else done(null)
  }
  look()
})`

/** Until nothing fades or moves any more but what does so for ever. */
export async function waitForFades(page: Page): Promise<void> {
  await page.evaluate(settled)
}

/** What axe finds against WCAG 2.2 AA: nothing. */
export async function expectNoFaults(page: Page): Promise<void> {
  // What still fades in has not the colours that it will have.
  await waitForFades(page)
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

/** Whether anything is wider than the window, so that a phone would scroll sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  ).toBe(0)
}
