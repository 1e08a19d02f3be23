import { expect, test } from 'vitest'
import { longestGap } from './acknowledged-writer.ts'

const at = (...times: number[]) => times.map((atMs) => ({ atMs }))

test('the gap is the longest silence between two acknowledgements', () => {
  expect(longestGap(at(0, 5, 10, 2_410, 2_415))).toEqual({ startMs: 10, gapMs: 2_400 })
})

test('of two equal silences the first is told', () => {
  expect(longestGap(at(0, 100, 200))).toEqual({ startMs: 0, gapMs: 100 })
})

test('one acknowledgement or none shows no gap', () => {
  expect(longestGap(at())).toBeNull()
  expect(longestGap(at(7))).toBeNull()
})
