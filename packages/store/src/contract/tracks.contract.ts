import { dayMs } from '@fleet/domain'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  makeBatch,
  makeFix,
  nextNo,
  noonMs,
  type Positions,
  type PositionsUnderTest,
} from './positions-fixtures.ts'

/** Many bikes at once, thinned out: part of `describePositionsContract`. */
export function describeTracks(underTest: () => PositionsUnderTest): void {
  describe('tracks', () => {
    let positions: Positions
    beforeAll(() => {
      ;({ positions } = underTest())
    })
    const span = { fromMs: noonMs - dayMs, toMs: noonMs + dayMs }
    const secondsOf = ({ timesMs }: { timesMs: readonly number[] }) =>
      timesMs.map((timeMs) => (timeMs - noonMs) / 1000)

    test('have no two fixes closer together than asked for, and begin with the first', async () => {
      const [one, two, silent] = [nextNo(), nextNo(), nextNo()]
      const seconds = Array.from({ length: 100 }, (_, index) => index)
      await positions.appendFixes(makeBatch(seconds.map((at) => makeFix(one, at, { lat: 52 + at / 1000 }))))
      await positions.appendFixes(makeBatch([0, 7, 8, 40].map((at) => makeFix(two, at))))
      const tracks = await positions.tracks({ bikeNos: [one, two, silent], ...span, stepMs: 30_000 })
      expect(tracks.map(({ bikeNo }) => bikeNo)).toEqual([one, two])
      expect(tracks.map(secondsOf)).toEqual([
        [0, 30, 60, 90],
        [0, 40],
      ])
      expect(tracks[0]!.lats.map((lat) => Math.round((lat - 52) * 1000))).toEqual([0, 30, 60, 90])
      const all = await positions.tracks({ bikeNos: [one], ...span, stepMs: 0 })
      expect(secondsOf(all[0]!)).toEqual(seconds)
    })

    test('are thinned out in the same way, however closely they are asked for', async () => {
      const no = nextNo()
      const seconds = [...new Set(Array.from({ length: 200 }, (_, i) => (i * i) % 977))].sort((a, b) => a - b)
      await positions.appendFixes(makeBatch(seconds.map((at) => makeFix(no, at))))
      for (const stepS of [0, 1, 4, 5, 6, 20]) {
        const [track] = await positions.tracks({ bikeNos: [no], ...span, stepMs: stepS * 1000 })
        const expected: number[] = []
        for (const at of seconds) if (at >= (expected.at(-1) ?? -Infinity) + stepS) expected.push(at)
        expect(secondsOf(track!)).toEqual(expected)
      }
    })

    test('are of the time asked for, also across days', async () => {
      const no = nextNo()
      const hours = [-20, -10, 0, 10, 20]
      await positions.appendFixes(makeBatch(hours.map((hour) => makeFix(no, hour * 3600))))
      const of = async (fromHour: number, toHour: number) => {
        const [track] = await positions.tracks({
          bikeNos: [no],
          fromMs: noonMs + fromHour * 3_600_000,
          toMs: noonMs + toHour * 3_600_000,
          stepMs: 1000,
        })
        return track ? secondsOf(track).map((second) => second / 3600) : null
      }
      expect(await of(-20, 20)).toEqual([-20, -10, 0, 10])
      expect(await of(-11, 11)).toEqual([-10, 0, 10])
      expect(await of(1, 9)).toBeNull()
      expect(await of(9, 1)).toBeNull()
    })

    test('begin with where the bike was before, when that is asked for', async () => {
      const [rider, parked, other, later] = [nextNo(), nextNo(), nextNo(), nextNo()]
      await positions.appendFixes(
        makeBatch([
          makeFix(rider, -20),
          makeFix(rider, -10),
          makeFix(rider, -5, { flag: 'jump' }),
          makeFix(rider, -1, { bikeNo: other }),
          makeFix(rider, 5),
          makeFix(rider, 30),
          makeFix(parked, -5 * 3600),
          makeFix(later, 100),
        ]),
      )
      const read = (lookBackMs: number) =>
        positions.tracks({
          bikeNos: [rider, parked, later],
          fromMs: noonMs,
          toMs: noonMs + 60_000,
          stepMs: 20_000,
          lookBackMs,
        })
      expect((await read(0)).map(secondsOf)).toEqual([[5, 30]])
      expect((await read(3_600_000)).map(secondsOf)).toEqual([[-10, 5, 30]])
      expect((await read(dayMs)).map(secondsOf)).toEqual([[-10, 5, 30], [-5 * 3600]])
    })

    test('hold what any tracker reported for the bike, without what is not plausible', async () => {
      const [bikeNo, one, two] = [nextNo(), nextNo(), nextNo()]
      await positions.appendFixes(
        makeBatch([
          makeFix(one, 0, { bikeNo }),
          makeFix(two, 5, { bikeNo }),
          makeFix(one, 10, { bikeNo }),
          makeFix(two, 30, { bikeNo, flag: 'jump' }),
          makeFix(one, 40, { bikeNo: nextNo() }),
          makeFix(two, 50, { bikeNo }),
        ]),
      )
      const [track] = await positions.tracks({ bikeNos: [bikeNo], ...span, stepMs: 10_000 })
      expect(secondsOf(track!)).toEqual([0, 10, 50])
    })
  })
}
