import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createId, type Command, type DeliveryId, type Point } from '@fleet/domain'
import { customerAddresses, restaurants } from '@fleet/domain/amsterdam'
import { openStore, type Store } from '@fleet/store'
import { startPostgres } from '@fleet/store/testing'
import { type BenchResult, percentile, printResults } from './result.ts'

const rows = 100_000
const aTransaction = 2_000
const startMs = Date.UTC(2026, 0, 5, 9)
const first = [
  'Sanne',
  'Daan',
  'Emma',
  'Sem',
  'Julia',
  'Lucas',
  'Zoë',
  'Mees',
  'Noor',
  'Bram',
  'Fenna',
  'Ravi',
]
const last = [
  'de Vries',
  'Jansen',
  'Bakker',
  'Visser',
  'Smit',
  'Meijer',
  'de Boer',
  'Mulder',
  'Bos',
  'Yılmaz',
]
const senders = restaurants()
const customers = customerAddresses()
const notes = ['', '', '', 'Ring twice', 'Third floor', 'Leave with the neighbours', 'Code 4711 at the gate']

interface Options {
  readonly searches?: number
}

/** What a dispatcher types, in a list of 100,000 deliveries: codes, streets, names, parts of words, the
 * first two letters of one, and what is not there. */
export async function run({ searches = 300 }: Options = {}): Promise<BenchResult[]> {
  return [...(await runSqlite(searches)), ...(await runPostgres(searches))]
}

async function runSqlite(searches: number): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  try {
    const store = await openStore({ backend: 'sqlite', file: join(folder, 'fleet.db') })
    try {
      await fill(store)
      return await measure('SQLite', store, searches)
    } finally {
      await store.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function runPostgres(searches: number): Promise<BenchResult[]> {
  const server = await startPostgres({ fsync: 'off', max_wal_size: '4GB' })
  try {
    const store = await openStore(server.config(await server.createDatabase(), 2))
    try {
      await fill(store)
      return await measure('PostgreSQL', store, searches)
    } finally {
      await store.close()
    }
  } finally {
    await server.stop()
  }
}

const pick = <T>(values: readonly T[], n: number): T => values[n % values.length]!

function makeDelivery(n: number): Command {
  const fromMs = startMs + n * 20_000
  const window = { fromMs, toMs: fromMs + 3_600_000 }
  const restaurant = pick(senders, n * 7)
  const customer = pick(customers, n * 31 + Math.floor(n / 97))
  const stop = (address: string, point: Point, contact: string, note: string) => ({
    address,
    point,
    window,
    contact,
    note,
  })
  const bytes = new Uint8Array(10)
  new DataView(bytes.buffer).setUint32(6, n)
  return {
    type: 'delivery.create',
    id: createId<DeliveryId>(fromMs, bytes),
    pickup: stop(restaurant.address.label, restaurant.address.at, restaurant.name, ''),
    dropoff: stop(
      customer.label,
      customer.at,
      `${pick(first, n * 5)} ${pick(last, Math.floor(n / 12))} +31 6 ${String(10_000_000 + ((n * 7919) % 89_999_999))}`,
      pick(notes, n * 3),
    ),
    size: 'small',
    priority: 'normal',
  }
}

async function fill(store: Store): Promise<void> {
  for (let from = 0; from < rows; from += aTransaction) {
    const commands = Array.from({ length: aTransaction }, (_, index) => makeDelivery(from + index))
    const context = {
      key: `fill-${from}`,
      actor: { id: null, name: 'bench' },
      nowMs: startMs + from * 20_000,
    }
    const outcome = await store.executeAll(commands, context)
    if (!outcome.ok) throw new Error(outcome.refusal.message)
  }
}

/** The n-th search: every kind of word in turn. */
function searchOf(n: number): string {
  const row = (n * 48_271) % rows
  const kinds: readonly (() => string)[] = [
    () => `D-${String(row + 1).padStart(6, '0')}`,
    () => pick(customers, row).label.toLowerCase(),
    () => `${pick(first, row)} ${pick(last, row)}`,
    () => pick(customers, row).label.slice(2, 7),
    () => String(10_000_000 + ((row * 7919) % 89_999_999)),
    () => `4711 ${pick(last, row)} ${pick(first, row * 3)}`,
    () => `nowhere ${n}`,
    () => pick(customers, row).label.slice(0, 2).toLowerCase(),
  ]
  return pick(kinds, n)()
}

async function measure(backend: string, store: Store, searches: number): Promise<BenchResult[]> {
  const times: number[] = []
  const cpuTimes: number[] = []
  let slowest = { ms: 0, search: '' }
  let found = 0
  const atFirst = process.resourceUsage()
  for (let n = -20; n < searches; n++) {
    const search = searchOf(Math.abs(n))
    const started = performance.now()
    const before = process.resourceUsage()
    const page = await store.list('delivery', { limit: 50, search })
    const ms = performance.now() - started
    if (n < 0) continue
    times.push(ms)
    cpuTimes.push(cpuMsSince(before))
    if (page.items.length > 0) found += 1
    if (ms > slowest.ms) slowest = { ms, search }
  }
  const { fsRead, involuntaryContextSwitches } = process.resourceUsage()
  return [
    {
      claim: `${backend}: search over ${rows.toLocaleString('en')} deliveries, first page, p95`,
      measured: percentile(times, 95),
      unit: 'ms',
      target: 50,
      better: 'lower',
      detail:
        `${searches} searches, ${found} of them found something; p50 ${percentile(times, 50).toFixed(1)} ms, ` +
        `most ${slowest.ms.toFixed(1)} ms for "${slowest.search}"; on our processor p95 ${percentile(cpuTimes, 95).toFixed(1)} ms, ` +
        `${fsRead - atFirst.fsRead} reads from disk, ${involuntaryContextSwitches - atFirst.involuntaryContextSwitches} times put off by others`,
    },
  ]
}

/** Also the kernel's work for us; of PostgreSQL, the client's part only. */
function cpuMsSince(before: NodeJS.ResourceUsage): number {
  const now = process.resourceUsage()
  return (now.userCPUTime + now.systemCPUTime - before.userCPUTime - before.systemCPUTime) / 1000
}

if (import.meta.main) printResults(await run())
