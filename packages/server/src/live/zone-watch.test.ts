import { setTimeout as sleep } from 'node:timers/promises'
import type { LatestFix, ZoneEvent, ZoneId } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { expect, onTestFinished, test } from 'vitest'
import { openSqliteFleet, quietLog } from '../ingest/fleet-fixture.ts'
import { createZoneWatch } from './zone-watch.ts'

const nowMs = Date.UTC(2026, 2, 2, 9)
const square = (south: number) => [
  { lat: south, lon: 4.8 },
  { lat: south, lon: 4.9 },
  { lat: south + 0.01, lon: 4.9 },
  { lat: south + 0.01, lon: 4.8 },
]
let keys = 0
const context = () => ({ key: `zone-watch-${(keys += 1)}`, actor: { id: null, name: 'test' }, nowMs })

async function drawZone(store: Store, name: string, south: number): Promise<ZoneId> {
  const id = `00000000-0000-7000-8000-${String((keys += 1)).padStart(12, '0')}` as ZoneId
  const polygon = square(south)
  await store.execute<'zone.create'>({ type: 'zone.create', id, name, kind: 'slow', polygon }, context())
  return id
}

const marker = (lat: number, second: number): LatestFix => ({
  bikeNo: 1,
  deviceNo: 1,
  courierNo: 3,
  timeMs: nowMs + second * 1000,
  receivedAtMs: nowMs,
  lat,
  lon: 4.85,
  speedMps: null,
  headingDeg: null,
  accuracyM: null,
  altitudeM: null,
  batteryPct: null,
  charging: null,
  odometerM: 0,
})

async function watch(store: Store) {
  const events: ZoneEvent[] = []
  const zoneWatch = createZoneWatch({ store, log: quietLog, onEvents: (more) => events.push(...more) })
  await zoneWatch.start()
  onTestFinished(() => zoneWatch.close())
  return { ...zoneWatch, events, told: () => events.map(({ kind, zoneName }) => `${kind} ${zoneName}`) }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('Waited in vain')
    await sleep(5)
  }
}

test('a bike that crosses a border is told of once, with when and where', async () => {
  const store = await openSqliteFleet()
  await drawZone(store, 'South', 52.3)
  await drawZone(store, 'North', 52.31)
  const watched = await watch(store)
  watched.moved([marker(52.305, 1)])
  await until(() => watched.events.length === 1)
  watched.moved([marker(52.306, 2)])
  watched.moved([marker(52.315, 3)])
  await until(() => watched.events.length === 3)
  expect(watched.told().toSorted()).toEqual(['enter North', 'enter South', 'leave South'])
  expect(watched.events[0]).toMatchObject({ bikeNo: 1, courierNo: 3, timeMs: nowMs + 1000, lat: 52.305 })
  expect((await store.zoneEvents({ limit: 9 })).items).toHaveLength(3)
})

test('a bike that stands on a border is told of once it is clear of it, not with every fix', async () => {
  const store = await openSqliteFleet()
  await drawZone(store, 'South', 52.3)
  const watched = await watch(store)
  // Some five metres to either side, as trackers see it that stand still.
  for (let second = 1; second <= 20; second++) {
    watched.moved([marker(52.3 + (second % 2 === 0 ? 0.00005 : -0.00005), second)])
    await sleep(2)
  }
  watched.moved([marker(52.301, 21)])
  await until(() => watched.events.length > 0)
  expect(watched.events).toMatchObject([{ kind: 'enter', timeMs: nowMs + 21_000 }])
})

test('after a restart a bike that is where it was crosses nothing, and what was missed is made good', async () => {
  const store = await openSqliteFleet()
  await drawZone(store, 'South', 52.3)
  const first = await watch(store)
  first.moved([marker(52.305, 1)])
  await until(() => first.events.length === 1)
  await first.close()
  const second = await watch(store)
  second.moved([marker(52.306, 2)])
  second.moved([marker(52.4, 3)])
  await until(() => second.events.length === 1)
  expect(second.told()).toEqual(['leave South'])
})

test('a zone counts from when it is drawn, as it was drawn last, and until it is removed', async () => {
  const store = await openSqliteFleet()
  const watched = await watch(store)
  const id = await drawZone(store, 'South', 52.3)
  // The change log is followed within moments.
  for (let second = 1; watched.events.length === 0; second++) {
    watched.moved([marker(52.305, second)])
    await sleep(20)
  }
  expect(watched.told()).toEqual(['enter South'])
  await store.execute<'zone.remove'>({ type: 'zone.remove', id, expectedVersion: null }, context())
  await drawZone(store, 'Far', 52.4)
  for (let second = 100; watched.events.length === 1; second++) {
    watched.moved([marker(52.405, second)])
    await sleep(20)
  }
  expect(watched.told()).toEqual(['enter South', 'enter Far'])
})

test('two instances tell the same events, and the database has each once', async () => {
  const store = await openSqliteFleet()
  await drawZone(store, 'South', 52.3)
  const [one, two] = [await watch(store), await watch(store)]
  for (const watched of [one, two]) watched.moved([marker(52.305, 1)])
  await until(() => one.events.length > 0 && two.events.length > 0)
  expect([one.told(), two.told()]).toEqual([['enter South'], ['enter South']])
  expect((await store.zoneEvents({ limit: 9 })).items).toHaveLength(1)
})
