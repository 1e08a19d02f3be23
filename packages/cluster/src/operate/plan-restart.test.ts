import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NodeState, viewOf } from '../../testing/cluster-view.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { planRestart, type RestartOptions } from './plan-restart.ts'

const spec = referenceSpec()
const names = hostsWith(spec, 'postgresql').map(({ name }) => name)
const all: RestartOptions = { node: null, onlyPending: false, inPlace: false }
const pending = (setting: string, running: string, wanted: string): NodeState => ({
  node: { pendingRestart: true, pendingRestartReasons: [{ setting, running, wanted }] },
})
const steps = (
  options: Partial<RestartOptions>,
  states: Record<string, NodeState> = {},
  leader = 'pg-node-1',
) =>
  planRestart(spec, viewOf(spec, leader, states), { ...all, ...options }).map((step) =>
    step.do === 'switchover' ? `switchover ${step.from.name}` : `${step.do} ${step.host.name}`,
  )

test('standbys are restarted first, then one of them takes over, and the old primary needs no restart', () => {
  expect(steps({}, {}, 'pg-node-2')).toEqual([
    'restart-standby pg-node-1',
    'restart-standby pg-node-3',
    'switchover pg-node-2',
  ])
})

test('one node alone is restarted: a standby as it is, the primary by a switchover or where it is', () => {
  expect(steps({ node: 'pg-node-3' })).toEqual(['restart-standby pg-node-3'])
  expect(steps({ node: 'pg-node-1' })).toEqual(['switchover pg-node-1'])
  expect(steps({ node: 'pg-node-1', inPlace: true })).toEqual(['restart-primary pg-node-1'])
})

test('only nodes where a setting waits are touched, so that a second run has nothing to do', () => {
  const waits = pending('max_connections', '50', '90')
  expect(steps({ onlyPending: true })).toEqual([])
  expect(steps({ onlyPending: true }, { 'pg-node-3': waits })).toEqual(['restart-standby pg-node-3'])
  expect(steps({ onlyPending: true }, { 'pg-node-1': waits })).toEqual(['switchover pg-node-1'])
})

test('a smaller max_connections reaches the primary first, else standbys would not start', () => {
  const less = pending('max_connections', '90', '50')
  const states = { 'pg-node-1': less, 'pg-node-2': less, 'pg-node-3': less }
  expect(steps({ onlyPending: true }, states)).toEqual([
    'restart-primary pg-node-1',
    'restart-standby pg-node-2',
    'restart-standby pg-node-3',
  ])
  const memory = pending('shared_buffers', '900', '500')
  expect(steps({ onlyPending: true }, { 'pg-node-1': memory })).toEqual(['switchover pg-node-1'])
})

test('a restart is refused while another node is not well, but may be what heals the node itself', () => {
  const sick: NodeState = { node: { replicationState: null } }
  expect(() => steps({}, { 'pg-node-3': sick })).toThrow('pg-node-3 does not stream')
  expect(() => steps({ node: 'pg-node-2' }, { 'pg-node-3': sick })).toThrow('too few nodes')
  expect(steps({ node: 'pg-node-3' }, { 'pg-node-3': sick })).toEqual(['restart-standby pg-node-3'])
})

test('a paused cluster is not restarted', () => {
  expect(() => planRestart(spec, viewOf(spec, 'pg-node-1', {}, true), all)).toThrow('paused')
})

test('whoever leads and whatever waits, each node due is covered once and a primary is never last but by a switchover', () => {
  const anyPending = fc.boolean().map((is) => (is ? pending('wal_buffers', '1', '2') : {}))
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.tuple(anyPending, anyPending, anyPending),
      fc.boolean(),
      (leader, [one, two, three], onlyPending) => {
        const states: Record<string, NodeState> = { 'pg-node-1': one, 'pg-node-2': two, 'pg-node-3': three }
        const plan = planRestart(spec, viewOf(spec, leader, states), { ...all, onlyPending })
        const due = names.filter((name) => !onlyPending || states[name]?.node !== undefined)
        const covered = plan.map((step) => (step.do === 'switchover' ? step.from.name : step.host.name))
        expect([...covered].sort()).toEqual([...due].sort())
        expect(plan.filter((step) => step.do === 'restart-primary')).toEqual([])
        const change = plan.findIndex((step) => step.do === 'switchover')
        expect(change).toBe(due.includes(leader) ? plan.length - 1 : -1)
      },
    ),
  )
})
