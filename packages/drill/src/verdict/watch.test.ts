import { expect, test } from 'vitest'
import type { DrillEvent } from '../history/observations.ts'
import { happened } from '../../testing/histories.ts'
import { recorded } from '../../testing/record.ts'
import { drills } from '../drills/index.ts'
import { describeFault, type Fault } from '../faults/fault.ts'
import { nameInCast } from '../faults/cast.ts'
import { watchOf } from './watch.ts'

const { setup } = recorded([])
type Happened = readonly [DrillEvent['kind'], number]
const watchDuring = (fault: Fault, ...more: readonly Happened[]) => {
  const text = describeFault(fault, nameInCast(setup.cast))
  const drill = { ...drills[0]!, steps: [{ atS: 1, fault, healAtS: 2 }] }
  const events = happened(...more).map((event) =>
    event.kind === 'injecting' || event.kind === 'healed' ? { ...event, text } : event,
  )
  return watchOf({ setup: { ...setup, drill }, events })
}
const whole: readonly Happened[] = [
  ['injecting', 1_000],
  ['healed', 3_000],
  ['stopped', 9_000],
]

test.each([
  { do: 'power-off', on: 'primary' },
  { do: 'hang', process: 'postgres', on: 'primary' },
  { do: 'delete-data', on: 'primary' },
] as const)('a node is away from $do until it is healed', (fault) => {
  expect(watchDuring(fault, ...whole)).toEqual({
    during: { fromMs: 1_000, toMs: 9_000 },
    away: new Map([['one', [{ fromMs: 1_000, toMs: 3_000 }]]]),
  })
})

test('a node that was never healed is away until the end', () => {
  const watch = watchDuring({ do: 'power-off', on: 'primary' }, ['injecting', 1_000], ['stopped', 9_000])
  expect(watch?.away.get('one')).toEqual([{ fromMs: 1_000, toMs: Infinity }])
})

test('what leaves PostgreSQL running explains no silence', () => {
  for (const process of ['patroni', 'etcd'])
    expect(watchDuring({ do: 'hang', process, on: 'primary' }, ...whole)?.away.size).toBe(0)
  expect(watchDuring({ do: 'isolate', on: 'primary' }, ...whole)?.away.size).toBe(0)
})

test('a drill that ended midway was not watched', () => {
  expect(watchDuring({ do: 'power-off', on: 'primary' }, ['injecting', 1_000])).toBeNull()
})
