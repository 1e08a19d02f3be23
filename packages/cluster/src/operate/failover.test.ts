import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flushedLsn, type NodeState, viewOf } from '../../testing/cluster-view.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import type { Durability } from '../spec/cluster-spec.ts'
import { planFailover } from './failover.ts'

const reference = referenceSpec()
/** pg-node-1 led and is gone; etcd still knows who was in the quorum. */
const lossOf = (
  to: string,
  states: Record<string, NodeState>,
  durability: Durability = 'quorum',
): string | null => {
  const spec = { ...reference, postgresql: { ...reference.postgresql, durability } }
  return planFailover(
    spec,
    viewOf(spec, null, { 'pg-node-1': { silent: true, listed: { role: 'replica' } }, ...states }),
    to,
  ).loss
}
const reached = (lsn: number): NodeState => ({ node: { receivedLsn: lsn, replayedLsn: lsn } })

test('with a running primary a failover is refused in favour of a switchover', () => {
  expect(() => planFailover(reference, viewOf(reference, 'pg-node-1'), 'pg-node-2')).toThrow(
    'pg-node-1 is a running primary',
  )
})

test.each<[string, NodeState, string]>([
  ['does not answer', { silent: true }, 'did not answer'],
  ['does not run', { node: { state: 'stopped' } }, 'is stopped'],
  ['must not lead', { node: { tags: { nofailover: true } } }, 'nofailover'],
])('a node that %s cannot be promoted', (_, state, words) => {
  expect(() => lossOf('pg-node-2', { 'pg-node-2': state })).toThrow(words)
})

test('of two in the quorum only the one that has most is sure to have all', () => {
  const states = { 'pg-node-2': reached(flushedLsn), 'pg-node-3': reached(flushedLsn - 10) }
  expect(lossOf('pg-node-2', states)).toBeNull()
  expect(lossOf('pg-node-3', states)).toContain('pg-node-2 has 10 bytes of WAL more than pg-node-3')
})

test('what a silent member of the quorum has is not known', () => {
  expect(lossOf('pg-node-2', { 'pg-node-3': { silent: true } })).toContain('pg-node-3 was in the quorum too')
  expect(lossOf('pg-node-2', { 'pg-node-3': { silent: true, listed: { role: 'replica' } } })).toBeNull()
})

test('who was not in the quorum may lack anything, and so may everybody with async', () => {
  expect(lossOf('pg-node-2', { 'pg-node-2': { listed: { role: 'replica' } } })).toContain('not in the quorum')
  expect(lossOf('pg-node-2', {}, 'async')).toContain('durability async')
})

test('the synchronous standby has everything by itself', () => {
  const states = { 'pg-node-2': { listed: { role: 'sync_standby' } }, 'pg-node-3': { silent: true } } as const
  expect(lossOf('pg-node-2', states, 'sync')).toBeNull()
})

test('an acknowledged write, which any one standby of the quorum has, is on every node that is called safe', () => {
  const position = fc.integer({ min: 1, max: 1_000 })
  fc.assert(
    fc.property(position, position, (two, three) => {
      const acknowledged = Math.max(two, three)
      const states = { 'pg-node-2': reached(two), 'pg-node-3': reached(three) }
      if (lossOf('pg-node-2', states) === null) expect(two).toBeGreaterThanOrEqual(acknowledged)
      if (lossOf('pg-node-3', states) === null) expect(three).toBeGreaterThanOrEqual(acknowledged)
      // One of them is always safe to promote.
      expect([lossOf('pg-node-2', states), lossOf('pg-node-3', states)]).toContain(null)
    }),
  )
})
