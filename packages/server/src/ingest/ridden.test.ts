import { expect, test } from 'vitest'
import { makeFix } from './fleet-fixture.ts'
import { riddenM } from './ridden.ts'

test('a ride counts the way between two fixes', () => {
  expect(riddenM(makeFix(0, 0), makeFix(1000, 6))).toBeCloseTo(6, 1)
})

test('a receiver that wanders while the bike stands rides nothing', () => {
  expect(riddenM(makeFix(0, 0), makeFix(1000, 4, { speedMps: 0 }))).toBe(0)
  expect(
    riddenM(makeFix(0, 0, { accuracyM: null }), makeFix(1000, 20, { speedMps: 0.2, accuracyM: null })),
  ).toBe(0)
})

test('a bike that stands again after a long silence has ridden the way there', () => {
  expect(riddenM(makeFix(0, 0), makeFix(300_000, 900, { speedMps: 0 }))).toBeCloseTo(900, 0)
})

test('a tracker that does not know its speed is believed', () => {
  expect(riddenM(makeFix(0, 0), makeFix(1000, 3, { speedMps: null }))).toBeCloseTo(3, 1)
})
