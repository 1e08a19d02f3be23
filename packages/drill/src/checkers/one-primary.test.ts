import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { says } from '../../testing/histories.ts'
import { checkOnePrimary, type Term, type Watch } from './one-primary.ts'

const nodes = ['one', 'two']
/** From the first fault until the clients stopped; nobody is off or frozen. */
const watch = { during: { fromMs: -1_000, toMs: 10_000 }, away: new Map<string, readonly Term[]>() }
/** Enough answers of everybody, from long before. */
const before = Array.from({ length: 10 }, (_, index) =>
  nodes.map((node) => says(node, -1_000 + index, node === 'one')),
).flat()
const verdict = (...samples: readonly ReturnType<typeof says>[]) =>
  checkOnePrimary([...before, ...samples], nodes, watch).verdict

test('one primary after the other', () => {
  expect(verdict(says('one', 0, true), says('one', 200, false), says('two', 300, true))).toBe('ok')
})

test('one node takes writes before and after a moment in which the other does', () => {
  const { verdict, evidence } = checkOnePrimary(
    [...before, says('one', 0, true), says('two', 100, true), says('one', 200, true)],
    nodes,
    watch,
  )
  expect(verdict).toBe('violated')
  expect(evidence[0]?.says).toContain('one and two both took writes')
})

test('whichever of the two has the later name', () => {
  expect(
    verdict(says('two', 0, true), says('one', 100, true), says('two', 200, true), says('one', 300, true)),
  ).toBe('violated')
})

test('an answer that took long proves nothing about its ends', () => {
  const slow = { ...says('two', 50, true), answeredMs: 250 }
  expect(verdict(says('one', 0, true), slow, says('one', 200, true))).toBe('ok')
})

test('a primary whose commits nobody acknowledges takes no writes', () => {
  const alone = { ...says('one', 200, false), primary: true }
  expect(verdict(says('one', 0, true), says('two', 100, true), alone)).toBe('ok')
})

test('nothing is known when a node was not heard', () => {
  const known = (samples: typeof before, of = nodes, during: Watch | null = watch) =>
    checkOnePrimary(samples, of, during).verdict
  expect(known([])).toBe('unknown')
  expect(known(before.filter(({ node }) => node === 'one'))).toBe('unknown')
  expect(known(before, [])).toBe('unknown')
  expect(known(before, nodes, null)).toBe('unknown')
  expect(known(before)).toBe('ok')
})

describe('from the first fault until the clients stopped', () => {
  const during = { fromMs: 10_000, toMs: 130_000 }
  const everySecond = (node: string, fromMs: number, toMs: number) =>
    Array.from({ length: (toMs - fromMs) / 1_000 }, (_, second) =>
      says(node, fromMs + second * 1_000, node === 'one'),
    )
  const one = everySecond('one', 0, 130_000)
  const check = (two: typeof before, ...away: readonly Term[]) =>
    checkOnePrimary([...one, ...two], nodes, { during, away: new Map([['two', away]]) })

  test('answers from before the first fault alone are not enough', () => {
    expect(check(everySecond('two', 0, 130_000)).verdict).toBe('ok')
    expect(check(everySecond('two', 0, 10_000)).verdict).toBe('unknown')
  })
  test('who is silent for long may have done anything', () => {
    const two = [...everySecond('two', 0, 30_000), ...everySecond('two', 80_000, 130_000)]
    const { verdict, says } = check(two)
    expect(verdict).toBe('unknown')
    expect(says).toBe('two said nothing for 51.0 s, and was neither off nor frozen.')
  })
  test('who is silent until the end, too', () => {
    expect(check(everySecond('two', 0, 80_000)).verdict).toBe('unknown')
  })
  test('a silence in which it was off or frozen is explained, and no more of it', () => {
    const two = [...everySecond('two', 0, 30_000), ...everySecond('two', 110_000, 130_000)]
    expect(check(two, { fromMs: 30_000, toMs: 80_000 }).verdict).toBe('ok')
    expect(check(two, { fromMs: 30_000, toMs: 60_000 }).verdict).toBe('unknown')
    expect(check(everySecond('two', 0, 30_000), { fromMs: 30_000, toMs: Infinity }).verdict).toBe('ok')
    expect(check([], { fromMs: 10_000, toMs: Infinity }).verdict).toBe('ok')
  })
  test('an answer that took long breaks no silence', () => {
    const slow = { ...says('two', 40_000, false), answeredMs: 89_000 }
    const two = [...everySecond('two', 0, 40_000), slow, ...everySecond('two', 90_000, 130_000)]
    expect(check(two).verdict).toBe('unknown')
  })
})

test('property: terms of office that do not meet pass, terms that overlap do not', () => {
  const lengths = fc.array(fc.integer({ min: 3, max: 8 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(lengths, fc.integer({ min: 2, max: 5 }), (terms, overlap) => {
      let atMs = 0
      const rounds: { node: string; fromMs: number; toMs: number }[] = []
      for (const [index, length] of terms.entries()) {
        rounds.push({ node: nodes[index % 2]!, fromMs: atMs, toMs: atMs + length * 100 })
        atMs += length * 100 + 100
      }
      const sampled = (all: typeof rounds) =>
        nodes.flatMap((node) =>
          Array.from({ length: atMs / 100 + 10 }, (_, tick) => tick * 100 + (node === 'one' ? 0 : 50)).map(
            (ms) =>
              says(
                node,
                ms,
                all.some((term) => term.node === node && ms >= term.fromMs && ms < term.toMs),
              ),
          ),
        )
      expect(verdict(...sampled(rounds))).toBe('ok')
      const last = rounds.at(-1)!
      const other = nodes.find((node) => node !== last.node)!
      const usurper = { node: other, fromMs: last.toMs - overlap * 100, toMs: last.toMs }
      expect(verdict(...sampled([...rounds, usurper]))).toBe('violated')
    }),
  )
})
