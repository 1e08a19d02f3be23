import { expect, test } from 'vitest'
import { parseDeliveriesSearch } from './deliveries-search.ts'

test('keeps what makes sense and drops what does not', () => {
  expect(
    parseDeliveriesSearch({
      d: 'd-000012',
      view: 'board',
      q: 'prinsengracht',
      status: 'failed,assigned,nonsense',
      courier: '12',
      day: '2026-11-23',
      sort: '-window',
      sel: 'D-000001,x,D-000002',
      map: '0',
      new: '1',
    }),
  ).toEqual({
    d: 'D-000012',
    view: 'board',
    q: 'prinsengracht',
    status: 'assigned,failed',
    courier: '12',
    day: '2026-11-23',
    sort: '-window',
    sel: 'D-000001,D-000002',
    map: '0',
    new: '1',
  })
  expect(
    parseDeliveriesSearch({
      view: 'globe',
      status: 'x',
      courier: 'eva',
      day: '2026-02-30',
      sel: '',
      map: 'here',
      new: 'yes',
    }),
  ).toEqual({})
})

test('all statuses and none are the same: no filter', () => {
  const all = 'unassigned,assigned,picked_up,delivered,failed,cancelled'
  expect(parseDeliveriesSearch({ status: all })).toEqual({})
})
