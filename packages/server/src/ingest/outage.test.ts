import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore, type Store } from '@fleet/store'
import { type FaultProxy, type PostgresServer, startFaultProxy, startPostgres } from '@fleet/store/testing'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { FixReport } from '../trackers/index.ts'
import {
  addTrackedBike,
  countHistory,
  makeFix,
  makeReport,
  markerOf,
  quietLog,
  recentMs,
  secretOf,
} from './fleet-fixture.ts'
import { createIngest, type Ingest, type IngestOptions } from './ingest.ts'
import { makeSpoolFolder, openSpool } from './spool/spool-fixture.ts'
import { outcomes } from './submission.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const backMs = 30_000

interface Outage {
  /** Between the app and the database. */
  readonly proxy: FaultProxy
  /** The app's own, through the proxy. */
  readonly store: Store
  /** Past the proxy: what is in the database. */
  readonly truth: Store
  readonly folder: string
  readonly bikeNos: readonly number[]
}

/** A database behind a proxy, with bikes whose trackers are `tracker-0`, `tracker-1`, ... */
async function prepare(bikes = 1): Promise<Outage> {
  const database = await server.createDatabase()
  const proxy = await startFaultProxy(server)
  const truth = await openStore(server.config(database, 3))
  const bikeNos: number[] = []
  for (let i = 0; i < bikes; i++) bikeNos.push((await addTrackedBike(truth, `tracker-${i}`)).no)
  const store = await openStore({ ...server.config(database, 5), port: proxy.port })
  onTestFinished(async () => {
    proxy.heal()
    await store.close()
    await truth.close()
    await proxy.close()
  })
  return { proxy, store, truth, folder: makeSpoolFolder(), bikeNos }
}

function cutOff({ proxy }: Outage): void {
  proxy.refuse()
  proxy.reset()
}

async function start(outage: Outage, more: Partial<IngestOptions> = {}) {
  const seen = { stored: 0, shown: [] as number[], registry: new Registry() }
  const ingest = createIngest({
    store: outage.store,
    now: Date.now,
    registry: seen.registry,
    log: quietLog,
    onMarkers: (markers) => (seen.stored += markers.length),
    onSpooledMarkers: (markers) => seen.shown.push(...markers.map(({ timeMs }) => timeMs)),
    ...more,
    spool: more.spool ?? (await openSpool(outage.folder)),
  })
  await ingest.start()
  onTestFinished(() => ingest.close())
  return { ingest, seen }
}

async function send(ingest: Ingest, ...reports: FixReport[]) {
  const { end, codes } = await ingest.submit('batch', reports, 1_000)
  return { end, results: [...codes].map((code) => outcomes[code]) }
}

/** Fixes of one ride to the north, at 5 m/s since `startMs`. */
function reportsOf(bike: number, fromMs: number, count: number, startMs = fromMs): FixReport[] {
  return Array.from({ length: count }, (_, i) => {
    const timeMs = fromMs + i * 1_000
    return makeReport(`tracker-${bike}`, makeFix(timeMs, (timeMs - startMs) / 200))
  })
}

const metric = async (registry: Registry, name: string) =>
  Number(new RegExp(`^${name} (.*)$`, 'm').exec(await registry.metrics())?.[1])

test('what comes while the database is away is taken, shown, and stored once when it is back', async () => {
  const outage = await prepare()
  const { ingest, seen } = await start(outage)
  const timeMs = recentMs()
  expect(await send(ingest, ...reportsOf(0, timeMs, 2))).toMatchObject({ results: ['stored', 'stored'] })
  cutOff(outage)
  const taken = await send(ingest, ...reportsOf(0, timeMs, 5))
  expect(taken).toEqual({ end: 'done', results: Array(5).fill('spooled') })
  expect(await send(ingest, ...reportsOf(0, timeMs + 5_000, 3, timeMs))).toMatchObject({ end: 'done' })
  // On the screens at once.
  expect(seen.shown).toEqual([timeMs + 4_000, timeMs + 7_000])
  expect(await metric(seen.registry, 'fleet_spool_fixes')).toBe(8)
  outage.proxy.heal()
  await vi.waitFor(async () => expect(await metric(seen.registry, 'fleet_spool_fixes')).toBe(0), backMs)
  expect(await countHistory(outage.truth, outage.bikeNos[0]!)).toBe(8)
  const marker = await markerOf(outage.truth, outage.bikeNos[0]!)
  expect(marker).toMatchObject({ timeMs: timeMs + 7_000, odometerM: expect.closeTo(7 * 5, 0) })
  // And the next ones go to the database themselves.
  await vi.waitFor(async () => {
    const { results } = await send(ingest, makeReport('tracker-0', makeFix(timeMs + 8_000, 40)))
    expect(results).not.toEqual(['spooled'])
  }, backMs)
})

test('what an app left when it stopped is stored by the next one', async () => {
  const outage = await prepare()
  const first = await start(outage)
  const timeMs = recentMs()
  cutOff(outage)
  expect(await send(first.ingest, ...reportsOf(0, timeMs, 4))).toMatchObject({ end: 'done' })
  await first.ingest.close()
  outage.proxy.heal()
  const second = await start(outage)
  // It came later, and is not stored before.
  expect(await send(second.ingest, ...reportsOf(0, timeMs + 4_000, 1, timeMs))).toMatchObject({ end: 'done' })
  await vi.waitFor(async () => expect(await countHistory(outage.truth, outage.bikeNos[0]!)).toBe(5), backMs)
  expect(await markerOf(outage.truth, outage.bikeNos[0]!)).toMatchObject({
    timeMs: timeMs + 4_000,
    odometerM: expect.closeTo(4 * 5, 0),
  })
})

test('trackers that nobody knows are asked to come again, soon enough', async () => {
  const outage = await prepare()
  const { ingest } = await start(outage)
  cutOff(outage)
  expect(await send(ingest, makeReport('tracker-9', makeFix(recentMs())))).toMatchObject({
    end: 'unavailable',
  })
  outage.proxy.heal()
})

test('a password that was right before is right while the database is away, and no other', async () => {
  const outage = await prepare()
  let nowMs = Date.now()
  const { ingest } = await start(outage, { now: () => nowMs })
  expect(await ingest.secrets.check('tracker-0', secretOf('tracker-0'))).toBe(true)
  cutOff(outage)
  nowMs += 3_600_000
  // Once the store has noticed; no fix need have come for that.
  await vi.waitFor(
    async () => expect(await ingest.secrets.check('tracker-0', secretOf('tracker-0'))).toBe(true),
    backMs,
  )
  await expect(ingest.secrets.check('tracker-0', 'another')).rejects.toMatchObject({
    code: 'database_unavailable',
  })
  outage.proxy.heal()
})

test('a spool without room takes nothing, and says so', async () => {
  const outage = await prepare()
  const { ingest, seen } = await start(outage, { spool: await openSpool(outage.folder, { maxBytes: 1_500 }) })
  const timeMs = recentMs()
  cutOff(outage)
  expect(await send(ingest, ...reportsOf(0, timeMs, 3))).toMatchObject({ end: 'done' })
  expect(await send(ingest, ...reportsOf(0, timeMs + 3_000, 10))).toMatchObject({ end: 'unavailable' })
  expect(await send(ingest, ...reportsOf(0, timeMs + 3_000, 1))).toMatchObject({ end: 'done' })
  outage.proxy.heal()
  await vi.waitFor(async () => expect(await countHistory(outage.truth, outage.bikeNos[0]!)).toBe(4), backMs)
  expect(await metric(seen.registry, 'fleet_spool_refused_groups_total{reason="full"}')).toBe(1)
})

test('a fix that the database never takes is set aside, as a batch that can be sent again', async () => {
  const outage = await prepare(2)
  const poisonous = new Proxy(outage.store, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown
      if (name !== 'appendFixes') return member
      return (batch: Parameters<Store['appendFixes']>[0]) =>
        batch.fixes.some(({ batteryPct }) => batteryPct === 13)
          ? Promise.reject(new TypeError('a bug of ours'))
          : target.appendFixes(batch)
    },
  })
  const { ingest, seen } = await start(outage, { store: poisonous })
  const timeMs = recentMs()
  cutOff(outage)
  const bad = makeReport('tracker-1', makeFix(timeMs, 0, { batteryPct: 13 }))
  await send(ingest, ...reportsOf(0, timeMs, 3))
  expect(await send(ingest, bad, ...reportsOf(1, timeMs + 1_000, 2))).toMatchObject({ end: 'done' })
  outage.proxy.heal()
  await vi.waitFor(async () => expect(await metric(seen.registry, 'fleet_spool_fixes')).toBe(0), backMs)
  const [a, b] = outage.bikeNos
  expect([await countHistory(outage.truth, a!), await countHistory(outage.truth, b!)]).toEqual([3, 2])
  const lines = readFileSync(`${outage.folder}/set-aside.ndjson`, 'utf8').trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ device: 'tracker-1', battery_pct: 13 }])
})

test(
  'through a database that comes and goes each fix that was taken is stored once, in order',
  { timeout: 120_000 },
  async () => {
    const bikes = 5
    const outage = await prepare(bikes)
    const order = new Map<number, number[]>()
    const watched = new Proxy(outage.store, {
      get(target, name) {
        const member = Reflect.get(target, name, target) as unknown
        if (name !== 'appendFixes') return member
        return async (batch: Parameters<Store['appendFixes']>[0]) => {
          const result = await target.appendFixes(batch)
          batch.fixes.forEach(({ deviceNo, timeMs }, i) => {
            if (result.stored[i] !== true) return
            if (!order.has(deviceNo)) order.set(deviceNo, [])
            order.get(deviceNo)!.push(timeMs)
          })
          return result
        }
      },
    })
    const { ingest, seen } = await start(outage, { store: watched })
    const startMs = recentMs() - 12 * 3_600_000
    const taken = Array.from({ length: bikes }, () => 0)
    const over = new AbortController()
    const senders = taken.map(async (_, bike) => {
      while (!over.signal.aborted) {
        // As phones do: the same ones again until they are taken.
        const { end } = await send(ingest, ...reportsOf(bike, startMs + taken[bike]! * 1_000, 3, startMs))
        if (end === 'done') taken[bike]! += 3
        await sleep(50)
      }
    })
    for (let round = 0; round < 4; round++) {
      const before = [...taken]
      await vi.waitFor(() => expect(taken.every((count, i) => count > before[i]!)).toBe(true), backMs)
      // Every other time without a word: connections stay open, and nothing comes.
      if (round % 2 === 0) cutOff(outage)
      else outage.proxy.fallSilent()
      const atCut = [...taken]
      await vi.waitFor(() => expect(taken.every((count, i) => count > atCut[i]! + 30)).toBe(true), backMs)
      outage.proxy.heal()
      if (round < 2)
        await vi.waitFor(async () => expect(await metric(seen.registry, 'fleet_spool_fixes')).toBe(0), backMs)
    }
    over.abort()
    await Promise.all(senders)
    await vi.waitFor(async () => expect(await metric(seen.registry, 'fleet_spool_fixes')).toBe(0), backMs)
    for (const [bike, no] of outage.bikeNos.entries())
      expect(await countHistory(outage.truth, no)).toBe(taken[bike])
    for (const times of order.values()) expect(times).toEqual(times.toSorted((a, b) => a - b))
  },
)
