import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flushedLsn, type NodeState, viewOf } from '../../testing/cluster-view.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { ClusterError } from '../cluster-error.ts'
import { planSwitchover, promotionProblem } from './plan-switchover.ts'
import { describeSwitchover } from './switchover.ts'

const spec = referenceSpec()
const withDurability = (durability: 'quorum' | 'sync' | 'async') => ({
  ...spec,
  postgresql: { ...spec.postgresql, durability },
})
const behind = (bytes: number): NodeState => ({
  node: { receivedLsn: flushedLsn - bytes, replayedLsn: flushedLsn - bytes },
})
const plan = (
  states: Record<string, NodeState>,
  to: string | null = null,
  from: string | null = 'pg-node-1',
) => {
  const { from: old, candidates, lagBytes } = planSwitchover(spec, viewOf(spec, from, states), to)
  return [old.host.name, candidates.map(({ host }) => host.name).join(), lagBytes]
}
const firstOf = (...input: Parameters<typeof planSwitchover>) =>
  planSwitchover(...input).candidates[0].host.name

test('two healthy standbys may both take over, the one with less lag first', () => {
  expect(plan({ 'pg-node-2': behind(500) })).toEqual(['pg-node-1', 'pg-node-3,pg-node-2', 500])
  expect(plan({ 'pg-node-2': behind(500), 'pg-node-3': behind(900) })).toEqual([
    'pg-node-1',
    'pg-node-2,pg-node-3',
    900,
  ])
  expect(plan({ 'pg-node-3': { silent: true } })).toEqual(['pg-node-1', 'pg-node-2', 0])
})

test('the one that is named is taken although it has more lag', () => {
  expect(plan({ 'pg-node-3': behind(900) }, 'pg-node-3')).toEqual(['pg-node-1', 'pg-node-3', 900])
})

test('a standby that was restarted has what it replayed, whatever it says to have received', () => {
  const restarted = { node: { receivedLsn: 16_384, replayedLsn: flushedLsn } }
  expect(plan({ 'pg-node-2': restarted }, 'pg-node-2')).toEqual(['pg-node-1', 'pg-node-2', 0])
})

test.each<[string, NodeState, string]>([
  ['it does not answer', { silent: true }, 'did not answer'],
  ['PostgreSQL does not run', { node: { state: 'start failed' } }, 'is start failed'],
  ['it does not stream', { node: { replicationState: 'in archive recovery' } }, 'does not stream'],
  ['it is on another timeline', { node: { timeline: 6 } }, 'timeline 6, the primary on 7'],
  ['commits do not wait for it', { node: { synchronous: false } }, 'not in the quorum'],
  ['its tag says no', { node: { tags: { nofailover: true } } }, 'nofailover'],
  ['its watchdog is broken', { node: { watchdogFailed: true } }, 'watchdog'],
  ['it is far behind', behind(spec.failover.maximumLagBytes + 1), 'maximumLagBytes'],
])('a standby is refused when %s', (_, state, words) => {
  const view = viewOf(spec, 'pg-node-1', { 'pg-node-2': state })
  expect(() => planSwitchover(spec, view, 'pg-node-2')).toThrow(words)
  expect(firstOf(spec, view, null)).toBe('pg-node-3')
})

test('with sync only the standby that is named by PostgreSQL may take over', () => {
  const sync = withDurability('sync')
  const view = viewOf(sync, 'pg-node-1', { 'pg-node-2': { node: { synchronous: false } } })
  expect(firstOf(sync, view, null)).toBe('pg-node-3')
  expect(() => planSwitchover(sync, view, 'pg-node-2')).toThrow('not the synchronous standby')
})

test('with async no standby needs to be in a quorum', () => {
  const async = withDurability('async')
  const view = viewOf(async, 'pg-node-1', {
    'pg-node-2': { node: { synchronous: false } },
    'pg-node-3': { node: { synchronous: false } },
  })
  expect(firstOf(async, view, null)).toBe('pg-node-2')
})

test('the primary itself, a stranger and a cluster without a primary are refused with what to do', () => {
  const problem = (to: string | null, leader: string | null) => {
    try {
      planSwitchover(spec, viewOf(spec, leader), to)
    } catch (error) {
      if (error instanceof ClusterError) return [error.code, error.message, error.fix]
    }
    throw new Error('nothing was refused')
  }
  expect(problem('pg-node-1', 'pg-node-1').join(' ')).toContain('is the primary already')
  expect(problem('pg-node-9', 'pg-node-1')[2]).toContain('pg-node-1, pg-node-2, pg-node-3')
  expect(problem(null, null).join(' ')).toMatch(/No node is a running primary.*fleet cluster failover/)
})

test('who holds the key and does not run is no primary', () => {
  const view = viewOf(spec, 'pg-node-1', { 'pg-node-1': { node: { state: 'stopping' } } })
  expect(() => planSwitchover(spec, view, null)).toThrow('pg-node-1 is a primary, stopping')
})

test('an operator is told of a pause and of the standby that is missing', () => {
  const view = viewOf(spec, 'pg-node-1', { 'pg-node-3': { silent: true } }, true)
  const lines = describeSwitchover(planSwitchover(spec, view, null), view).join('\n')
  expect(lines).toContain('from pg-node-1 (timeline 7) to pg-node-2')
  expect(lines).toContain('pg-node-3 does not stream')
  expect(lines).toContain('paused')
})

const anyState: fc.Arbitrary<NodeState> = fc.record({
  silent: fc.boolean(),
  node: fc.record({
    state: fc.constantFrom('running', 'starting', 'stopped', 'creating replica'),
    replicationState: fc.constantFrom('streaming', 'in archive recovery', null),
    synchronous: fc.boolean(),
    timeline: fc.constantFrom(6, 7, null),
    watchdogFailed: fc.boolean(),
    receivedLsn: fc.option(fc.integer({ min: 0, max: flushedLsn }), { nil: null }),
    replayedLsn: fc.option(fc.integer({ min: 0, max: flushedLsn }), { nil: null }),
  }),
})

test('whatever state the standbys are in, those that may be promoted are the candidates', () => {
  fc.assert(
    fc.property(anyState, anyState, fc.constantFrom('quorum', 'sync', 'async'), (two, three, durability) => {
      const any = withDurability(durability)
      const view = viewOf(any, 'pg-node-1', { 'pg-node-2': two, 'pg-node-3': three })
      const fit = view.members
        .slice(1)
        .filter((member) => promotionProblem(any, view, member) === null)
        .map(({ host }) => host.name)
      let chosen: readonly string[] = []
      try {
        chosen = planSwitchover(any, view, null).candidates.map(({ host }) => host.name)
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error
      }
      expect(chosen.toSorted()).toEqual(fit.toSorted())
    }),
  )
})
