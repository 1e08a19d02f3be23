import { expect, test } from 'vitest'
import { says } from '../../testing/histories.ts'
import { eventsHealthyAt, wholeRecord } from '../../testing/whole-record.ts'
import type { Json } from '../history/json-lines.ts'
import type { Operation } from '../history/operation.ts'
import type { DrillRecord } from './drill-record.ts'
import { judgeRecord } from './judge-record.ts'
import { rules } from './rules.ts'

type Violation = (record: DrillRecord) => DrillRecord

const withOperations = (
  record: DrillRecord,
  change: (operations: readonly Operation[]) => readonly Operation[],
): DrillRecord => ({
  ...record,
  history: { ...record.history, operations: change(record.history.operations) },
})

/** Changes the last operation of a workload and kind. */
const changed =
  (workload: string, kind: string, change: (operation: Operation) => Partial<Operation>): Violation =>
  (record) =>
    withOperations(record, (operations) => {
      const at = operations.findLastIndex((each) => each.workload === workload && each.kind === kind)
      return operations.with(at, { ...operations[at]!, ...change(operations[at]!) })
    })

const found = (workload: string, change: (keys: readonly Json[]) => readonly Json[], kind = 'read-all') =>
  changed(workload, kind, ({ answer }) => ({ answer: change(answer as readonly Json[]) }))

/** Nobody of a workload was answered for two seconds. */
const silent =
  (workload: string, kind: string): Violation =>
  (record) =>
    withOperations(record, (operations) =>
      operations.filter(
        (each) =>
          each.workload !== workload || each.kind !== kind || each.startMs < 1_000 || each.startMs > 3_000,
      ),
    )

const writtenOnce = ['inserts', 'dispatchers', 'trackers'].flatMap((workload) => [
  [`${workload}-kept`, found(workload, (keys) => keys.slice(1))] as const,
  [`${workload}-once`, found(workload, (keys) => [...keys, keys[0]!])] as const,
  [`${workload}-asked`, found(workload, (keys) => [...keys, 'nobody asked for this'])] as const,
])

const violations: Readonly<Record<string, Violation>> = {
  ...Object.fromEntries(writtenOnce),
  restored: found('inserts', (keys) => keys.slice(1), 'read-restored'),
  'rows-linearizable': changed('registers', 'read', () => ({ answer: 0 })),
  'read-your-writes': changed('sessions', 'read', () => ({ answer: 0 })),
  'feed-in-order': (record) =>
    withOperations(record, (operations) => {
      const at = operations.findIndex(({ kind }) => kind === 'change')
      return operations.toSpliced(at, 0, operations[at]!)
    }),
  'feed-complete': (record) =>
    withOperations(record, (operations) =>
      operations.toSpliced(
        operations.findLastIndex(({ kind }) => kind === 'change'),
        1,
      ),
    ),
  'looks-back': changed('screens', 'look-back', () => ({ answer: { ids: [], isWhole: true } })),
  'delivery-states': changed('dispatchers', 'timeline', ({ answer }) => ({
    answer: (answer as readonly Json[]).toSpliced(1, 1),
  })),
  settled: changed('trackers', 'fix', () => ({ outcome: 'unknown', endMs: null })),
  'no-errors-seen': changed('dispatchers', 'command', () => ({ outcome: 'fail', why: 'forbidden: no' })),
  'no-refusals': changed('trackers', 'fix', () => ({ outcome: 'fail', why: 'not_found: no such device' })),
  'one-primary': (record) => ({
    ...record,
    nodes: [...record.nodes, says('two', 1_950, true), says('two', 2_250, true)],
  }),
  'write-gap': silent('inserts', 'insert'),
  'read-gap': silent('sessions', 'look'),
  'app-gap': silent('dispatchers', 'command'),
  'app-beyond-cluster': silent('dispatchers', 'command'),
  'healthy-again': (record) => ({ ...record, events: eventsHealthyAt(3_500) }),
}

const findingOf = (record: DrillRecord, rule: string) =>
  judgeRecord(record).findings.find((finding) => finding.rule === rule)

test('a run in which everything held is ok by every rule', () => {
  const { verdict, findings } = judgeRecord(wholeRecord())
  expect(findings.filter((finding) => finding.verdict !== 'ok')).toEqual([])
  expect(findings.map(({ rule }) => rule)).toEqual(rules.map(({ name }) => name))
  expect(verdict).toBe('ok')
})

test.each(rules.map(({ name }) => name))('what breaks %s is found', (name) => {
  const broken = violations[name]!(wholeRecord())
  expect(findingOf(broken, name)).toMatchObject({ verdict: 'violated' })
  expect(judgeRecord(broken).verdict).toBe('violated')
})

test('an app that the drill restarts may be away for as long as the drill says', () => {
  const quiet = silent('dispatchers', 'command')(wholeRecord())
  const { setup } = quiet
  const { steps, limits } = setup.drill
  const restarted = {
    ...setup.drill,
    steps: [...steps, { atS: 1, fault: { do: 'restart-app' }, healAtS: null } as const],
    limits: { ...limits, appGapMs: 4_000 },
  }
  expect(findingOf({ ...quiet, setup: { ...setup, drill: restarted } }, 'app-beyond-cluster')?.verdict).toBe(
    'ok',
  )
})
