import { expect, test } from 'vitest'
import { HealthRecord, type DatabaseState } from './health.ts'

test('since-when is when it became fine, or when it stopped being fine, whatever came in between', () => {
  let now = 1_000
  const health = new HealthRecord('away', () => now)
  const at = (timeMs: number, state: DatabaseState) => {
    now = timeMs
    health.setState(state)
    return health.current().sinceMs
  }
  expect(health.current()).toMatchObject({ state: 'away', sinceMs: 1_000 })
  expect(at(2_000, 'fine')).toBe(2_000)
  expect(at(3_000, 'fine')).toBe(2_000)
  expect(at(4_000, 'switching')).toBe(4_000)
  expect(at(5_000, 'read_only')).toBe(4_000)
  expect(at(6_000, 'away')).toBe(4_000)
  expect(at(7_000, 'fine')).toBe(7_000)
})

test('subscribers are told of every change of the state, once, until they leave', () => {
  const health = new HealthRecord('fine', () => 0)
  const told: DatabaseState[] = []
  const leave = health.onStateChange(({ state }) => told.push(state))
  health.setState('switching')
  health.setState('switching')
  health.setState('fine')
  leave()
  health.setState('away')
  expect(told).toEqual(['switching', 'fine'])
})

test('what is counted is a copy: later counts do not change it', () => {
  const health = new HealthRecord('fine', () => 0)
  health.countRetry('conflict')
  const before = health.current()
  health.countRetry('conflict')
  health.countUnknown('applied')
  expect(before).toMatchObject({ retries: { conflict: 1 }, unknownOutcomes: { applied: 0 } })
  expect(health.current()).toMatchObject({ retries: { conflict: 2 }, unknownOutcomes: { applied: 1 } })
})
