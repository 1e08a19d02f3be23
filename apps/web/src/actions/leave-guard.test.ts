import { expect, test } from 'vitest'
import { guardLeaving } from './leave-guard.ts'

/** As a browser closes a page: whether it asks first. */
const asks = (page: EventTarget): boolean =>
  !page.dispatchEvent(new Event('beforeunload', { cancelable: true }))

test('who closes the page while something is on it alone is asked first, and only then', () => {
  const page = new EventTarget()
  const actions = { unkept: 0, subscribe: (listener: () => void) => ((tell = listener), () => {}) }
  let tell = () => {}
  guardLeaving(actions, page)
  expect(asks(page)).toBe(false)
  for (const unkept of [1, 2, 0, 1, 0]) {
    actions.unkept = unkept
    tell()
    expect(asks(page)).toBe(unkept > 0)
  }
})
