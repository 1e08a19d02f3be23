import { expect, test } from 'vitest'
import { findTwoPrimaries } from './primary-sampler.ts'

const says = (node: string, atMs: number, writable: boolean) => ({
  node,
  askedMs: atMs,
  answeredMs: atMs,
  writable,
  acknowledges: writable,
})

test('a node that says writable while another is between two such answers makes two primaries', () => {
  const samples = [
    says('pg-node-1', 0, true),
    says('pg-node-2', 100, true),
    says('pg-node-1', 200, true),
    says('pg-node-2', 300, true),
  ]
  expect(findTwoPrimaries(samples)).toEqual([{ nodes: ['pg-node-1', 'pg-node-2'], atMs: 100 }])
})

test('one primary after the other is no overlap', () => {
  const samples = [
    says('pg-node-1', 0, true),
    says('pg-node-1', 200, true),
    says('pg-node-1', 400, false),
    says('pg-node-2', 500, true),
    says('pg-node-2', 700, true),
  ]
  expect(findTwoPrimaries(samples)).toEqual([])
})

test('a primary that came back after it was a standby proves nothing about the time between', () => {
  const samples = [
    says('pg-node-1', 0, true),
    says('pg-node-1', 200, false),
    says('pg-node-2', 300, true),
    says('pg-node-2', 350, true),
    says('pg-node-1', 400, true),
  ]
  expect(findTwoPrimaries(samples)).toEqual([])
})

test('samples need not come in order', () => {
  const samples = [says('b', 50, true), says('a', 100, true), says('a', 0, true)]
  expect(findTwoPrimaries(samples)).toHaveLength(1)
})

test('an answer that took longer than the time between two of another proves nothing', () => {
  const slow = { ...says('b', 50, true), answeredMs: 150 }
  expect(findTwoPrimaries([says('a', 0, true), slow, says('a', 100, true)])).toEqual([])
})
