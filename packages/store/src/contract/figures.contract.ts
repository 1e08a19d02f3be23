import {
  countInsights,
  type CourierId,
  daySpan,
  type DeliveryId,
  type DeliveryStatus,
  hourSpan,
  type InsightGroup,
  insightGroups,
  type IssueId,
} from '@fleet/domain'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../port.ts'
import { makeId, makeStop, run, type FreshDatabase, type MakeDatabase } from './harness.ts'

const tickMs = 10 * 60_000
/** Saturday to Monday; the Sunday has 25 hours. */
const beginMs = Date.parse('2026-10-24T00:00:00+02:00')
const endMs = Date.parse('2026-10-27T00:00:00+01:00')
const places = [
  { district: 'Centrum', point: { lat: 52.3712, lon: 4.898 } },
  { district: 'Noord', point: { lat: 52.394, lon: 4.918 } },
  { district: '', point: { lat: 52.9, lon: 4.8 } },
]

interface Tick {
  readonly timeMs: number
  readonly working: readonly CourierId[]
  /** A line a parcel. */
  readonly bags: readonly { readonly courierId: CourierId; readonly district: string }[]
}
interface End {
  readonly timeMs: number
  readonly status: DeliveryStatus
  readonly courierId: CourierId | null
  readonly district: string
  readonly late: boolean
}
interface Report {
  readonly timeMs: number
  readonly courierId: CourierId | null
}
interface Journal {
  readonly ticks: Tick[]
  readonly ends: End[]
  readonly reports: Report[]
}

/** Three days of three couriers, decided by dice, with a note every ten minutes of what everybody did. */
async function live(store: Store, dice: () => number): Promise<Journal> {
  const journal: Journal = { ticks: [], ends: [], reports: [] }
  const couriers = await Promise.all(
    ['Anna', 'Bram', 'Cato'].map(async (name) => {
      const id = makeId<CourierId>()
      await run(store, { type: 'courier.create', id, name, phone: '' }, { nowMs: beginMs - 1 })
      return { id, shift: 'off' as 'off' | 'on' | 'break' }
    }),
  )
  const parcels: {
    id: DeliveryId
    courierId: CourierId | null
    district: string
    dueMs: number
    inBag: boolean
  }[] = []
  for (let nowMs = beginMs; nowMs < endMs; nowMs += tickMs) {
    const at = { nowMs }
    const expectedVersion = null
    const end = async (parcel: (typeof parcels)[number], status: 'delivered' | 'failed' | 'cancelled') => {
      const named = { id: parcel.id, expectedVersion }
      if (status === 'delivered') await run(store, { type: 'delivery.deliver', ...named }, at)
      else if (status === 'failed') await run(store, { type: 'delivery.fail', ...named, reason: 'x' }, at)
      else await run(store, { type: 'delivery.cancel', ...named, reason: 'x' }, at)
      parcels.splice(parcels.indexOf(parcel), 1)
      const { courierId, district } = parcel
      journal.ends.push({ timeMs: nowMs, status, courierId, district, late: nowMs > parcel.dueMs })
    }
    for (const courier of couriers) {
      if (dice() > 8) continue
      const event =
        courier.shift === 'off'
          ? 'start'
          : courier.shift === 'break'
            ? 'resume'
            : dice() > 40
              ? 'pause'
              : 'end'
      await run(store, { type: 'courier.shift', id: courier.id, expectedVersion, event }, at)
      courier.shift = event === 'end' ? 'off' : event === 'pause' ? 'break' : 'on'
    }
    if (dice() < 40) {
      const { district, point } = places[dice() % places.length]!
      const dueMs = nowMs + (dice() % 6) * tickMs
      const id = makeId<DeliveryId>()
      const stop = makeStop('Dam 1', { point, window: { fromMs: nowMs, toMs: dueMs } })
      await run(
        store,
        { type: 'delivery.create', id, pickup: stop, dropoff: stop, size: 'small', priority: 'normal' },
        at,
      )
      parcels.push({ id, courierId: null, district, dueMs, inBag: false })
    }
    for (const parcel of parcels.slice()) {
      const courier = couriers[dice() % couriers.length]!
      if (parcel.inBag) {
        if (dice() < 35) await end(parcel, dice() < 80 ? 'delivered' : 'failed')
      } else if (dice() < 4) await end(parcel, 'cancelled')
      else if (parcel.courierId !== null) {
        if (dice() > 50) continue
        await run(store, { type: 'delivery.pick_up', id: parcel.id, expectedVersion }, at)
        parcel.inBag = true
      } else if (courier.shift !== 'off') {
        await run(
          store,
          { type: 'delivery.assign', id: parcel.id, expectedVersion, courierId: courier.id },
          at,
        )
        parcel.courierId = courier.id
      }
    }
    if (dice() < 6) {
      const courierId = dice() < 50 ? null : couriers[0]!.id
      await run(
        store,
        {
          type: 'issue.create',
          id: makeId<IssueId>(),
          kind: 'late',
          reporter: 'customer',
          description: 'x',
          bikeId: null,
          courierId,
          deliveryId: null,
        },
        at,
      )
      journal.reports.push({ timeMs: nowMs, courierId })
    }
    journal.ticks.push({
      timeMs: nowMs,
      working: couriers.filter(({ shift }) => shift === 'on').map(({ id }) => id),
      bags: parcels.flatMap(({ inBag, courierId, district }) =>
        inBag && courierId !== null ? [{ courierId, district }] : [],
      ),
    })
  }
  return journal
}

const dateIn = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Amsterdam' })
const hourIn = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 13)

/** What belongs to one row, told without the code under test: by the wall calendar, by name. */
function belongs(by: InsightGroup, key: string) {
  return (of: {
    readonly timeMs: number
    readonly courierId?: CourierId | null
    readonly district?: string
  }) =>
    by === 'hour'
      ? hourIn(of.timeMs) === hourIn(Number(key))
      : by === 'day'
        ? dateIn.format(of.timeMs) === dateIn.format(Number(key))
        : by === 'courier'
          ? of.courierId === key
          : of.district === key
}

function countByHand(journal: Journal, fromMs: number, toMs: number, by: InsightGroup, key: string | null) {
  const within = <T extends { readonly timeMs: number }>(items: readonly T[]) =>
    items.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs)
  const isOf = key === null ? () => true : belongs(by, key)
  const ends = within(journal.ends).filter(isOf)
  const delivered = ends.filter(({ status }) => status === 'delivered')
  let [workedMs, busyMs] = [0, 0]
  for (const { timeMs, working, bags } of within(journal.ticks)) {
    workedMs += working.filter((courierId) => isOf({ timeMs, courierId })).length * tickMs
    const own = bags.filter(({ courierId, district }) => isOf({ timeMs, courierId, district }))
    busyMs += new Set(own.map(({ courierId }) => courierId)).size * tickMs
  }
  const ofDistrict = by === 'district' && key !== null
  return {
    delivered: delivered.length,
    onTime: delivered.filter(({ late }) => !late).length,
    failed: ends.filter(({ status }) => status === 'failed').length,
    cancelled: ends.filter(({ status }) => status === 'cancelled').length,
    workedMs: ofDistrict ? null : workedMs,
    busyMs,
    issues: ofDistrict ? null : within(journal.reports).filter(isOf).length,
  }
}

export function describeFiguresContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: figures`, () => {
    let database: FreshDatabase
    let store: Store
    let journal: Journal
    beforeAll(async () => {
      database = await makeDatabase()
      store = await database.open()
      const rolls = fc.sample(fc.nat(99), { numRuns: 20_000, seed: 2026 })
      let roll = 0
      journal = await live(store, () => rolls[roll++ % rolls.length]!)
    })
    afterAll(async () => {
      await store.close()
      await database.close()
    })

    test('are those that are counted by hand from a journal, over a day of 25 hours too', async () => {
      expect(journal.ends.length).toBeGreaterThan(100)
      const tick = fc.integer({ min: 0, max: (endMs - beginMs) / tickMs })
      await fc.assert(
        fc.asyncProperty(tick, tick, fc.constantFrom(...insightGroups), async (one, other, by) => {
          fc.pre(one !== other)
          const fromMs = beginMs + Math.min(one, other) * tickMs
          const toMs = beginMs + Math.max(one, other) * tickMs
          const data = await store.insightData(fromMs, toMs)
          const spanOf = (of: 'hour' | 'day', timeMs: number) =>
            of === 'hour' ? hourSpan(timeMs) : daySpan(timeMs)
          const { total, rows } = countInsights({ ...data, fromMs, toMs, nowMs: endMs, by, spanOf })
          expect(total).toMatchObject(countByHand(journal, fromMs, toMs, by, null))
          for (const row of rows) expect(row).toMatchObject(countByHand(journal, fromMs, toMs, by, row.key))
          const counted = rows.reduce((sum, { delivered }) => sum + delivered, 0)
          expect(counted).toBe(total.delivered)
        }),
        { numRuns: 60 },
      )
    })
  })
}
