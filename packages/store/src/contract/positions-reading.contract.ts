import { dayMs } from '@fleet/domain'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  around,
  makeBatch,
  makeFix,
  markerOf,
  nextNo,
  nobody,
  noonMs,
  readAll,
  secondsOf,
  type Positions,
  type PositionsUnderTest,
} from './positions-fixtures.ts'

/** Contacts, history, retention and clearing: the second half of `describePositionsContract`. */
export function describeReadingAndRemoval(underTest: () => PositionsUnderTest): void {
  let db: PositionsUnderTest
  let positions: Positions
  beforeAll(() => {
    db = underTest()
    positions = db.positions
  })

  describe('deviceContacts', () => {
    const contactOf = async (store: Positions, deviceNo: number) =>
      (await store.deviceContacts()).find((contact) => contact.deviceNo === deviceNo) ?? null

    test('knows the last word of each device, heartbeat or fix', async () => {
      const no = nextNo()
      const heartbeat = { deviceNo: no, atMs: noonMs, batteryPct: 55.5, charging: true }
      await positions.appendFixes(makeBatch([], { heartbeats: [heartbeat] }))
      expect(await contactOf(positions, no)).toEqual(heartbeat)
      expect(await contactOf(await db.another(), no)).toEqual(heartbeat)
      await positions.appendFixes(
        makeBatch([makeFix(no, 0, { flag: 'jump', batteryPct: 54, charging: null })], {
          receivedAtMs: noonMs + 1000,
        }),
      )
      expect(await contactOf(positions, no)).toEqual({
        deviceNo: no,
        atMs: noonMs + 1000,
        batteryPct: 54,
        charging: true,
      })
      await positions.appendFixes(
        makeBatch([], { heartbeats: [{ ...heartbeat, atMs: noonMs - 5 }], receivedAtMs: noonMs + 2000 }),
      )
      expect(await contactOf(positions, no)).toMatchObject({ atMs: noonMs + 1000, batteryPct: 54 })
    })

    test('shows the contact of a marker to other instances at once', async () => {
      const no = nextNo()
      const other = await db.another()
      for (const seconds of [1, 2, 3])
        await positions.appendFixes(
          makeBatch([makeFix(no, seconds)], { receivedAtMs: noonMs + seconds * 1000 }),
        )
      expect(await contactOf(other, no)).toMatchObject({ atMs: noonMs + 3000 })
    })
  })

  describe('history', () => {
    test('merges the devices of a bike in the order of time, in pages, through ties', async () => {
      const [bikeNo, a, b, c] = [nextNo(), nextNo(), nextNo(), nextNo()]
      const fixes = [a, b, c].flatMap((no) =>
        Array.from({ length: 20 }, (_, i) =>
          makeFix(no, Math.floor(i / 2) * 10, { bikeNo, lat: 52 + (i % 2) / 10 }),
        ),
      )
      await positions.appendFixes(makeBatch(fixes))
      await positions.appendFixes(makeBatch([makeFix(a, 55, { bikeNo: bikeNo + 1_000_000 })]))
      const whole = await positions.history(around({ bikeNo }))
      expect(whole.nextCursor).toBeNull()
      expect(whole.items).toHaveLength(60)
      const keys = whole.items.map((p) => [p.timeMs, p.deviceNo, p.lat])
      expect(keys).toEqual(keys.toSorted(([t, d, l], [t2, d2, l2]) => t! - t2! || d! - d2! || l! - l2!))
      for (const limit of [1, 7, 30, 59, 60])
        expect(await readAll(positions, around({ bikeNo, limit }))).toEqual(whole.items)
      expect((await positions.history(around({ bikeNo, limit: 60 }))).nextCursor).toBeNull()
    })

    test('takes fromMs and leaves out toMs', async () => {
      const no = nextNo()
      await positions.appendFixes(makeBatch([0, 1, 2, 3].map((s) => makeFix(no, s))))
      for (const who of [{ bikeNo: no }, { deviceNo: no }])
        expect(
          secondsOf(await readAll(positions, around({ ...who, fromMs: noonMs + 1000, toMs: noonMs + 3000 }))),
        ).toEqual([1, 2])
      expect(await readAll(positions, around({ bikeNo: no, fromMs: noonMs, toMs: noonMs }))).toEqual([])
    })

    test('goes over midnight and over days without a fix', async () => {
      const [bikeNo, a, b] = [nextNo(), nextNo(), nextNo()]
      const hours = [-60, -30, -12.5, -11.5, 0, 11.5, 12.5, 40]
      const fixes = hours.map((h, i) => makeFix(i % 2 ? a : b, h * 3600, { bikeNo }))
      await positions.appendFixes(makeBatch(fixes, { receivedAtMs: noonMs + 3 * dayMs }))
      const query = { bikeNo, fromMs: noonMs - 5 * dayMs, toMs: noonMs + 5 * dayMs, limit: 3 }
      expect(secondsOf(await readAll(positions, query))).toEqual(hours.map((h) => h * 3600))
    })

    test('is asked for by courier, and by courier on a bike with a device', async () => {
      const [bikeNo, courierNo, a, b] = [nextNo(), nextNo(), nextNo(), nextNo()]
      await positions.appendFixes(
        makeBatch([
          makeFix(a, 1, { bikeNo, courierNo }),
          makeFix(b, 2, { bikeNo: null, courierNo }),
          makeFix(a, 3, { bikeNo, courierNo: null }),
          makeFix(b, 4, { bikeNo, courierNo }),
        ]),
      )
      expect(secondsOf(await readAll(positions, around({ courierNo })))).toEqual([1, 2, 4])
      expect(secondsOf(await readAll(positions, around({ courierNo, bikeNo })))).toEqual([1, 4])
      expect(secondsOf(await readAll(positions, around({ courierNo, bikeNo, deviceNo: b })))).toEqual([4])
      expect(await readAll(positions, around({ bikeNo: nextNo() }))).toEqual([])
    })

    test.each([
      'none',
      '9999999999999999.1.0.0',
      '1.9999999999.0.0',
      '1.1.9999999999.0',
      '1.1.0.-9999999999',
    ])('refuses a cursor that is none: %s', async (text) => {
      const query = around({ deviceNo: 1, cursor: Buffer.from(text).toString('base64url') })
      await expect(positions.history(query)).rejects.toMatchObject({ code: 'usage' })
    })
  })

  describe('removal', () => {
    test('drops what is older than the retention, and only that', async () => {
      const no = nextNo()
      const nowMs = Date.UTC(2024, 1, 20, 15)
      const todayMs = Date.UTC(2024, 1, 20)
      const times = [-100, -11, -10, -9, 0].map((days) => todayMs + days * dayMs + 1000)
      times.push(todayMs - 10 * dayMs - 1, todayMs - 10 * dayMs)
      await positions.appendFixes(
        makeBatch(
          times.map((timeMs) => makeFix(no, 0, { timeMs })),
          { receivedAtMs: nowMs },
        ),
      )
      const query = { bikeNo: no, fromMs: 0, toMs: nowMs, limit: 100 }
      expect(await readAll(positions, query)).toHaveLength(7)
      const other = await db.another()
      await Promise.all([positions.maintainPositions(nowMs, 10), other.maintainPositions(nowMs, 10)])
      await positions.maintainPositions(nowMs, 10)
      expect((await readAll(positions, query)).map((position) => position.timeMs)).toEqual(
        times.filter((timeMs) => timeMs >= todayMs - 10 * dayMs).sort((a, b) => a - b),
      )
      expect(await markerOf(db, no)).toMatchObject({ timeMs: todayMs + 1000 })
      // The day can come back for an instance that knows of no retention, or of a longer one.
      const late = makeBatch([makeFix(no, 0, { timeMs: times[0]! })], { receivedAtMs: nowMs })
      expect(await (await db.another()).appendFixes(late)).toEqual({ stored: [true] })
      expect(await positions.appendFixes(late)).toEqual({ stored: [false] })
    })

    test('stores nothing that is past retention: a phone may send years, and each day would be a partition', async () => {
      const no = nextNo()
      const nowMs = Date.UTC(2024, 8, 1, 12)
      const tracker = await db.another()
      await tracker.maintainPositions(nowMs, 10)
      const days = Array.from({ length: 5000 }, (_, i) => i)
      const fixes = days.map((day) => makeFix(no, 0, { timeMs: nowMs - day * dayMs }))
      const { stored } = await tracker.appendFixes(makeBatch(fixes, { receivedAtMs: nowMs }))
      expect(days.filter((day) => stored[day])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    })

    test('goes through more rows than one transaction takes', async () => {
      const no = nextNo()
      const nowMs = Date.UTC(2024, 5, 1)
      const oldMs = nowMs - 50 * dayMs
      const fixes = Array.from({ length: 5000 }, (_, i) =>
        makeFix(no, 0, { timeMs: oldMs + Math.floor(i / 3) * 1000, lat: 50 + (i % 3) }),
      )
      await positions.appendFixes(makeBatch(fixes, { receivedAtMs: nowMs }))
      await positions.maintainPositions(nowMs, 30)
      expect(await readAll(positions, { deviceNo: no, fromMs: 0, toMs: nowMs, limit: 10_000 })).toEqual([])
    })

    test('forgets the history of trackers, however long, and of no others', async () => {
      const [gone, kept] = [nextNo(), nextNo()]
      const fixes = Array.from({ length: 4_500 }, (_, index) => makeFix(gone, index * 30))
      await positions.appendFixes(makeBatch([...fixes, makeFix(kept, 1)]))
      await positions.clearHistory([gone])
      const days = { fromMs: noonMs - dayMs, toMs: noonMs + 3 * dayMs }
      expect(await readAll(positions, { ...around({ deviceNo: gone }), ...days })).toEqual([])
      expect(secondsOf(await readAll(positions, around({ deviceNo: kept })))).toEqual([1])
      expect((await positions.appendFixes(makeBatch(fixes.slice(0, 2)))).stored).toEqual([true, true])
    })

    test('forgets all of the bikes, couriers and devices that are cleared', async () => {
      const [gone, kept, courier, visitor] = [nextNo(), nextNo(), nextNo(), nextNo()]
      const heartbeats = [gone, kept].map((deviceNo) => ({
        deviceNo,
        atMs: noonMs,
        batteryPct: 1,
        charging: null,
      }))
      const fixes = [
        makeFix(gone, 1),
        makeFix(kept, 2),
        // A device that stays reported for the bike and for the courier that go.
        makeFix(visitor, 3, { bikeNo: gone }),
        makeFix(visitor, 4, { bikeNo: null, courierNo: courier }),
        makeFix(visitor, 5, { bikeNo: kept }),
      ]
      await positions.appendFixes(makeBatch(fixes, { heartbeats }))
      await db.clearFor({ ...nobody, bikeNos: [gone], courierNos: [courier], deviceNos: [gone] })
      expect(await readAll(positions, around({ deviceNo: gone }))).toEqual([])
      expect(await readAll(positions, around({ bikeNo: gone }))).toEqual([])
      expect(secondsOf(await readAll(positions, around({ deviceNo: visitor })))).toEqual([5])
      expect(secondsOf(await readAll(positions, around({ bikeNo: kept })))).toEqual([2, 5])
      expect(await markerOf(db, gone)).toBeNull()
      expect(await markerOf(db, kept)).not.toBeNull()
      const contacts = (await positions.deviceContacts()).map((contact) => contact.deviceNo)
      expect(contacts).toContain(kept)
      expect(contacts).not.toContain(gone)
      // What is sent again is new again, and found again.
      expect((await positions.appendFixes(makeBatch(fixes))).stored).toEqual([true, false, true, true, false])
      expect(secondsOf(await readAll(positions, around({ bikeNo: gone })))).toEqual([1, 3])
    })
  })
}
