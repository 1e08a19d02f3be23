import fc from 'fast-check'
import { expect, test } from 'vitest'
import { definedOnly, parseChoices, textParameter, toggleChoice } from './search-parameters.ts'

const all = ['open', 'in_progress', 'resolved'] as const

test('choices come in the order of the field, and what is none is dropped', () => {
  expect(parseChoices(all, 'resolved,nonsense,open')).toEqual(['open', 'resolved'])
  expect(parseChoices(all, undefined)).toEqual([])
  expect(parseChoices(all, 'open,in_progress,resolved')).toEqual([])
})

test('turning a choice on and off again is where we were', () => {
  fc.assert(
    fc.property(fc.subarray([...all], { maxLength: 1 }), fc.constantFrom(...all), (chosen, value) => {
      const text = chosen.length === 0 ? undefined : chosen.join(',')
      expect(toggleChoice(all, toggleChoice(all, text, value), value)).toBe(text)
    }),
  )
})

test('an empty parameter says nothing', () => {
  expect(textParameter({ q: '' }, 'q')).toBeUndefined()
  expect(textParameter({ q: 3 }, 'q')).toBeUndefined()
  expect(definedOnly({ q: undefined, sort: 'code' })).toEqual({ sort: 'code' })
})
