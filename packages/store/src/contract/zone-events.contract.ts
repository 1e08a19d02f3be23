import { type ServiceEntryId, type ZoneId, dayMs } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewZoneEvent, Store } from '../port.ts'
import {
  makeBike,
  makeContext,
  makeId,
  refusalOf,
  run,
  startMs,
  unique,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

export function describeZoneEventsContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: zone events and service books`, () => {
    let database: FreshDatabase
    let store: Store
    beforeAll(async () => {
      database = await makeDatabase()
      store = await database.open()
    })
    afterAll(async () => {
      await store.close()
      await database.close()
    })

    const zoneId = makeId<ZoneId>()
    const crossing = (more: Partial<NewZoneEvent>): NewZoneEvent => ({
      timeMs: startMs,
      kind: 'enter',
      zoneId,
      zoneName: 'West',
      zoneKind: 'slow',
      bikeNo: 1,
      courierNo: null,
      lat: 52.1,
      lon: 4.9,
      ...more,
    })

    test('a crossing is recorded once, whoever noticed it, and who is where is known', async () => {
      const other = await database.open()
      await Promise.all([store, other].map((instance) => instance.recordCrossings([crossing({})])))
      expect(await store.zonePresence()).toEqual([{ bikeNo: 1, zoneId }])
      await store.recordCrossings([
        crossing({ kind: 'leave', timeMs: startMs + 1000 }),
        crossing({ kind: 'leave', timeMs: startMs + 2000 }),
        crossing({ bikeNo: 2, timeMs: startMs + 3000, courierNo: 7 }),
      ])
      const { items } = await other.zoneEvents({ limit: 10 })
      expect(items.map(({ kind, bikeNo, timeMs }) => [kind, bikeNo, timeMs - startMs])).toEqual([
        ['enter', 2, 3000],
        ['leave', 1, 1000],
        ['enter', 1, 0],
      ])
      expect(items[0]).toEqual({
        no: items[0]!.no,
        ...crossing({ bikeNo: 2, timeMs: startMs + 3000, courierNo: 7 }),
      })
      expect(await other.zonePresence()).toEqual([{ bikeNo: 2, zoneId }])
      const numbers = items.map(({ no }) => no).toReversed()
      expect((await store.zoneEventsAfter(numbers[0]!, 10)).map(({ no }) => no)).toEqual(numbers.slice(1))
      expect(await store.lastZoneEventNo()).toBe(numbers.at(-1))
      await other.close()
    })

    test('events are listed by zone, bike and time, page by page', async () => {
      const own = makeId<ZoneId>()
      for (let n = 0; n < 7; n++)
        await store.recordCrossings([crossing({ zoneId: own, bikeNo: 100 + n, timeMs: startMs + (n >> 1) })])
      const seen: number[] = []
      for (let cursor: string | undefined; ;) {
        const page = await store.zoneEvents({ zoneId: own, limit: 3, ...(cursor ? { cursor } : {}) })
        seen.push(...page.items.map(({ bikeNo }) => bikeNo))
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      expect(seen).toEqual([106, 105, 104, 103, 102, 101, 100])
      const within = await store.zoneEvents({ zoneId: own, fromMs: startMs + 1, toMs: startMs + 2, limit: 9 })
      expect(within.items.map(({ bikeNo }) => bikeNo)).toEqual([103, 102])
      expect((await store.zoneEvents({ bikeNo: 104, limit: 9 })).items).toHaveLength(1)
      expect((await store.zoneEvents({ limit: 2, cursor: 'no cursor' })).items).toHaveLength(2)
    })

    test('old events go with the positions that they are about', async () => {
      await store.recordCrossings([crossing({ bikeNo: 500, timeMs: startMs - 40 * dayMs })])
      await store.recordCrossings([crossing({ bikeNo: 501, timeMs: startMs })])
      await store.maintain(startMs, { positionsDays: 30, idempotencyDays: 7 })
      expect((await store.zoneEvents({ bikeNo: 500, limit: 1 })).items).toEqual([])
      expect((await store.zoneEvents({ bikeNo: 501, limit: 1 })).items).toHaveLength(1)
    })

    test('a service book is written, corrected, searched and undone', async () => {
      const [bikeId, other] = [await makeBike(store), await makeBike(store)]
      const id = makeId<ServiceEntryId>()
      const entry = {
        type: 'service.create',
        id,
        bikeId,
        kind: 'brakes',
        atMs: startMs,
        costCents: 4250,
        odometerKm: 1204.5,
        note: 'New pads',
        dueMs: startMs + 90 * dayMs,
        dueKm: null,
      } as const
      const { entity } = await run(store, entry)
      expect(await store.get('service', id)).toEqual(entity)
      const key = unique('correct')
      const patch = { costCents: 4500, dueMs: null }
      await run(store, { type: 'service.update', id, expectedVersion: 1, patch }, { key })
      expect(await store.get('service', id)).toMatchObject({ costCents: 4500, dueMs: null, version: 2 })
      await store.undo({ key, allowed: ['service.update'] }, makeContext())
      await run(store, {
        ...entry,
        id: makeId<ServiceEntryId>(),
        atMs: startMs + 1,
        dueMs: null,
        note: 'Tyre',
      })
      await run(store, { ...entry, id: makeId<ServiceEntryId>(), bikeId: other })
      const list = async (query: object) =>
        (await store.list('service', { limit: 9, ...query })).items.map(({ note }) => note)
      expect(await list({ bikeId })).toEqual(['Tyre', 'New pads'])
      expect(await list({ bikeId, dueToMs: startMs + 90 * dayMs })).toEqual(['New pads'])
      expect(await list({ bikeId, search: 'pads' })).toEqual(['New pads'])
      expect(await list({ bikeId, kind: ['tyres'] })).toEqual([])
      await run(store, { type: 'service.remove', id, expectedVersion: null })
      expect(await store.get('service', id)).toBeNull()
      const nowhere = { ...entry, id: makeId<ServiceEntryId>(), bikeId: makeId<never>() }
      expect(await refusalOf(store, nowhere)).toBe('invalid_reference')
    })
  })
}
