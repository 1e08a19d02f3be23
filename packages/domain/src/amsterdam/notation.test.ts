import { describe, expect, test } from 'vitest'
import { area, parseCoordinates, smooth, smoothRing } from './notation.ts'
import type { Coordinate } from './types.ts'

describe('parseCoordinates', () => {
  test('reads pairs over several lines', () => {
    expect(parseCoordinates('\n 4.9 52.37,\n 4.91 52.38')).toEqual([
      [4.9, 52.37],
      [4.91, 52.38],
    ])
  })

  test.each(['4.9', '4.9 52.37 3', '4.9 north', '4.9 52.37,'])('refuses %j', (text) => {
    expect(() => parseCoordinates(text)).toThrow('lon lat')
  })
})

test('an area is closed and counterclockwise however it was written', () => {
  const clockwise = area('park', 'p', 'P', '0 0, 0 1, 1 1, 1 0')
  expect(clockwise.geometry.coordinates[0]).toEqual([
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 0],
    [1, 0],
  ])
})

describe('smooth', () => {
  const bend: Coordinate[] = [
    [0, 0],
    [1, 0],
    [1, 1],
  ]

  test('passes through every point it was given', () => {
    const curve = smooth(bend, 4)
    expect(curve).toHaveLength(9)
    expect([curve[0], curve[4], curve[8]]).toEqual(bend)
  })

  test('keeps a straight line straight', () => {
    for (const [, y] of smooth(
      [
        [0, 0],
        [1, 0],
        [5, 0],
      ],
      4,
    ))
      expect(y).toBe(0)
  })

  test('closes a ring without a corner at its seam', () => {
    const ring = smoothRing([...bend, [0, 1], [0, 0]], 4)
    expect(ring.at(-1)).toEqual(ring[0])
    expect(ring).toHaveLength(17)
  })
})
