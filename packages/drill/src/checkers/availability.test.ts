import { describe, expect, test } from 'vitest'
import { happened, written } from '../../testing/histories.ts'
import { checkBeyondCluster, checkGap, checkHealthyAgain, longestGap } from './availability.ts'

const answers = (...endMs: number[]) =>
  written(...endMs.map((ms) => ({ kind: 'insert', startMs: ms - 1, endMs: ms })))
const events = happened(['injecting', 1_000], ['settled', 2_000], ['healthy', 4_000], ['stopped', 9_000])

describe('the longest silence', () => {
  test('from the last answer before the fault', () => {
    expect(longestGap(answers(900, 3_000, 3_100), 1_000, 3_200)).toEqual({ startMs: 900, gapMs: 2_100 })
  })
  test('what was before the fault does not count', () => {
    expect(longestGap(answers(0, 800, 1_100, 1_200), 1_000, 1_300)).toEqual({ startMs: 800, gapMs: 300 })
  })
  test('one that never ended counts until the clients were stopped', () => {
    expect(longestGap(answers(900), 1_000, 9_000)).toEqual({ startMs: 900, gapMs: 8_100 })
  })
  test('refusals are no answers', () => {
    const refused = written({ kind: 'insert', endMs: 900 }, { kind: 'insert', endMs: 1_500, outcome: 'fail' })
    expect(longestGap(refused, 1_000, 2_000)?.gapMs).toBe(1_100)
  })
})

test('a silence beyond the limit is broken, one within holds', () => {
  const steady = Array.from({ length: 90 }, (_, index) => index * 100)
  const silent = answers(...steady.filter((ms) => ms < 1_100 || ms > 4_000))
  expect(checkGap(silent, events, 3_100).verdict).toBe('ok')
  const { verdict, evidence } = checkGap(silent, events, 2_000)
  expect(verdict).toBe('violated')
  expect(evidence[0]?.operations).toHaveLength(2)
})

test('nothing is known of a gap without a beginning or an end', () => {
  expect(checkGap(answers(), events, 100).verdict).toBe('unknown')
  expect(checkGap(answers(2_000), events, 100).verdict).toBe('unknown')
  expect(checkGap(answers(500, 2_000), happened(['injecting', 1_000]), 100).verdict).toBe('unknown')
})

describe('the app beyond the cluster', () => {
  const steady = Array.from({ length: 90 }, (_, index) => index * 100)
  const silentUntil = (ms: number) => answers(...steady.filter((at) => at < 1_100 || at > ms))
  const verdict = (appMs: number, clusterMs: number) =>
    checkBeyondCluster(silentUntil(appMs), silentUntil(clusterMs), events, 1_500).verdict
  test('within what is promised', () => {
    expect(verdict(4_500, 3_000)).toBe('ok')
    expect(verdict(2_000, 6_000)).toBe('ok')
  })
  test('longer, with the answers around both silences', () => {
    expect(verdict(4_600, 3_000)).toBe('violated')
    const { evidence } = checkBeyondCluster(silentUntil(6_000), silentUntil(3_000), events, 1_500)
    expect(evidence[0]?.operations.map(({ endMs }) => endMs)).toEqual([1_000, 3_100, 1_000, 6_100])
  })
  test('nothing is known without answers of both before the fault, or without an end', () => {
    const some = silentUntil(3_000)
    const none = answers(2_000)
    expect(checkBeyondCluster(some, none, events, 1_500).verdict).toBe('unknown')
    expect(checkBeyondCluster(none, some, events, 1_500).verdict).toBe('unknown')
    expect(checkBeyondCluster(some, some, happened(['injecting', 1_000]), 1_500).verdict).toBe('unknown')
  })
})

describe('healthy again', () => {
  test('in time', () => expect(checkHealthyAgain(events, 2_000).verdict).toBe('ok'))
  test('too late', () => expect(checkHealthyAgain(events, 1_999).verdict).toBe('violated'))
  test('never', () =>
    expect(checkHealthyAgain(happened(['settled', 0], ['stopped', 5_000]), 4_000).verdict).toBe('violated'))
  test('before the last fault was healed does not count', () =>
    expect(
      checkHealthyAgain(happened(['healthy', 500], ['settled', 1_000], ['stopped', 9_000]), 4_000).verdict,
    ).toBe('violated'))
  test('nothing is known when nobody waited long enough', () =>
    expect(checkHealthyAgain(happened(['settled', 0], ['stopped', 1_000]), 4_000).verdict).toBe('unknown'))
  test('nothing is known when the drill ended midway', () =>
    expect(checkHealthyAgain(happened(['injecting', 0]), 4_000).verdict).toBe('unknown'))
})
