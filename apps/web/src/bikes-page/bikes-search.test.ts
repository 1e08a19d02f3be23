import { expect, test } from 'vitest'
import { parseBikesSearch } from './bikes-search.ts'
import { nextBikeCode } from './next-bike-code.ts'

test('keeps what makes sense and drops what does not', () => {
  expect(
    parseBikesSearch({ b: 'ams-0042', q: 'eva', status: 'missing,x,charging', kind: 'cargo', new: '1' }),
  ).toEqual({
    b: 'AMS-0042',
    q: 'eva',
    status: 'charging,missing',
    kind: 'cargo',
    new: '1',
  })
  expect(parseBikesSearch({ b: '', status: 'x', kind: 'city,cargo,e-cargo', new: 'yes', sort: 3 })).toEqual(
    {},
  )
})

test('the next code goes on where most codes end', () => {
  expect(nextBikeCode([])).toBe('AMS-0001')
  expect(nextBikeCode(['AMS-0001', 'AMS-0042', 'RTD-99'])).toBe('AMS-0043')
  expect(nextBikeCode(['UTR-99'])).toBe('UTR-100')
})
