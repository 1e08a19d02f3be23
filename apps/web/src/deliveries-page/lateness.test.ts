import type { Delivery } from '@fleet/domain'
import { expect, test } from 'vitest'
import { latenessOf, soonMs } from './lateness.ts'

const due = (status: Delivery['status']) =>
  ({ status, dropoff: { window: { fromMs: 0, toMs: 1_000_000_000 } } }) as unknown as Delivery

test('late after the window, soon just before, and never once it is over', () => {
  expect(latenessOf(due('assigned'), 1_000_000_001)).toBe('late')
  expect(latenessOf(due('assigned'), 1_000_000_000 - soonMs + 1)).toBe('soon')
  expect(latenessOf(due('assigned'), 1_000_000_000 - soonMs)).toBeNull()
  expect(latenessOf(due('delivered'), 2_000_000_000)).toBeNull()
})
