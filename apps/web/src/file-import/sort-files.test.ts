import { expect, test } from 'vitest'
import { sortFiles } from './sort-files.ts'

test.each([
  [['a.csv'], { kind: 'deliveries' }],
  [['A.CSV'], { kind: 'deliveries' }],
  [['a.gpx'], { kind: 'rides' }],
  [['a.gpx', 'b.GPX'], { kind: 'rides' }],
  [['a.csv', 'b.csv'], { kind: 'too_many' }],
  [['a.csv', 'b.gpx'], { kind: 'mixed' }],
  [['a.csv', 'photo.jpg'], { kind: 'unknown', name: 'photo.jpg' }],
  [['gpx'], { kind: 'unknown', name: 'gpx' }],
])('%j is %j', (names, expected) => {
  expect(sortFiles(names.map((name) => ({ name })))).toEqual(expected)
})
