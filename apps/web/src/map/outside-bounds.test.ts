import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partsOutside } from './outside-bounds.ts'

const bounds = [2, 2, 4, 4] as const

test.each([
  [
    'that never meets the bounds stays whole',
    [
      [0, 0],
      [1, 5],
      [5, 5],
    ],
    [
      [
        [0, 0],
        [1, 5],
        [5, 5],
      ],
    ],
  ],
  [
    'inside them is gone',
    [
      [2.5, 2.5],
      [3, 3.5],
      [3.5, 2.5],
    ],
    [],
  ],
  [
    'through them is two',
    [
      [0, 3],
      [6, 3],
    ],
    [
      [
        [0, 3],
        [2, 3],
      ],
      [
        [4, 3],
        [6, 3],
      ],
    ],
  ],
  [
    'into them ends there',
    [
      [0, 0],
      [0, 3],
      [3, 3],
    ],
    [
      [
        [0, 0],
        [0, 3],
        [2, 3],
      ],
    ],
  ],
  [
    'out of them begins there',
    [
      [3, 3],
      [6, 3],
      [6, 6],
    ],
    [
      [
        [4, 3],
        [6, 3],
        [6, 6],
      ],
    ],
  ],
  [
    'along their edge stays',
    [
      [2, 0],
      [2, 6],
    ],
    [
      [
        [2, 0],
        [2, 6],
      ],
    ],
  ],
] as const)('a line %s', (_, line, parts) => expect(partsOutside(line, bounds)).toEqual(parts))

const coordinate = fc.tuple(
  fc.double({ min: 0, max: 6, noNaN: true }),
  fc.double({ min: 0, max: 6, noNaN: true }),
)
const lengthOf = (line: readonly (readonly number[])[]) =>
  line.slice(1).reduce((sum, [x = 0, y = 0], i) => sum + Math.hypot(x - line[i]![0]!, y - line[i]![1]!), 0)

test('no part has a middle inside, and parts and what was cut away make up the whole', () => {
  fc.assert(
    fc.property(fc.array(coordinate, { minLength: 2, maxLength: 12 }), (line) => {
      const parts = partsOutside(line, bounds)
      for (const part of parts)
        for (let i = 1; i < part.length; i++) {
          const [x, y] = [(part[i - 1]![0] + part[i]![0]) / 2, (part[i - 1]![1] + part[i]![1]) / 2]
          const depth = Math.min(x - 2, 4 - x, y - 2, 4 - y)
          expect(depth).toBeLessThan(1e-9)
        }
      const kept = parts.reduce((sum, part) => sum + lengthOf(part), 0)
      const steps = 2_000
      let inside = 0
      for (let i = 1; i < line.length; i++) {
        const [a, b] = [line[i - 1]!, line[i]!]
        const length = Math.hypot(b[0] - a[0], b[1] - a[1])
        for (let step = 0; step < steps; step++) {
          const share = (step + 0.5) / steps
          const [x, y] = [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
          if (x > 2 && x < 4 && y > 2 && y < 4) inside += length / steps
        }
      }
      expect(kept + inside).toBeCloseTo(lengthOf(line), 1)
    }),
    { numRuns: 60 },
  )
})
