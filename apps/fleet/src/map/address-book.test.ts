import { describe, expect, test } from 'vitest'
import { AddressBook } from './address-book.ts'

type Geometry = { readonly type: string; readonly coordinates: unknown }
const point = (lon: number, lat: number): Geometry => ({ type: 'Point', coordinates: [lon, lat] })
const line = (...coordinates: number[][]): Geometry => ({ type: 'LineString', coordinates })

function bookOf(...features: readonly (readonly [Geometry, Record<string, string>])[]) {
  const book = new AddressBook()
  for (const [geometry, properties] of features)
    book.addLine(`\u001e${JSON.stringify({ type: 'Feature', geometry, properties })}`)
  const streets = [...book.streets()].map(([street, houses]) => ({
    ...street,
    doors: houses.map(({ houseNumber, postcode }) => `${houseNumber} ${postcode}`.trim()),
  }))
  return { book, streets }
}
const door = (street: string, number: string, more: Record<string, string> = {}) => ({
  'addr:street': street,
  'addr:housenumber': number,
  ...more,
})

test('doors come under their street and town', () => {
  const { streets } = bookOf(
    [point(4.9, 52.37), door('Dorpsstraat', '1', { 'addr:city': 'Landsmeer', 'addr:postcode': '1121 BT' })],
    [point(4.9, 52.371), door('Dorpsstraat', '3', { 'addr:city': 'Landsmeer' })],
    [point(4.86, 52.3), door('Dorpsstraat', '1', { 'addr:city': 'Amstelveen', 'addr:postcode': 'unknown' })],
  )
  expect(streets.map(({ id, name, place, houses, doors }) => ({ id, name, place, houses, doors }))).toEqual([
    { id: 1, name: 'Dorpsstraat', place: 'Landsmeer', houses: 2, doors: ['1 1121BT', '3'] },
    { id: 2, name: 'Dorpsstraat', place: 'Amstelveen', houses: 1, doors: ['1'] },
  ])
})

test('several numbers on one point are several doors, and what is no number is none', () => {
  const { book, streets } = bookOf(
    [point(4.9, 52.37), door('Dam', '1;3, 5-7')],
    [point(4.9, 52.37), door('Dam', 'de Hoop')],
    [point(4.9, 52.37), { 'addr:housenumber': '9' }],
    [point(4.9, 52.37), { 'addr:place': 'Eiland', 'addr:housenumber': '2a' }],
  )
  expect(streets.map(({ name, doors }) => [name, doors])).toEqual([
    ['Dam', ['1', '3', '5-7']],
    ['Eiland', ['2a']],
  ])
  expect(book.skipped).toBe(2)
})

test('doors that do not say their town go to the nearest street of that name', () => {
  const { streets } = bookOf(
    [point(4.9, 52.45), door('Dorpsstraat', '1', { 'addr:city': 'Landsmeer' })],
    [point(4.86, 52.3), door('Dorpsstraat', '1', { 'addr:city': 'Amstelveen' })],
    [point(4.861, 52.3), door('Dorpsstraat', '3')],
    [point(4.861, 52.3), door('Elders', '3')],
  )
  expect(streets.map(({ name, place, doors }) => [name, place, doors])).toEqual([
    ['Dorpsstraat', 'Landsmeer', ['1']],
    ['Dorpsstraat', 'Amstelveen', ['1', '3']],
    ['Elders', '', ['3']],
  ])
})

describe('a street', () => {
  test('with doors is where one of them is; without, on its longest piece', () => {
    const { streets } = bookOf(
      [point(4.9, 52.37), door('Ring', '1')],
      [point(4.91, 52.37), door('Ring', '2')],
      [point(4.92, 52.37), door('Ring', '3')],
      [line([4.8, 52.3], [4.8, 52.31]), { highway: 'residential', name: 'Ring' }],
      [line([4.7, 52.3], [4.7, 52.301]), { highway: 'residential', name: 'Kale weg' }],
      [line([4.8, 52.3], [4.81, 52.31], [4.82, 52.32]), { highway: 'residential', name: 'Kale weg' }],
    )
    expect(streets.map(({ name, point: at, houses }) => [name, at, houses])).toEqual([
      ['Ring', { lat: 52.37, lon: 4.91 }, 3],
      ['Kale weg', { lat: 52.31, lon: 4.81 }, 0],
    ])
  })

  test('that is an area, and a building, are where their middle is', () => {
    const square = [
      [
        [4, 52],
        [4.2, 52],
        [4.2, 52.2],
        [4, 52.2],
        [4, 52],
      ],
    ]
    const { streets } = bookOf(
      [
        { type: 'Polygon', coordinates: square },
        { place: 'square', name: 'Plein' },
      ],
      [{ type: 'MultiPolygon', coordinates: [square] }, { ...door('Laan', '1') }],
    )
    for (const { point: at } of streets) {
      expect(at.lat).toBeCloseTo(52.1, 6)
      expect(at.lon).toBeCloseTo(4.1, 6)
    }
    expect(streets.map(({ kind, name }) => [kind, name])).toEqual([
      ['street', 'Laan'],
      ['place', 'Plein'],
    ])
  })
})

test('a name is there once: as a street with doors rather than without, as a street rather than a place', () => {
  const { streets } = bookOf(
    [point(4.9, 52.37), { place: 'square', name: 'Dam' }],
    [line([4.9, 52.37], [4.91, 52.37]), { highway: 'pedestrian', name: 'Dam' }],
    [point(4.9, 52.37), door('DAM', '1')],
    [point(4.9, 52.37), { place: 'neighbourhood', name: 'Jordaan' }],
    [point(4.9, 52.37), { place: 'locality', name: 'Nergens' }],
    [point(4.9, 52.37), { highway: 'bus_stop', name: '  ' }],
  )
  expect(streets.map(({ kind, name }) => [kind, name])).toEqual([
    ['street', 'DAM'],
    ['place', 'Jordaan'],
  ])
})
