import type { Fix } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DirectoryEntry } from './device-directory.ts'
import { assembleBatch, codeOf, moveMarkers } from './fix-chain.ts'
import { makeFix } from './fleet-fixture.ts'
import { MarkerTable } from './marker-table.ts'
import { outcomes, Submission } from './submission.ts'

const nowMs = Date.UTC(2026, 5, 1, 12)

const owner = (bikeNo: number | null): DirectoryEntry => ({
  deviceNo: (bikeNo ?? 0) + 100,
  trackerId: `t${bikeNo}`,
  mount: { on: 'bike', bikeId: '' as never },
  bikeNo,
  courierNo: null,
})

function assemble(markers: MarkerTable, ...fixes: readonly (readonly [number | null, Fix])[]) {
  const submission = new Submission('batch', fixes.length, 0)
  for (const [i, [bikeNo, fix]] of fixes.entries()) submission.addFix(fix, owner(bikeNo), i)
  return assembleBatch([{ submission, from: 0, to: fixes.length, withHeartbeats: true }], markers, nowMs)
}

const allStored = (count: number) => Array<boolean>(count).fill(true)

test('the fixes of a batch are judged against each other, in the order of their times', () => {
  const markers = new MarkerTable()
  const assembled = assemble(
    markers,
    [1, makeFix(nowMs - 8_000, 10)],
    // 90 m in one second from the fix before it, 40 m in nine from the one before in time.
    [1, makeFix(nowMs - 9_000, 0)],
    [1, makeFix(nowMs - 1_000, 2_000)],
    [1, makeFix(nowMs - 7_000, 20)],
  )
  expect(assembled.fixes.map(({ flag }) => flag)).toEqual([null, null, 'jump', null])
  expect(assembled.fixes.map(({ riddenM }) => Math.round(riddenM))).toEqual([10, 0, 0, 10])
  const { moved } = moveMarkers(assembled, allStored(4), markers)
  expect(moved).toMatchObject([{ bikeNo: 1, timeMs: nowMs - 7_000 }])
  expect(moved[0]!.odometerM).toBeCloseTo(20, 0)
})

test('a late fix is kept and moves nothing', () => {
  const markers = new MarkerTable()
  moveMarkers(assemble(markers, [1, makeFix(nowMs - 1_000, 100)]), [true], markers)
  const late = assemble(markers, [1, makeFix(nowMs - 60_000, 0)])
  expect(late.fixes[0]).toMatchObject({ flag: null, riddenM: 0 })
  expect(moveMarkers(late, [true], markers)).toEqual({ moved: [], behind: false })
  expect(markers.get(1)?.timeMs).toBe(nowMs - 1_000)
})

test('a fix that history held already moves nothing, and says that our marker is behind', () => {
  const markers = new MarkerTable()
  const assembled = assemble(markers, [1, makeFix(nowMs - 2_000)], [2, makeFix(nowMs - 2_000)])
  const { moved, behind } = moveMarkers(assembled, [false, true], markers)
  expect(moved.map(({ bikeNo }) => bikeNo)).toEqual([2])
  expect(behind).toBe(true)
})

test('a fix of a tracker on no bike is kept without a marker', () => {
  const markers = new MarkerTable()
  const assembled = assemble(markers, [null, makeFix(nowMs)], [null, makeFix(nowMs + 3_600_000)])
  expect(assembled.fixes.map(({ flag }) => flag)).toEqual([null, 'future'])
  expect(moveMarkers(assembled, allStored(2), markers).moved).toEqual([])
})

test('what became of a fix is told apart', () => {
  const { fixes } = assemble(
    new MarkerTable(),
    [1, makeFix(nowMs - 3_000)],
    [1, makeFix(nowMs - 2_000, 0, { accuracyM: 500 })],
    [1, makeFix(nowMs + 3 * 86_400_000)],
  )
  const outcome = (i: number, stored: boolean) => outcomes[codeOf(fixes[i]!, stored, nowMs)]
  expect(outcome(0, true)).toBe('stored')
  expect(outcome(0, false)).toBe('duplicate')
  expect(outcome(1, true)).toBe('inaccurate')
  expect(outcome(2, false)).toBe('too_far_ahead')
})

test('the order in which fixes of several bikes arrive changes neither flags nor ways', () => {
  const arrival = fc.array(
    fc.record({
      bikeNo: fc.integer({ min: 1, max: 3 }),
      second: fc.integer({ min: 0, max: 40 }),
      northM: fc.integer({ min: 0, max: 2_000 }),
    }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(arrival, (steps) => {
      // One fix a bike and second: of two at the same moment the first to arrive counts, by design.
      const unique = [...new Map(steps.map((step) => [`${step.bikeNo}/${step.second}`, step])).values()]
      const toFix = ({ bikeNo, second, northM }: (typeof unique)[number]) =>
        [bikeNo, makeFix(nowMs - 60_000 + second * 1_000, northM)] as const
      const read = (order: typeof unique) => {
        const markers = new MarkerTable()
        const assembled = assemble(markers, ...order.map(toFix))
        const { moved } = moveMarkers(assembled, allStored(order.length), markers)
        const byFix = new Map(
          assembled.fixes.map((fix) => [`${fix.bikeNo}/${fix.timeMs}`, [fix.flag, fix.riddenM]]),
        )
        return { byFix, moved: moved.toSorted((a, b) => a.bikeNo - b.bikeNo) }
      }
      expect(read(unique)).toEqual(read(unique.toSorted((a, b) => a.second - b.second)))
    }),
  )
})
