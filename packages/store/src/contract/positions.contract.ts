import { dayMs, type Position } from '@fleet/domain'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ResolvedFix } from '../port.ts'
import {
  around,
  makeBatch,
  makeFix,
  markerOf,
  nextNo,
  noonMs,
  readAll,
  secondsOf,
  type Positions,
  type PositionsUnderTest,
} from './positions-fixtures.ts'
import { createPositionModel } from './positions-model.ts'
import { describeReadingAndRemoval } from './positions-reading.contract.ts'
import { describeTracks } from './tracks.contract.ts'

/** What every backend must do with positions. */
export function describePositionsContract(name: string, open: () => Promise<PositionsUnderTest>): void {
  describe(`positions on ${name}`, () => {
    let db: PositionsUnderTest
    let positions: Positions

    beforeAll(async () => {
      db = await open()
      positions = db.positions
    })
    afterAll(() => db?.close())

    describe('appendFixes', () => {
      test('stores a fix once, however often and by whomever it is sent', async () => {
        const no = nextNo()
        const fix = makeFix(no, 0)
        expect(await positions.appendFixes(makeBatch([fix]))).toEqual({ stored: [true] })
        expect(await positions.appendFixes(makeBatch([fix]))).toEqual({ stored: [false] })
        // The bike was given to another courier in between: it is the same fix all the same.
        expect(await positions.appendFixes(makeBatch([{ ...fix, courierNo: 7 }]))).toEqual({
          stored: [false],
        })
        const other = await db.another()
        expect(await other.appendFixes(makeBatch([fix, makeFix(no, 1)]))).toEqual({ stored: [false, true] })
        // What another instance stored is not in this one's memory.
        expect(await positions.appendFixes(makeBatch([makeFix(no, 1), makeFix(no, 2)]))).toEqual({
          stored: [false, true],
        })
        expect(secondsOf(await readAll(positions, around({ deviceNo: no })))).toEqual([0, 1, 2])
      })

      test('tells repeats inside one batch from the first', async () => {
        const no = nextNo()
        const result = await positions.appendFixes(
          makeBatch([
            makeFix(no, 5),
            makeFix(no, 5),
            makeFix(no, 3),
            makeFix(no, 5, { lat: 52.4 }),
            makeFix(no, 3),
          ]),
        )
        expect(result.stored).toEqual([true, false, true, true, false])
        expect(await readAll(positions, around({ deviceNo: no }))).toHaveLength(3)
        expect((await markerOf(db, no))?.odometerM).toBe(20)
      })

      test('answers in the order of the batch', async () => {
        const [a, b] = [nextNo(), nextNo()]
        await positions.appendFixes(makeBatch([makeFix(b, 2), makeFix(a, 9)]))
        const { stored } = await positions.appendFixes(
          makeBatch([makeFix(b, 3), makeFix(a, 9), makeFix(b, 2), makeFix(a, 1)]),
        )
        expect(stored).toEqual([true, false, false, true])
      })

      test('stores many rows with a few repeats among them', async () => {
        const devices = Array.from({ length: 7 }, nextNo)
        const fixesAt = (from: number, to: number) =>
          Array.from({ length: to - from }, (_, i) => makeFix(devices[i % 7]!, from + i))
        await positions.appendFixes(makeBatch(fixesAt(0, 70)))
        const other = await db.another()
        // 70 to 139 are new to the first instance, which then meets some of them again.
        await other.appendFixes(makeBatch(fixesAt(70, 140)))
        const { stored } = await positions.appendFixes(makeBatch(fixesAt(105, 175)))
        expect(stored).toEqual(Array.from({ length: 70 }, (_, i) => i >= 35))
        const lengths = await Promise.all(
          devices.map(async (deviceNo) => (await readAll(positions, around({ deviceNo }))).length),
        )
        expect(lengths).toEqual(devices.map(() => 25))
        expect((await markerOf(db, devices[0]!))?.odometerM).toBe(250)
      })

      test('gives back every field as it was', async () => {
        const no = nextNo()
        const full = makeFix(no, 0, {
          bikeNo: 2_147_483_647,
          courierNo: 41,
          lat: -33.8567844,
          lon: -179.9999999,
          timeMs: noonMs + 123,
          speedMps: 5.144444444444445,
          headingDeg: 359.99,
          accuracyM: 0.1,
          altitudeM: -6.75,
          batteryPct: 99.5,
          charging: true,
          flag: 'inaccurate',
          attributes: {
            'quote"': `it's "quoted" \\ back`,
            text: '{"a":1}, NULL, \t\n',
            emoji: 'fiets 🚲 İstanbul',
            nul: 'a\u0000b',
            lone: '\ud83d',
            list: [1, null, true, 1e-7, { deep: 'é' }],
            '': '',
          },
        })
        const empty = makeFix(no, 1, {
          bikeNo: null,
          speedMps: null,
          headingDeg: null,
          accuracyM: null,
          batteryPct: null,
          charging: null,
          lat: 90,
          lon: 180,
        })
        const batch = makeBatch([full, empty], { receivedAtMs: noonMs + 4321 })
        const asRead = (fix: ResolvedFix): Position => {
          const { riddenM: _, ...rest } = fix
          return { ...rest, receivedAtMs: batch.receivedAtMs }
        }
        // Once through the way of unknown devices and once through that of known ones.
        await positions.appendFixes(batch)
        expect(await readAll(positions, around({ deviceNo: no }))).toEqual([asRead(full), asRead(empty)])
        const later = [
          { ...full, timeMs: full.timeMs + 60_000 },
          { ...empty, timeMs: empty.timeMs + 60_000 },
        ]
        await positions.appendFixes({ ...batch, fixes: later })
        expect(await readAll(positions, around({ deviceNo: no, fromMs: noonMs + 60_000 }))).toEqual(
          later.map(asRead),
        )
      })

      test('keeps places to 1e-7 degrees and takes what is closer for the same', async () => {
        const no = nextNo()
        const { stored } = await positions.appendFixes(
          makeBatch([makeFix(no, 0, { lat: 52.37000001 }), makeFix(no, 0, { lat: 52.37000002 })]),
        )
        expect(stored).toEqual([true, false])
        expect((await readAll(positions, around({ deviceNo: no })))[0]?.lat).toBe(52.37)
      })

      test('leaves out times and places that cannot be true, without failing the batch', async () => {
        const no = nextNo()
        const { stored } = await positions.appendFixes(
          makeBatch([
            makeFix(no, 0, { timeMs: 0 }),
            makeFix(no, 0, { timeMs: Date.UTC(1999, 11, 31, 23) }),
            makeFix(no, 0, { timeMs: Date.UTC(2000, 0, 1) }),
            makeFix(no, 0, { timeMs: noonMs + 3 * dayMs, flag: 'future' }),
            makeFix(no, 0, { timeMs: Number.NaN }),
            makeFix(no, 0, { lat: Number.NaN }),
            makeFix(no, 0, { lon: 214.7 }),
            makeFix(no, 1),
          ]),
        )
        expect(stored).toEqual([false, false, true, false, false, false, false, true])
        const all = await readAll(positions, { deviceNo: no, fromMs: -1e15, toMs: 1e15, limit: 100 })
        expect(all.map((position) => position.timeMs)).toEqual([Date.UTC(2000, 0, 1), noonMs + 1000])
      })

      test('takes an empty batch', async () => {
        expect(await positions.appendFixes(makeBatch([]))).toEqual({ stored: [] })
      })

      test('stores each fix exactly once when several instances get overlapping batches', async () => {
        const instances = [positions, await db.another(), await db.another(), await db.another()]
        const devices = Array.from({ length: 5 }, nextNo)
        // Two days, so that two partitions take part.
        const fixes = devices.flatMap((no) =>
          Array.from({ length: 40 }, (_, i) => makeFix(no, i * 2400 - 12 * 3600, { riddenM: 1 })),
        )
        const batches = instances.flatMap((instance, k) =>
          Array.from({ length: 6 }, (_, round) => {
            // Each instance walks through the same fixes in another order and in other pieces.
            const own = fixes.filter((_, i) => (i * 7 + round) % (k + 2) !== 0)
            return { instance, fixes: k % 2 ? own.toReversed() : own }
          }),
        )
        const results = await Promise.all(
          batches.map(async ({ instance, fixes: own }) => ({
            own,
            stored: (await instance.appendFixes(makeBatch(own, { receivedAtMs: noonMs + 2 * dayMs }))).stored,
          })),
        )
        const taken = new Map<ResolvedFix, number>()
        for (const { own, stored } of results)
          own.forEach((fix, i) => taken.set(fix, (taken.get(fix) ?? 0) + (stored[i] ? 1 : 0)))
        expect([...taken.values()].every((times) => times === 1)).toBe(true)
        expect(taken.size).toBe(fixes.length)
        for (const deviceNo of devices) {
          const query = { deviceNo, fromMs: noonMs - 2 * dayMs, toMs: noonMs + 2 * dayMs, limit: 1000 }
          expect(await readAll(positions, query)).toHaveLength(40)
          // Batches overtake each other, so not every fix was newer than the marker, but none counted twice.
          const marker = await markerOf(db, deviceNo)
          expect(marker?.timeMs).toBe(Math.max(...fixes.map((fix) => fix.timeMs)))
          expect(marker?.odometerM).toBeLessThanOrEqual(40)
        }
      })

      test('makes room for new days whoever meets them first', async () => {
        const instances = [positions]
        for (let i = 0; i < 4; i++) instances.push(await db.another())
        const no = nextNo()
        const days = [400, 401, 402, 403, 404, 405]
        const results = await Promise.all(
          instances.map((instance) =>
            instance.appendFixes(makeBatch(days.map((day) => makeFix(no, -day * 86_400)))),
          ),
        )
        const times = days.map((_, i) => results.filter((result) => result.stored[i]).length)
        expect(times).toEqual(days.map(() => 1))
      })
    })

    describe('the marker', () => {
      test('stands on the newest plausible fix and knows what was ridden', async () => {
        const no = nextNo()
        const newest = makeFix(no, 20, { lat: 52.4, courierNo: 3, riddenM: 7, charging: true })
        await positions.appendFixes(makeBatch([makeFix(no, 0), makeFix(no, 10), newest]))
        expect(await markerOf(db, no)).toEqual({
          bikeNo: no,
          deviceNo: no,
          courierNo: 3,
          lat: 52.4,
          lon: newest.lon,
          timeMs: newest.timeMs,
          receivedAtMs: noonMs + 3_600_000,
          speedMps: 5.25,
          headingDeg: 90,
          accuracyM: 4,
          altitudeM: null,
          batteryPct: 80,
          charging: true,
          odometerM: 27,
        })
      })

      test('is not moved by a late fix, which history takes', async () => {
        const no = nextNo()
        await positions.appendFixes(makeBatch([makeFix(no, 10)]))
        expect(await positions.appendFixes(makeBatch([makeFix(no, 5)]))).toEqual({ stored: [true] })
        expect(await markerOf(db, no)).toMatchObject({ timeMs: noonMs + 10_000, odometerM: 10 })
        expect(secondsOf(await readAll(positions, around({ bikeNo: no })))).toEqual([5, 10])
      })

      test('is not moved by a flagged fix, which history keeps', async () => {
        const no = nextNo()
        await positions.appendFixes(makeBatch([makeFix(no, 10)]))
        await positions.appendFixes(
          makeBatch([makeFix(no, 20, { flag: 'jump' }), makeFix(no, 7200, { flag: 'future' })]),
        )
        expect(await markerOf(db, no)).toMatchObject({ timeMs: noonMs + 10_000, odometerM: 10 })
        const history = await readAll(positions, around({ bikeNo: no }))
        expect(history.map((position) => position.flag)).toEqual([null, 'jump', 'future'])
        // After a fix from the future the present goes on.
        expect(await positions.appendFixes(makeBatch([makeFix(no, 30)]))).toEqual({ stored: [true] })
        expect(await markerOf(db, no)).toMatchObject({ timeMs: noonMs + 30_000, odometerM: 20 })
      })

      test('stays on the first of two fixes of the same time', async () => {
        const [a, b] = [nextNo(), nextNo()]
        const first = makeFix(b, 10, { bikeNo: a, lat: 52.1 })
        const second = makeFix(a, 10, { bikeNo: a, lat: 52.2 })
        await positions.appendFixes(makeBatch([first, second]))
        expect(await markerOf(db, a)).toMatchObject({ deviceNo: b, lat: 52.1, odometerM: 10 })
        await positions.appendFixes(makeBatch([makeFix(a, 10, { bikeNo: a, lat: 52.3 })]))
        expect(await markerOf(db, a)).toMatchObject({ deviceNo: b, lat: 52.1, odometerM: 10 })
        expect(await readAll(positions, around({ bikeNo: a }))).toHaveLength(3)
      })

      test('takes a batch in the order of time, whatever its order', async () => {
        const no = nextNo()
        await positions.appendFixes(
          makeBatch([
            makeFix(no, 30, { riddenM: 3 }),
            makeFix(no, 10, { riddenM: 1 }),
            makeFix(no, 20, { riddenM: 2 }),
          ]),
        )
        expect(await markerOf(db, no)).toMatchObject({ timeMs: noonMs + 30_000, odometerM: 6 })
      })

      test('counts only what is newer than it, when a batch overlaps it', async () => {
        const [a, b] = [nextNo(), nextNo()]
        await positions.appendFixes(makeBatch([makeFix(a, 0, { bikeNo: a }), makeFix(b, 20, { bikeNo: a })]))
        expect((await markerOf(db, a))?.odometerM).toBe(20)
        // All newer than what device a has sent; the marker came from device b.
        await positions.appendFixes(
          makeBatch([10, 20, 30, 40].map((s) => makeFix(a, s, { bikeNo: a, riddenM: s }))),
        )
        expect(await markerOf(db, a)).toMatchObject({ deviceNo: a, timeMs: noonMs + 40_000, odometerM: 90 })
      })

      test('never rides a repeat', async () => {
        const no = nextNo()
        const fixes = [makeFix(no, 10), makeFix(no, 20)]
        const other = await db.another()
        await positions.appendFixes(makeBatch(fixes))
        await positions.appendFixes(makeBatch(fixes))
        await other.appendFixes(makeBatch([...fixes, ...fixes]))
        await other.appendFixes(makeBatch([makeFix(no, 20), makeFix(no, 30)]))
        // New to the first instance, except that the other one has stored it.
        await positions.appendFixes(makeBatch([makeFix(no, 30), makeFix(no, 40)]))
        expect((await markerOf(db, no))?.odometerM).toBe(40)
      })

      test('is found by the time of its reception', async () => {
        const no = nextNo()
        const receivedAtMs = noonMs + 20 * dayMs
        await positions.appendFixes(makeBatch([makeFix(no, 0)], { receivedAtMs }))
        expect((await positions.latestFixes(receivedAtMs - 1)).map((latest) => latest.bikeNo)).toContain(no)
        expect((await positions.latestFixes(receivedAtMs)).map((latest) => latest.bikeNo)).not.toContain(no)
        expect(await positions.latestFixes(-Infinity)).toEqual(await db.allLatest())
      })
    })

    describeReadingAndRemoval(() => db)
    describeTracks(() => db)

    test('any sequence of batches with repeats gives what a simple model gives', async () => {
      const other = await db.another()
      const fixArb = fc.record({
        device: fc.integer({ min: 0, max: 2 }),
        bike: fc.option(fc.integer({ min: 0, max: 1 })),
        courier: fc.option(fc.integer({ min: 0, max: 1 })),
        second: fc.integer({ min: 0, max: 12 }),
        place: fc.integer({ min: 0, max: 1 }),
        flag: fc.option(fc.constantFrom('jump' as const, 'inaccurate' as const, 'future' as const), {
          freq: 4,
        }),
        riddenM: fc.integer({ min: 0, max: 50 }),
      })
      const batchesArb = fc.array(
        fc.record({ second: fc.boolean(), fixes: fc.array(fixArb, { maxLength: 30 }) }),
        { maxLength: 8 },
      )
      await fc.assert(
        fc.asyncProperty(batchesArb, async (batches) => {
          const devices = [nextNo(), nextNo(), nextNo()]
          const subjects = [nextNo(), nextNo()]
          const model = createPositionModel()
          for (const [i, { second, fixes }] of batches.entries()) {
            const batch = makeBatch(
              fixes.map((fix) =>
                makeFix(devices[fix.device]!, fix.second, {
                  bikeNo: fix.bike === null ? null : subjects[fix.bike]!,
                  courierNo: fix.courier === null ? null : subjects[fix.courier]!,
                  lat: 52 + fix.place / 1000,
                  flag: fix.flag,
                  riddenM: fix.riddenM,
                }),
              ),
              { receivedAtMs: noonMs + i },
            )
            const { stored } = await (second ? other : positions).appendFixes(batch)
            expect(stored).toEqual(model.append(batch))
          }
          const latest = (await db.allLatest()).filter((marker) => subjects.includes(marker.bikeNo))
          expect(latest).toEqual(model.latest())
          for (const no of subjects) {
            expect(await readAll(positions, around({ bikeNo: no, limit: 7 }))).toEqual(
              model.history({ bikeNo: no }),
            )
            expect(await readAll(other, around({ courierNo: no }))).toEqual(model.history({ courierNo: no }))
          }
        }),
        { numRuns: 60 },
      )
    })
  })
}
