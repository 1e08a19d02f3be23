import type { Json } from '../src/history/json-lines.ts'
import { drills } from '../src/drills/index.ts'
import { everybody, type Drill } from '../src/drills/drill.ts'
import type { Operation } from '../src/history/operation.ts'
import type { DrillRecord } from '../src/verdict/drill-record.ts'
import { happened, says, type Sketch, written } from './histories.ts'
import { recorded } from './record.ts'

const stoppedMs = 4_000
const restoredMs = 1_505
const times = (everyMs: number) => Array.from({ length: stoppedMs / everyMs }, (_, index) => index * everyMs)
const readAll = (workload: string, answer: Json): Sketch => ({
  workload,
  process: 'auditor',
  kind: 'read-all',
  startMs: stoppedMs + 100,
  answer,
})

const inserts = times(20).map((startMs) => ({
  workload: 'inserts',
  process: 'writer-1',
  kind: 'insert',
  key: String(startMs),
  startMs,
}))
const copy = { workload: 'inserts', process: 'restore', key: 'copy' }
const restoring: readonly Sketch[] = [
  { ...copy, kind: 'restore-point', startMs: restoredMs },
  {
    ...copy,
    kind: 'read-restored',
    startMs: restoredMs + 100,
    answer: inserts.filter(({ startMs }) => startMs <= restoredMs).map(({ key }) => key),
  },
]

/** Who writes a number, and reads it. */
const writesAndReads = (workload: string, process: string): readonly Sketch[] =>
  times(40).flatMap((startMs) => [
    { workload, process, kind: 'write', key: process, value: startMs, startMs },
    { workload, process, kind: 'read', key: process, answer: startMs, startMs: startMs + 20 },
  ])
const looks = times(40).map((startMs) => ({
  workload: 'sessions',
  process: 'looker',
  kind: 'look',
  startMs,
  answer: 1,
}))

const steps = [
  { event: 'create', status: 'unassigned' },
  { event: 'assign', status: 'assigned' },
  { event: 'pick_up', status: 'picked_up' },
  { event: 'deliver', status: 'delivered' },
]
const deliveries = times(80).map((startMs) => ({ id: `d${startMs}`, startMs }))
const commands = deliveries.flatMap(({ id, startMs }) =>
  steps.map(({ event, status }, index) => ({
    workload: 'dispatchers',
    process: 'dispatcher-1',
    kind: 'command',
    key: `${id} ${event}`,
    value: { contended: false },
    answer: { row: `delivery ${id}`, version: index + 1, status },
    startMs: startMs + index * 20,
  })),
)
const timelines = deliveries.map(({ id }) => ({
  workload: 'dispatchers',
  process: 'auditor',
  kind: 'timeline',
  key: id,
  startMs: stoppedMs + 100,
  answer: steps,
}))
const feeds = ['screen-1', 'screen-2'].flatMap((process): readonly Sketch[] => [
  { workload: 'screens', process, kind: 'snapshot', key: '', startMs: 0, answer: { seq: '0', versions: {} } },
  ...commands.map(({ answer: { row, version }, startMs }, index) => ({
    workload: 'screens',
    process,
    kind: 'change',
    key: row,
    startMs: startMs + 10,
    answer: { seq: String(index + 1), version },
  })),
])
const looksBack = times(500).map((startMs) => ({
  workload: 'screens',
  process: 'look-back',
  kind: 'look-back',
  startMs,
  value: { fromMs: 0 },
  answer: { ids: deliveries.filter((each) => each.startMs < startMs).map(({ id }) => id), isWhole: true },
}))
const fixes = times(40).map((startMs) => ({
  workload: 'trackers',
  process: 'phone-1',
  kind: 'fix',
  key: `phone-1 ${startMs}`,
  startMs,
}))

const operations = (): readonly Operation[] =>
  [
    ...written(
      ...inserts,
      ...restoring,
      readAll(
        'inserts',
        inserts.map(({ key }) => key),
      ),
      ...writesAndReads('registers', 'row-1'),
      ...writesAndReads('sessions', 'session-1'),
      ...looks,
      ...commands,
      ...timelines,
      readAll(
        'dispatchers',
        commands.map(({ key }) => key),
      ),
      ...feeds,
      ...looksBack,
      ...fixes,
      readAll(
        'trackers',
        fixes.map(({ key }) => key),
      ),
    ),
  ].sort((a, b) => a.startMs - b.startMs)

const drill: Drill = {
  ...drills[0]!,
  workloads: everybody,
  steps: [{ atS: 1, fault: { do: 'restore-backup', on: 'standby' }, healAtS: null }],
  limits: { writeGapMs: 1_000, readGapMs: 1_000, appGapMs: 1_000, healthyAgainMs: 1_000 },
}

/**
 * A run in which everybody worked, whose only fault, from 1 s to 2 s, was the restoring of a copy, and in which every rule
 * holds.
 */
export function wholeRecord(): DrillRecord {
  const { setup, ...record } = recorded(operations(), {
    nodes: times(200).flatMap((ms) => [says('one', ms, true), says('two', ms + 100, false)]),
  })
  return {
    ...record,
    setup: {
      ...setup,
      drill,
      nodes: ['one', 'two'],
      deliveryTransitions: {
        unassigned: { assign: 'assigned' },
        assigned: { pick_up: 'picked_up' },
        picked_up: { deliver: 'delivered' },
      },
    },
  }
}

/** As in a whole record, but healthy again only then. */
export const eventsHealthyAt = (healthyMs: number) =>
  happened(['injecting', 1_000], ['settled', 2_000], ['healthy', healthyMs], ['stopped', stoppedMs])
