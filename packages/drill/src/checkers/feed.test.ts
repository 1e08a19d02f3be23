import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Sketch, written } from '../../testing/histories.ts'
import { checkFeedComplete, checkFeedOrder } from './feed.ts'

const change = (seq: number, row: string, version: number) => ({
  kind: 'change',
  key: row,
  process: 'reader',
  answer: { seq: String(seq), version },
})
const snapshot = (seq: number, versions: Record<string, number>) => ({
  kind: 'snapshot',
  key: '',
  process: 'reader',
  answer: { seq: String(seq), versions },
})
const command = (row: string, version: number, outcome: 'ok' | 'unknown' = 'ok') => ({
  kind: 'command',
  key: `${row} ${version}`,
  process: 'dispatcher',
  outcome,
  answer: outcome === 'ok' ? { row, version } : null,
})
const nothingEnded = { count: 1, endedFromMs: new Map<string, number>() }
/** Rows that may have come to their end, from a time on. */
const ended = (...rows: readonly (readonly [row: string, fromMs: number])[]) => ({
  count: 1,
  endedFromMs: new Map(rows),
})
const order = (...sketches: readonly Sketch[]) => checkFeedOrder(written(...sketches), nothingEnded).verdict
const complete = (feed: readonly Sketch[], commands: readonly Sketch[], expected = nothingEnded) =>
  checkFeedComplete(written(...feed), written(...commands), expected).verdict

describe('order', () => {
  test('ascending places and versions', () => {
    expect(order(change(5, 'a', 1), change(6, 'b', 1), change(9, 'a', 2))).toBe('ok')
  })
  test('the same change twice', () => {
    expect(order(change(5, 'a', 1), change(5, 'a', 1))).toBe('violated')
  })
  test('an earlier change after a later one', () => {
    expect(order(change(6, 'b', 1), change(5, 'a', 1))).toBe('violated')
  })
  test('a version that is left out', () => {
    expect(order(change(5, 'a', 1), change(6, 'a', 3))).toBe('violated')
  })
  test('a version again under a new place', () => {
    expect(order(change(5, 'a', 1), change(6, 'a', 1))).toBe('violated')
  })
  test('numbers are compared as numbers, beyond what a double holds, too', () => {
    const big = { ...change(0, 'a', 1), answer: { seq: '9007199254740993', version: 1 } }
    const next = { ...change(0, 'a', 2), answer: { seq: '9007199254740992', version: 2 } }
    expect(order(big, next)).toBe('violated')
    expect(order(change(9, 'a', 1), change(10, 'a', 2))).toBe('ok')
  })
  test('a picture stands for what was before it', () => {
    expect(order(change(5, 'a', 1), snapshot(8, { a: 3 }), change(9, 'a', 4))).toBe('ok')
    expect(order(snapshot(8, { a: 3 }), change(9, 'a', 5))).toBe('violated')
    expect(order(snapshot(8, {}), change(8, 'a', 1))).toBe('violated')
  })
  test('a picture of a time before', () => {
    expect(order(change(5, 'a', 1), snapshot(4, {}))).toBe('violated')
  })
  test('nothing is known of a reader that got nothing', () => {
    expect(order()).toBe('unknown')
    expect(order(snapshot(8, {}))).toBe('unknown')
    const other = { ...snapshot(8, {}), process: 'other reader' }
    expect(order(change(1, 'a', 1), other)).toBe('unknown')
  })
  test('nothing is known when a reader recorded nothing', () => {
    expect(checkFeedOrder(written(change(1, 'a', 1)), { ...nothingEnded, count: 2 }).verdict).toBe('unknown')
  })
  test('a picture shows a row as it was before the reader knew it', () => {
    const feed = [change(5, 'delivery a', 1), change(6, 'delivery a', 2)]
    expect(order(...feed, snapshot(8, { 'delivery a': 1 }))).toBe('violated')
    expect(order(...feed, snapshot(8, { 'delivery a': 2 }), change(9, 'delivery a', 3))).toBe('ok')
    expect(order(snapshot(7, { 'delivery a': 2 }), snapshot(8, { 'delivery a': 1 }))).toBe('violated')
  })
  test('a picture lacks a row that the reader knew: it must have ended before', () => {
    const feed = written(change(5, 'delivery a', 1), { ...snapshot(8, {}), startMs: 100 })
    expect(checkFeedOrder(feed, nothingEnded).verdict).toBe('violated')
    expect(checkFeedOrder(feed, ended(['delivery a', 110])).verdict).toBe('ok')
    expect(checkFeedOrder(feed, ended(['delivery a', 111])).verdict).toBe('violated')
  })
  test('of rows that no recorded picture holds none has to be in one', () => {
    expect(order(change(5, 'courier a', 1), snapshot(8, {}))).toBe('ok')
  })
})

describe('completeness', () => {
  test('every acknowledged command came', () => {
    expect(complete([change(1, 'a', 1), change(2, 'a', 2)], [command('a', 1), command('a', 2)])).toBe('ok')
  })
  test('one never came', () => {
    expect(complete([change(1, 'a', 1)], [command('a', 1), command('b', 1)])).toBe('violated')
  })
  test('one of unknown outcome need not come', () => {
    expect(complete([change(1, 'a', 1)], [command('a', 1), command('b', 1, 'unknown')])).toBe('ok')
  })
  test('it came to one reader and not to the other', () => {
    const other = { ...change(1, 'b', 1), process: 'other reader' }
    expect(complete([change(1, 'a', 1), other], [command('a', 1)])).toBe('violated')
  })
  const seen = change(1, 'other', 1)
  const picture = (versions: Record<string, number>) => ({ ...snapshot(4, versions), startMs: 100 })
  test('a picture stands for the versions that it shows, and for none after', () => {
    expect(complete([seen, picture({ a: 2 })], [command('a', 1), command('a', 2)])).toBe('ok')
    expect(complete([seen, picture({ a: 1 })], [command('a', 1), command('a', 2)])).toBe('violated')
  })
  test('a picture without a row stands for nothing of it, whenever it came', () => {
    expect(complete([seen, picture({})], [command('a', 1)])).toBe('violated')
  })
  test('a picture without a row that had ended stands for what was asked for before', () => {
    expect(complete([seen, picture({})], [command('a', 1)], ended(['a', 110]))).toBe('ok')
    expect(complete([seen, picture({})], [command('a', 1)], ended(['a', 111]))).toBe('violated')
    const after = { ...command('a', 2), startMs: 111 }
    expect(complete([seen, picture({})], [after], ended(['a', 50]))).toBe('violated')
  })
  test('one that never came outweighs a reader of whom nothing is known', () => {
    const expected = { ...nothingEnded, count: 2 }
    expect(complete([change(1, 'a', 1)], [command('a', 1)], expected)).toBe('unknown')
    expect(complete([change(1, 'a', 1)], [command('b', 1)], expected)).toBe('violated')
  })
  test('nothing is known without readers or without commands', () => {
    expect(complete([], [command('a', 1)])).toBe('unknown')
    expect(complete([change(1, 'a', 1)], [])).toBe('unknown')
  })
})

/** Versions of a few rows in an order in which a log may have them. */
const log = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 40 }).map((rows) => {
  const versions = new Map<string, number>()
  return rows.map((row, index) => {
    const version = (versions.get(row) ?? 0) + 1
    versions.set(row, version)
    return { seq: index + 1, row, version }
  })
})

test('property: a log that is read from end to end passes; with a line left out, doubled or moved it does not', () => {
  fc.assert(
    fc.property(log, fc.nat(), (lines, pick) => {
      const changes = lines.map(({ seq, row, version }) => change(seq, row, version))
      const commands = lines.map(({ row, version }) => command(row, version))
      expect(order(...changes)).toBe('ok')
      expect(complete(changes, commands)).toBe('ok')
      const at = pick % changes.length
      expect(complete(changes.toSpliced(at, 1), commands)).toBe('violated')
      expect(order(...changes.toSpliced(at, 0, changes[at]!))).toBe('violated')
      if (at > 0)
        expect(order(...changes.toSpliced(at - 1, 2, changes[at]!, changes[at - 1]!))).toBe('violated')
    }),
  )
})
