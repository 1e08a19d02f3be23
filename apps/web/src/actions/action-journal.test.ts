import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PendingChange } from '../live/pending-changes.ts'
import { changesOf, reverseRows, showRows } from './action-journal.ts'

const row = fc.record(
  {
    version: fc.nat(9),
    status: fc.constantFrom('unassigned', 'assigned'),
    note: fc.string(),
    size: fc.nat(3),
  },
  { requiredKeys: ['version'] },
)

const change = (apply: PendingChange['apply']): PendingChange => ({ kind: 'delivery', id: 'one', apply })

/** As the disk gives it back. */
const kept = (changes: readonly PendingChange[], before: unknown) =>
  changesOf(structuredClone(showRows(changes, () => before)))

test('a change that was kept does to the same row what it did', () => {
  fc.assert(
    fc.property(fc.option(row, { nil: undefined }), fc.option(row, { nil: null }), (before, after) => {
      const [again] = kept([change(() => after)], before)
      if (before === undefined && after === null) expect(again!.apply(before)).toBe(undefined)
      else expect(again!.apply(before)).toEqual(after === null ? null : { ...before, ...after })
    }),
  )
})

test('a change that was kept leaves alone what somebody else changed meanwhile', () => {
  const before = { version: 1, status: 'unassigned', note: '' }
  const [again] = kept([change((now) => ({ ...(now as object), status: 'assigned' }))], before)
  expect(again!.apply({ ...before, version: 2, note: 'ring twice' })).toEqual({
    version: 2,
    status: 'assigned',
    note: 'ring twice',
  })
})

test('a row that has gone meanwhile is not brought back, one that has come is not replaced', () => {
  const [update] = kept([change((now) => ({ ...(now as object), note: 'x' }))], { version: 1, note: '' })
  expect(update!.apply(undefined)).toBe(undefined)
  const [create] = kept([change(() => ({ version: 0, note: 'mine' }))], undefined)
  expect(create!.apply({ version: 1, note: 'theirs' })).toEqual({ version: 1, note: 'theirs' })
})

test('a change that leaves everything as it is keeps nothing', () => {
  expect(showRows([change(() => undefined)], () => ({ version: 1 }))).toEqual([])
})

test('the reverse of a change takes a row back to how it was', () => {
  fc.assert(
    fc.property(fc.option(row, { nil: undefined }), fc.option(row, { nil: null }), (before, after) => {
      fc.pre(before !== undefined || after !== null)
      const shows = showRows([change((now) => after && { ...(now as object), ...after })], () => before)
      const [there] = changesOf(shows)
      const [back] = changesOf(reverseRows(shows, () => before))
      const returned = back!.apply(there!.apply(before) ?? undefined) ?? undefined
      const names = Object.keys(before ?? {})
      expect(returned && names.map((name) => (returned as Record<string, unknown>)[name])).toEqual(
        before && names.map((name) => (before as Record<string, unknown>)[name]),
      )
    }),
  )
})
