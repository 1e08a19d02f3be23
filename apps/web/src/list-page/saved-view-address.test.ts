import { expect, test } from 'vitest'
import { isSameView, viewSearch } from './saved-view-address.ts'

test('a view keeps filters and order, not what is open or selected', () => {
  expect(viewSearch('?status=failed&d=D-000012&sel=D-000012&new=1&sort=-code')).toBe(
    'status=failed&sort=-code',
  )
  expect(viewSearch('')).toBe('')
})

test('the order of parameters and what is open make no other view', () => {
  expect(isSameView('?a=1&q=x', 'q=x&a=1&d=D-000001')).toBe(true)
  expect(isSameView('?a=1', 'a=2')).toBe(false)
})
