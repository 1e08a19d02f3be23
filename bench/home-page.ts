import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BikeId,
  type Command,
  type CourierId,
  createId,
  type DeliveryId,
  type DeviceId,
} from '@fleet/domain'
import { customerAddresses, restaurants } from '@fleet/domain/amsterdam'
import { openStore } from '@fleet/store'
import { chromium, type Browser } from '@playwright/test'
import { signInByLink, startFleet } from '../apps/fleet/testing/fleet-process.ts'
import { type BenchResult, median, printResults, readable } from './result.ts'

const bikes = 500
const couriers = 120
const deliveries = 2_000
/** Of them: brought already, with a courier now; the rest waits for the evening. */
const delivered = 1_000
const underWay = 300
const loads = 5
const targetMs = 1_500
const targetBytes = 1.5e6

/** The first visit of a browser that has nothing of the app, to a fleet in the middle of a busy day. */
export async function run(): Promise<BenchResult[]> {
  if (!existsSync(join(import.meta.dirname, '../apps/web/dist/index.html')))
    throw new Error('The web app is not built. Run: npm run build -w apps/web')
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  const file = join(folder, 'fleet.db')
  await fill(file)
  const fleet = await startFleet({ FLEET_DB: file, FLEET_SEED: 'none', FLEET_DEMO_RIDERS: '0' })
  const wire = await countBytes(Number(new URL(fleet.url).port))
  const browser = await chromium.launch({
    executablePath: process.env['FLEET_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-sync'],
  })
  try {
    const cookie = await signInByLink(fleet)
    const visits = []
    for (let i = 0; i < loads; i++) visits.push(await visit(browser, wire, cookie))
    const times = visits.map(({ ms }) => ms)
    const maps = visits.map(({ mapMs }) => mapMs)
    return [
      {
        claim: `Home, first visit, ${bikes} bikes and ${readable(deliveries)} deliveries of the day: until a click opens a bike, median`,
        measured: median(times),
        unit: 'ms',
        target: targetMs,
        better: 'lower',
        detail:
          `${loads} visits, each with an empty cache: ${times.map(Math.round).join(', ')} ms; ` +
          `the ground of the map was painted after ${maps.map(Math.round).join(', ')} ms`,
      },
      {
        claim: 'Home, first visit: bytes from the server, files, answers and the live channel',
        measured: Math.max(...visits.map(({ bytes }) => bytes)) / 1e6,
        unit: 'MB',
        target: targetBytes / 1e6,
        better: 'lower',
        detail: 'counted on the connection itself, headers and all, until the page has been quiet for 2 s',
      },
    ]
  } finally {
    await browser.close()
    wire.close()
    await fleet.end('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Wire {
  readonly url: string
  bytes(): number
  close(): void
}

/** A door in front of the server that counts what comes out. */
async function countBytes(port: number): Promise<Wire> {
  let bytes = 0
  const door = createServer((client) => {
    const server = createConnection(port, '127.0.0.1')
    server.on('data', (chunk) => (bytes += chunk.length))
    client.pipe(server).pipe(client)
    client.on('error', () => server.destroy())
    server.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    bytes: () => bytes,
    close: () => door.close(),
  }
}

async function visit(
  browser: Browser,
  wire: Wire,
  cookie: string,
): Promise<{ readonly ms: number; readonly mapMs: number; readonly bytes: number }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  const [name, value] = cookie.split('=')
  await context.addCookies([{ name: name!, value: value!, url: wire.url }])
  const page = await context.newPage()
  const before = wire.bytes()
  const start = performance.now()
  await page.goto(wire.url, { waitUntil: 'commit' })
  // Lists are there, and the page answers: it is not only painted.
  await page.getByRole('listbox', { name: 'Bikes' }).getByRole('option').first().click()
  await page.getByRole('complementary', { name: /^Bike / }).waitFor()
  const ms = performance.now() - start
  for (let seen = -1; seen !== wire.bytes(); await page.waitForTimeout(2_000)) seen = wire.bytes()
  const bytes = wire.bytes() - before
  const mapMs = Number(await page.evaluate("performance.getEntriesByName('fleet-map-ground')[0].startTime"))
  await context.close()
  return { ms, mapMs, bytes }
}

const nobody = { id: null, name: 'bench' }
const id = <T extends AnyId>(): T => createId<T>(Date.now(), randomBytes(10))
type AnyId = BikeId | CourierId | DeliveryId | DeviceId

async function fill(file: string): Promise<void> {
  const store = await openStore({ backend: 'sqlite', file })
  const execute = async (commands: readonly Command[]): Promise<void> => {
    for (let at = 0; at < commands.length; at += 1_000) {
      const outcome = await store.executeAll(commands.slice(at, at + 1_000), {
        key: randomBytes(16).toString('hex'),
        actor: nobody,
        nowMs: Date.now(),
      })
      if (!outcome.ok) throw new Error(outcome.refusal.message)
    }
  }
  const bikeIds = Array.from({ length: bikes }, () => id<BikeId>())
  const courierIds = Array.from({ length: couriers }, () => id<CourierId>())
  await execute(bikeIds.flatMap((bikeId, n) => bikeWithTracker(bikeId, n)))
  await execute(courierIds.flatMap((courierId, n) => courierOnBike(courierId, bikeIds[n]!, n)))
  await execute(Array.from({ length: deliveries }, (_, n) => delivery(n, courierIds)).flat())
  const registered = await store.snapshot()
  await store.appendFixes({
    receivedAtMs: Date.now(),
    heartbeats: [],
    fixes: registered.devices.map(({ no }, n) => ({
      deviceNo: no,
      bikeNo: registered.bikes[n]!.no,
      courierNo: null,
      lat: 52.33 + ((n * 7919) % 7_000) / 1e5,
      lon: 4.83 + ((n * 104_729) % 13_000) / 1e5,
      timeMs: Date.now() - n * 10,
      speedMps: 4,
      headingDeg: (n * 13) % 360,
      accuracyM: 5,
      altitudeM: null,
      batteryPct: 77,
      charging: false,
      attributes: null,
      flag: null,
      riddenM: 0,
    })),
  })
  await store.close()
}

const bikeWithTracker = (bikeId: BikeId, n: number): Command[] => [
  { type: 'bike.create', id: bikeId, code: `AMS-${String(n).padStart(4, '0')}`, kind: 'cargo', note: '' },
  {
    type: 'device.create',
    id: id<DeviceId>(),
    trackerId: `bench-${n}`,
    name: `Tracker ${n}`,
    mount: { on: 'bike', bikeId },
    secretHash: '0'.repeat(64),
  },
]

const courierOnBike = (courierId: CourierId, bikeId: BikeId, n: number): Command[] => [
  { type: 'courier.create', id: courierId, name: `Courier ${n}`, phone: '' },
  { type: 'courier.shift', id: courierId, expectedVersion: null, event: 'start' },
  { type: 'courier.take_bike', id: courierId, expectedVersion: null, bikeId },
]

const senders = restaurants()
const customers = customerAddresses()

/** The n-th delivery of the day, as far as it has come by now. */
function delivery(n: number, courierIds: readonly CourierId[]): Command[] {
  const deliveryId = id<DeliveryId>()
  const fromMs = Date.now() + (n - delivered) * 20_000
  const sender = senders[n % senders.length]!
  const customer = customers[(n * 31) % customers.length]!
  const stop = (address: string, point: { lat: number; lon: number }) => ({
    address,
    point,
    window: { fromMs, toMs: fromMs + 2_700_000 },
    contact: '+31 20 555 0100',
    note: '',
  })
  const change = { id: deliveryId, expectedVersion: null }
  const steps: readonly Command[] = [
    { type: 'delivery.assign', ...change, courierId: courierIds[n % courierIds.length]! },
    { type: 'delivery.pick_up', ...change },
    { type: 'delivery.deliver', ...change },
  ]
  return [
    {
      type: 'delivery.create',
      id: deliveryId,
      pickup: stop(sender.address.label, sender.address.at),
      dropoff: stop(customer.label, customer.at),
      size: 'small',
      priority: 'normal',
    },
    ...steps.slice(0, n < delivered ? 3 : n < delivered + underWay ? 1 + (n % 2) : 0),
  ]
}

if (import.meta.main) printResults(await run())
