import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { quantile, sampleLine, SegmentIndex, toMetres, type Line } from './check-map.ts'

const eastward: Line = [
  [0, 0],
  [100, 0],
]

test('a degree is as long as it is in Amsterdam', () => {
  const [x, y] = toMetres([4.9031, 52.3831])
  expect(x).toBeCloseTo(680, -1)
  expect(y).toBeCloseTo(1113, -1)
})

test('samples keep their spacing around a corner', () => {
  const samples = sampleLine([...eastward, [100, 50]], 25)
  expect(samples.map(({ at }) => at[0] + at[1])).toEqual([12.5, 37.5, 62.5, 87.5, 112.5, 137.5])
  expect(samples.map(({ direction }) => direction)).toEqual([0, 0, 0, 0, 90, 90])
})

describe('SegmentIndex', () => {
  test('finds the nearest segment, also some squares away', () => {
    expect(new SegmentIndex([eastward]).nearestM([50, 30])).toBe(30)
    expect(new SegmentIndex([eastward]).nearestM([50, -640])).toBe(640)
  })

  test('passes over a nearer street that runs across', () => {
    const across: Line = [
      [50, 10],
      [50, 90],
    ]
    expect(new SegmentIndex([eastward, across]).nearestM([50, 30], 0)).toBe(30)
    expect(new SegmentIndex([eastward, across]).nearestM([50, 30], 175)).toBe(30)
    expect(new SegmentIndex([eastward, across]).nearestM([50, 30], 90)).toBe(0)
  })

  test('says 1000 m when there is nothing', () => {
    expect(new SegmentIndex([]).nearestM([0, 0])).toBe(1000)
  })
})

test('quantiles are values that occur', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2)
  expect(quantile([3, 1, 2], 0.9)).toBe(3)
  expect(quantile([], 0.5)).toBeNaN()
})

test('without the real data it says so and exits 2', async () => {
  const run = promisify(execFile)(process.execPath, [join(import.meta.dirname, 'check-map.ts'), '/nowhere'])
  await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('/nowhere') })
})
