import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listedOnly, nothingSelected, selectAll, selectRange, toggleRow } from './selection.ts'

const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }))

test('toggling twice is where we were', () => {
  fc.assert(
    fc.property(fc.subarray(rows), fc.constantFrom(...rows), (some, { id }) => {
      const selection = selectAll(some)
      expect(toggleRow(toggleRow(selection, id), id)).toEqual(selection)
    }),
  )
})

test('a range is the same from either end, and stays inside the list', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2, max: 8 }), fc.integer({ min: -2, max: 8 }), (from, to) => {
      const selection = selectRange(rows, from, to)
      expect(selection).toEqual(selectRange(rows, to, from))
      for (const id of selection) expect(rows.map((row) => row.id)).toContain(id)
    }),
  )
  expect([...selectRange(rows, 3, 1)]).toEqual(['b', 'c', 'd'])
  expect([...selectRange(rows, 4, 4, new Set(['a']))]).toEqual(['a', 'e'])
})

test('rows that are not listed any more are not selected any more', () => {
  expect([...listedOnly(new Set(['a', 'x']), rows)]).toEqual(['a'])
  const all = selectAll(rows)
  expect(listedOnly(all, rows)).toBe(all)
  expect(listedOnly(nothingSelected, [])).toBe(nothingSelected)
})
