import type { ChangeMessage, LiveSnapshot } from '@fleet/api'
import type { Bike, BikeId } from '@fleet/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyChanges, applySnapshot, emptyRegistry } from './registry.ts'

const bike = (id: string, version: number): Bike => ({
  id: id as BikeId,
  no: Number(id),
  code: `AMS-000${id}`,
  kind: 'city',
  status: 'available',
  note: `v${version}`,
  version,
  createdAtMs: 0,
  updatedAtMs: 0,
  demo: false,
})

const change = (id: string, version: number, removed = false, seq = version): ChangeMessage => ({
  seq: String(seq),
  atMs: 0,
  kind: 'bike',
  id,
  version,
  entity: removed ? null : bike(id, version),
  command: removed ? 'bike.remove' : 'bike.update',
  actorId: null,
  actor: 'test',
})

const snapshot = (seq: string, bikes: Bike[], logId = 'log'): LiveSnapshot => ({
  type: 'snapshot',
  seq,
  logId,
  serverTimeMs: 0,
  bikes,
  couriers: [],
  deliveries: [],
  issues: [],
  zones: [],
  devices: [],
  latest: [],
})

describe('changes', () => {
  it('never replace a row by an older one', () => {
    const held = applyChanges(emptyRegistry, '9', [change('1', 9)])
    expect(applyChanges(held, '9', [change('1', 3)]).bikes.get('1')?.version).toBe(9)
  })

  it('do not bring a removed row back', () => {
    const removed = applyChanges(emptyRegistry, '5', [change('1', 4), change('1', 5, true)])
    expect(applyChanges(removed, '5', [change('1', 4)]).bikes.has('1')).toBe(false)
  })

  it('leave collections that they do not touch as they are', () => {
    const before = applySnapshot(emptyRegistry, snapshot('1', [bike('1', 1)]))
    const after = applyChanges(before, '2', [change('1', 2)])
    expect(after.couriers).toBe(before.couriers)
    expect(after.bikes).not.toBe(before.bikes)
    expect(before.bikes.get('1')?.version).toBe(1)
  })

  it('end the same in any order and any number of times', () => {
    const history = fc
      .array(fc.tuple(fc.constantFrom('1', '2', '3'), fc.boolean()), { maxLength: 20 })
      .map((steps) => {
        const versions = new Map<string, number>()
        return steps.map(([id, removed], i) => {
          const version = (versions.get(id) ?? 0) + 1
          versions.set(id, version)
          return change(id, version, removed, i + 1)
        })
      })
    fc.assert(
      fc.property(
        history.chain((changes) =>
          fc.tuple(
            fc.constant(changes),
            fc.shuffledSubarray([...changes, ...changes], { minLength: changes.length * 2 }),
          ),
        ),
        ([ordered, shuffled]) => {
          const expected = applyChanges(emptyRegistry, String(ordered.length), ordered)
          let actual = emptyRegistry
          for (const one of shuffled) actual = applyChanges(actual, one.seq, [one])
          expect(actual.bikes).toEqual(expected.bikes)
        },
      ),
    )
  })

  it('move the place in the log forwards only', () => {
    const held = applyChanges(emptyRegistry, '100', [])
    expect(applyChanges(held, '99', []).seq).toBe('100')
  })
})

describe('a snapshot', () => {
  it('replaces everything', () => {
    const held = applySnapshot(emptyRegistry, snapshot('1', [bike('1', 1)]))
    expect([...applySnapshot(held, snapshot('2', [bike('2', 1)])).bikes.keys()]).toEqual(['2'])
  })

  it('of the same log that is older than what is held changes nothing', () => {
    const held = applySnapshot(emptyRegistry, snapshot('10', [bike('1', 2)]))
    expect(applySnapshot(held, snapshot('9', []))).toBe(held)
  })

  it('of another log counts whatever its place: the database was restored', () => {
    const held = applySnapshot(emptyRegistry, snapshot('10', [bike('1', 2)]))
    expect(applySnapshot(held, snapshot('3', [bike('1', 1)], 'other')).bikes.get('1')?.version).toBe(1)
  })
})
