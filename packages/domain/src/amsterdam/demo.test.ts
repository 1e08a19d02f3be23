import { describe, expect, test } from 'vitest'
import { distanceM } from '../geo.ts'
import { customerAddresses, depots, restaurants, streetAddress } from './demo.ts'
import { toPoint } from './graph.ts'
import { streets } from './streets.ts'

const rozengracht = streets.find(({ id }) => id === 'rozengracht')!

describe('streetAddress', () => {
  test('stands at the kerb, a few metres from the middle of the street', () => {
    const start = toPoint(rozengracht.course[0]!.at)
    expect(distanceM(streetAddress('rozengracht', 0).at, start)).toBeCloseTo(6, 0)
  })

  test('numbers rise along the street', () => {
    const numbers = [0, 0.25, 0.5, 0.75, 1].map((f) => streetAddress('rozengracht', f).houseNumber)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(numbers[0]).toBe(1)
    expect(numbers.at(-1)).toBeLessThan(300)
  })

  test('is written as on a parcel', () => {
    expect(streetAddress('rozengracht', 0.5).label).toMatch(/^Rozengracht \d+$/)
  })

  test('stays on the street when the fraction does not', () => {
    expect(streetAddress('rozengracht', -1)).toEqual(streetAddress('rozengracht', 0))
    expect(streetAddress('rozengracht', 2)).toEqual(streetAddress('rozengracht', 1))
  })

  test('refuses a street that is not on the map', () => {
    expect(() => streetAddress('coolsingel', 0.5)).toThrow(RangeError)
  })
})

test('there are about eighty customer addresses and no two share a door', () => {
  const labels = customerAddresses().map(({ label }) => label)
  expect(labels.length).toBeGreaterThanOrEqual(75)
  expect(new Set(labels).size).toBe(labels.length)
})

test('restaurants and depots have names and ids of their own', () => {
  for (const list of [restaurants(), depots()]) {
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length)
    expect(new Set(list.map(({ name }) => name)).size).toBe(list.length)
  }
})
