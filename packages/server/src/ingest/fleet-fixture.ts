import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BikeId,
  type Command,
  type CourierId,
  createId,
  type DeviceId,
  type Fix,
  type LatestFix,
} from '@fleet/domain'
import { openStore, type PostgresConfig, type Store } from '@fleet/store'
import type { PostgresServer } from '@fleet/store/testing'
import { Registry } from 'prom-client'
import { onTestFinished } from 'vitest'
import type { Log } from '../log.ts'
import type { FixReport } from '../trackers/index.ts'
import { createIngest, type Ingest, type IngestOptions } from './ingest.ts'

/*
 * For the tests of ingest and of the live channel: real stores, and bikes with trackers in them. Whatever is opened
 * here is closed when the test ends.
 */

export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export async function openSqliteFleet(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-test-'))
  const store = await openStore({ backend: 'sqlite', file: join(folder, 'fleet.db') })
  onTestFinished(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return store
}

export async function createPostgresConfig(server: PostgresServer): Promise<PostgresConfig> {
  return server.config(await server.createDatabase(), 5)
}

export async function openPostgresFleet(config: PostgresConfig): Promise<Store> {
  const store = await openStore(config)
  onTestFinished(() => store.close())
  return store
}

export async function startIngest(
  store: Store,
  more: Partial<IngestOptions> = {},
): Promise<Ingest & { readonly moved: LatestFix[]; readonly registry: Registry }> {
  const moved: LatestFix[] = []
  const registry = new Registry()
  const ingest = createIngest({
    store,
    now: Date.now,
    registry,
    log: quietLog,
    onMarkers: (markers) => moved.push(...markers),
    ...more,
  })
  await ingest.start()
  onTestFinished(() => ingest.close())
  return Object.assign(ingest, { moved, registry })
}

export const newId = <T extends BikeId | CourierId | DeviceId>() => createId<T>(Date.now(), randomBytes(10))

const by = (name: string) => ({
  key: randomBytes(8).toString('hex'),
  actor: { id: null, name },
  nowMs: Date.now(),
})

export async function execute(store: Store, command: Command): Promise<void> {
  const outcome = await store.execute(command, by('test'))
  if (!outcome.ok) throw new Error(outcome.refusal.message)
}

let lastCode = 0

export async function addBike(store: Store): Promise<BikeId> {
  const id = newId<BikeId>()
  lastCode += 1
  await execute(store, {
    type: 'bike.create',
    id,
    code: `TST-${String(lastCode).padStart(4, '0')}`,
    kind: 'city',
    note: '',
  })
  return id
}

export async function bikeNo(store: Store, id: BikeId): Promise<number> {
  return (await store.get('bike', id))!.no
}

export const secretOf = (trackerId: string) => `secret of ${trackerId}`

export async function addTracker(
  store: Store,
  trackerId: string,
  mount: { on: 'bike'; bikeId: BikeId } | { on: 'courier'; courierId: CourierId },
): Promise<DeviceId> {
  const id = newId<DeviceId>()
  const secretHash = createHash('sha256').update(secretOf(trackerId)).digest('hex')
  await execute(store, { type: 'device.create', id, trackerId, name: trackerId, mount, secretHash })
  return id
}

/** A bike with a tracker on it. */
export async function addTrackedBike(
  store: Store,
  trackerId: string,
): Promise<{ bikeId: BikeId; no: number }> {
  const bikeId = await addBike(store)
  await addTracker(store, trackerId, { on: 'bike', bikeId })
  return { bikeId, no: await bikeNo(store, bikeId) }
}

/** A whole second in the recent past: `timeMs + 1000 * n` for n up to 60 is not in the future. */
export const recentMs = () => Math.floor(Date.now() / 1000) * 1000 - 60_000

/** On the Dam in Amsterdam, `northM` metres north of its middle. */
export function makeFix(timeMs: number, northM = 0, more: Partial<Fix> = {}): Fix {
  return {
    timeMs,
    lat: 52.373 + northM / 111_195,
    lon: 4.8925,
    speedMps: 5,
    headingDeg: 0,
    accuracyM: 5,
    altitudeM: null,
    batteryPct: 80,
    charging: null,
    attributes: null,
    ...more,
  }
}

export function makeReport(trackerId: string, fix: Fix): FixReport {
  return { trackerId, driverId: null, fix, heartbeat: null }
}

/** How many fixes history holds of a bike. */
export async function countHistory(store: Store, no: number): Promise<number> {
  const page = await store.history({
    bikeNo: no,
    fromMs: Date.now() - 86_400_000,
    toMs: Date.now() + 86_400_000,
    limit: 10_000,
  })
  return page.items.length
}

export async function markerOf(store: Store, no: number): Promise<LatestFix | null> {
  return (await store.latestFixes(0)).find((marker) => marker.bikeNo === no) ?? null
}

export interface AppendGate {
  readonly store: Store
  /** The sizes of the batches that were given to the store so far. */
  readonly sizes: number[]
  /** While set, every batch fails with it. */
  failure: Error | null
  /** Batches wait until `open` is called. */
  shut(): void
  open(): void
}

/** The same store with a gate before `appendFixes`. */
export function gateAppends(store: Store): AppendGate {
  let opened = Promise.withResolvers<void>()
  opened.resolve()
  const gate: AppendGate = {
    sizes: [],
    failure: null,
    shut() {
      opened = Promise.withResolvers<void>()
    },
    open: () => opened.resolve(),
    store: new Proxy(store, {
      get(target, name) {
        if (name !== 'appendFixes') return Reflect.get(target, name, target) as unknown
        return async (batch: Parameters<Store['appendFixes']>[0]) => {
          gate.sizes.push(batch.fixes.length)
          await opened.promise
          if (gate.failure !== null) throw gate.failure
          return target.appendFixes(batch)
        }
      },
    }),
  }
  return gate
}
