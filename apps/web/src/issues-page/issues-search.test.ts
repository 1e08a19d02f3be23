import { expect, test } from 'vitest'
import { parseIssuesSearch } from './issues-search.ts'

test('keeps what makes sense and drops what does not', () => {
  const id = '01a20760-f7cc-793a-bf9b-5ffa68978616'
  expect(parseIssuesSearch({ i: id.toUpperCase(), kind: 'late,x', new: '1', bike: 'ams-0042' })).toEqual({
    i: id,
    kind: 'late',
    new: '1',
    bike: 'AMS-0042',
  })
  expect(parseIssuesSearch({ i: '../users', kind: 'x', bike: 'AMS-0042' })).toEqual({})
})
