import { getRandomValues } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@fleet/domain'
import { openStore, type Store } from '@fleet/store'
import { afterAll, afterEach, expect, test } from 'vitest'
import { listAll } from '../find-rows.ts'
import { createRandom } from './random.ts'
import { seedDemo } from './seed.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-seed-'))
const stores: Store[] = []
afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())))
afterAll(() => rmSync(folder, { recursive: true }))

const nowMs = Date.UTC(2026, 5, 1, 14, 30)
let files = 0

async function seeded() {
  const store = await openStore({ backend: 'sqlite', file: join(folder, `${files++}.db`) })
  stores.push(store)
  const random = createRandom('bytes')
  const randomBytes = (count: number) => Uint8Array.from({ length: count }, () => random.int(0, 255))
  const summary = await seedDemo(store, { nowMs, randomBytes })
  return { store, summary, randomBytes }
}

test('the demo day has what a dispatcher has to deal with', async () => {
  const { store } = await seeded()
  const { bikes, couriers, deliveries, issues, zones, devices, latest } = await store.snapshot()
  const tally = (values: readonly string[]) =>
    Object.fromEntries(
      [...new Set(values)].map((value) => [value, values.filter((other) => other === value).length]),
    )
  expect(bikes.length).toBe(76)
  expect(Object.keys(tally(bikes.map(({ status }) => status))).toSorted()).toEqual([
    'available',
    'charging',
    'in_use',
    'maintenance',
    'missing',
  ])
  expect(new Set(bikes.map(({ kind }) => kind)).size).toBe(3)
  expect(new Set(couriers.map(({ name }) => name)).size).toBe(72)
  expect(tally(couriers.map(({ shift }) => shift))).toEqual({ on: 60, break: 4, off: 8 })
  expect(deliveries.length).toBe(40)
  expect(tally(deliveries.map(({ status }) => status))).toEqual({
    unassigned: 10,
    assigned: 20,
    picked_up: 10,
  })
  expect(tally(issues.map(({ status }) => status))).toEqual({ open: 4, in_progress: 4 })
  expect(new Set(zones.map(({ kind }) => kind)).size).toBe(6)
  expect(devices.length).toBe(76)
  // The missing bike is silent.
  expect(latest.length).toBe(75)

  const all = await listAll(store, 'delivery')
  expect(all.length).toBe(190)
  expect(all.filter(({ rating }) => rating !== null).length).toBeGreaterThan(30)
  for (const { timeline, status } of all) {
    expect(timeline.at(-1)!.status).toBe(status)
    const times = timeline.map(({ atMs }) => atMs)
    expect(times.toSorted((a, b) => a - b)).toEqual(times)
    expect(new Set(times).size).toBe(times.length)
    expect(times.at(-1)!).toBeLessThanOrEqual(nowMs)
  }
  for (const kind of ['bike', 'courier', 'delivery', 'issue', 'zone', 'device'] as const)
    expect((await listAll(store, kind)).every(({ demo }) => demo)).toBe(true)
})

test('it is the same day every time, but for what nobody may guess', async () => {
  const [first, second] = [await seeded(), await seeded()]
  const read = async (store: Store) => {
    const { logId: _, ...rest } = await store.snapshot()
    return rest
  }
  expect(await read(second.store)).toEqual(await read(first.store))
  const random = createRandom('other bytes')
  const third = await openStore({ backend: 'sqlite', file: join(folder, 'third.db') })
  stores.push(third)
  await seedDemo(third, {
    nowMs,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => random.int(0, 255)),
  })
  const ids = async (store: Store) => (await listAll(store, 'device')).map(({ trackerId }) => trackerId)
  expect(new Set([...(await ids(first.store)), ...(await ids(third))]).size).toBe(152)
})

test('nobody was carried over the water: no seeded fix is a jump', async () => {
  const { store, summary } = await seeded()
  const { bikes } = await store.snapshot()
  let fixes = 0
  for (const { no } of bikes) {
    const { items } = await store.history({ bikeNo: no, fromMs: 0, toMs: nowMs + 1, limit: 1_000 })
    fixes += items.length
    for (const [index, { timeMs }] of items.entries())
      expect(timeMs).toBeGreaterThan(items[index - 1]?.timeMs ?? 0)
  }
  expect(fixes).toBe(summary!.fixes)
})

test('whoever comes second seeds nothing, and all of it can be removed again', async () => {
  const { store, randomBytes } = await seeded()
  expect(await seedDemo(store, { nowMs: nowMs + 5, randomBytes })).toBeNull()
  expect((await listAll(store, 'bike')).length).toBe(76)
  await store.clearDemo({ key: 'clear', actor: { id: null, name: 'test' }, nowMs })
  for (const kind of ['bike', 'courier', 'delivery', 'issue', 'zone', 'device'] as const)
    expect(await listAll(store, kind)).toEqual([])
})

test('of two that seed in the same millisecond one does, and the other leaves it alone', async () => {
  const store = await openStore({ backend: 'sqlite', file: join(folder, `${files++}.db`) })
  stores.push(store)
  const seed = () =>
    seedDemo(store, { nowMs, randomBytes: (count) => getRandomValues(new Uint8Array(count)) })
  const summaries = await Promise.all([seed(), seed()])
  expect(summaries.filter((summary) => summary !== null)).toHaveLength(1)
  expect((await listAll(store, 'bike')).length).toBe(76)
})

test('whoever fails before the first step removes nothing of another’s demo', async () => {
  const { store, randomBytes } = await seeded()
  const failing: Store = {
    ...store,
    executeAll: () => Promise.reject(new AppError('database_unavailable', 'away')),
  }
  await expect(seedDemo(failing, { nowMs: nowMs + 5, randomBytes })).rejects.toThrow('away')
  expect((await listAll(store, 'bike')).length).toBe(76)
})
