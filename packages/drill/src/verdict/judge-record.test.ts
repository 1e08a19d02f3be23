import { expect, test } from 'vitest'
import { happened, written } from '../../testing/histories.ts'
import { recorded } from '../../testing/record.ts'
import { holds, unlessBroken } from '../checkers/finding.ts'
import { drills } from '../drills/index.ts'
import type { DrillRecord } from './drill-record.ts'
import { judgeRecord } from './judge-record.ts'
import { type Rule, rules } from './rules.ts'

const answers = (workload: string, fromMs: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ kind: 'insert', workload, startMs: fromMs + index * 20 }))
const enough = written(...answers('inserts', 0, 40), ...answers('inserts', 2_000, 40))
const rule = (check: Rule['check']): Rule => ({
  name: 'it',
  says: 'It holds.',
  workloads: ['inserts'],
  check,
})
const ok = rule(() => holds('It holds.'))
const broken = rule(() => unlessBroken([{ says: 'It does not.', operations: [] }], ''))
const verdict = (of: DrillRecord, ...all: readonly Rule[]) => judgeRecord(of, all).verdict

test('what holds in a whole history is ok, one broken promise breaks all', () => {
  expect(verdict(recorded(enough), ok)).toBe('ok')
  expect(verdict(recorded(enough), ok, broken)).toBe('violated')
})

test('a checker that fails says unknown', () => {
  const fails = rule(() => {
    throw new Error('a bug')
  })
  const { verdict, findings } = judgeRecord(recorded(enough), [ok, fails])
  expect(verdict).toBe('unknown')
  expect(findings[1]).toMatchObject({ verdict: 'unknown', says: 'The check itself failed: a bug' })
})

test.each([
  { what: 'an empty history', of: recorded([]) },
  {
    what: 'too few answers before the fault',
    of: recorded(written(...answers('inserts', 900, 5), ...answers('inserts', 2_000, 40))),
  },
  { what: 'too few answers after it', of: recorded(written(...answers('inserts', 0, 40))) },
  {
    what: 'answers of others only',
    of: recorded(written(...answers('sessions', 0, 40), ...answers('sessions', 2_000, 40))),
  },
  { what: 'a drill that ended midway', of: recorded(enough, { events: happened(['injecting', 1_000]) }) },
  { what: 'a recorder that died', of: recorded(enough, { incomplete: 'The recorder died.' }) },
])('$what is never ok', ({ of }) => {
  expect(verdict(of, ok)).toBe('unknown')
})

test('a violation stands, however little else is known', () => {
  expect(verdict(recorded([], { incomplete: 'The recorder died.' }), broken)).toBe('violated')
})

test('requests that a drill gave up when it ended midway are not held against the app', () => {
  const open = written({ kind: 'command', workload: 'dispatchers', outcome: 'unknown', endMs: null })
  const settled = rules.filter(({ name }) => name === 'settled')
  const of = recorded(open, { setup: { ...recorded([]).setup, drill: drills[0]! } })
  expect(verdict(of, ...settled)).toBe('violated')
  expect(verdict({ ...of, incomplete: 'The recorder ended before the drill did.' }, ...settled)).toBe(
    'unknown',
  )
})

test('what screens would still have got when a drill ended midway is not held against the app', () => {
  const done = {
    kind: 'command',
    workload: 'dispatchers',
    answer: { row: 'delivery 1', version: 2 },
  } as const
  const seen = {
    kind: 'change',
    workload: 'screens',
    key: 'delivery 1',
    answer: { seq: '1', version: 1 },
  } as const
  const complete = rules.filter(({ name }) => name === 'feed-complete')
  const of = recorded(written(seen, done), { setup: { ...recorded([]).setup, drill: drills[0]! } })
  expect(verdict(of, ...complete)).toBe('violated')
  expect(verdict({ ...of, incomplete: 'The recorder ended before the drill did.' }, ...complete)).toBe(
    'unknown',
  )
})

test('nothing to check is unknown', () => {
  expect(verdict(recorded(enough))).toBe('unknown')
})

test('no rule is ok about a drill of which nothing was recorded', () => {
  const empty = recorded([], { nodes: [], events: [] })
  const restoring = drills.find(({ name }) => name === 'backup-restore')!
  const all = { ...empty, setup: { ...empty.setup, drill: restoring } }
  const { findings } = judgeRecord(all)
  expect(findings).toHaveLength(rules.length)
  expect(findings.filter(({ verdict }) => verdict !== 'unknown')).toEqual([])
})
