import { expect, test } from 'vitest'
import { findUntruths, type StatusSample } from './status-watch.ts'

const sample = (askedMs: number, said: Partial<StatusSample> = {}): StatusSample => ({
  askedMs,
  answeredMs: askedMs + 400,
  level: 'healthy',
  writesPossible: true,
  silentHosts: [],
  ...said,
})
const every = (stepMs: number, fromMs: number, toMs: number) =>
  Array.from({ length: Math.floor((toMs - fromMs) / stepMs) + 1 }, (_, index) => fromMs + index * stepMs)
const flowing = { acknowledgedMs: every(10, 0, 60_000), off: null }
const stopped = { acknowledgedMs: [...every(10, 0, 10_000), ...every(10, 35_000, 60_000)], off: null }

test('healthy while writes flow is the truth', () => {
  expect(findUntruths([sample(10_000), sample(20_000)], flowing)).toEqual([])
})

test('writes that work are not told of after 5 s without any', () => {
  expect(findUntruths([sample(20_000)], stopped)).toEqual([
    expect.stringContaining('none had been acknowledged'),
  ])
})

test('for the first seconds nobody can know', () => {
  expect(findUntruths([sample(12_000)], stopped)).toEqual([])
})

test('the last moments before writes come back may be told early: the new primary takes them already', () => {
  expect(findUntruths([sample(33_000)], stopped)).toEqual([])
})

test('down while writes flow is a false alarm', () => {
  expect(findUntruths([sample(30_000, { level: 'down', writesPossible: false })], flowing)).toEqual([
    expect.stringContaining('while writes were acknowledged'),
  ])
})

test('a machine that is off is named and nothing is called healthy', () => {
  const off = { host: 'pg-node-2', fromMs: 5_000, toMs: 50_000 }
  expect(findUntruths([sample(20_000)], { ...flowing, off })).toHaveLength(2)
  expect(
    findUntruths([sample(20_000, { level: 'degraded', silentHosts: ['pg-node-2'] })], { ...flowing, off }),
  ).toEqual([])
})
