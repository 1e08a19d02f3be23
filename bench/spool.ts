import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiClient, createClient } from '@fleet/api'
import { type PostgresServer, startPostgres } from '@fleet/store/testing'
import { Client } from 'pg'
import { Spool } from '../packages/server/src/ingest/spool/spool.ts'
import type { SpooledFix } from '../packages/server/src/ingest/spool/spool-record.ts'
import { startFleet } from './child.ts'
import { type BenchResult, percentile, printResults } from './result.ts'

const trackers = 500
/** Commands keep coming at this pace, whatever the ones before it take. */
const commandIntervalMs = 20

interface Options {
  /** How long the database was away, with a fix of every tracker each second. */
  readonly outageS?: number
  /** How long commands are measured without a drain. */
  readonly quietMs?: number
}

/**
 * What ten minutes without a database leave behind: 300,000 requests of one fix each. Server, database and the one who
 * sends commands each in their own process on this machine. Every fix must be in the database afterwards.
 */
export async function run({ outageS = 600, quietMs = 15_000 }: Options = {}): Promise<BenchResult[]> {
  const postgres = await startPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  try {
    await fillSpool(folder, outageS)
    const database = await postgres.createDatabase()
    const fleet = await startFleet({
      config: postgres.config(database, 10),
      bikes: trackers,
      spool: { folder, maxBytes: 2 ** 30 },
    })
    try {
      const { url, signInLink } = fleet.first
      const client = await signIn(url, signInLink!)
      const left = await spooledFixes(url)
      const began = performance.now()
      const during = await measureCommands(client, async () => (await spooledFixes(url)) === 0)
      const seconds = (performance.now() - began) / 1000
      const count = await countPositions(postgres, database)
      if (count !== outageS * trackers)
        throw new Error(`${outageS * trackers} fixes spooled, ${count} stored`)
      const quietUntil = performance.now() + quietMs
      const quiet = await measureCommands(client, () => Promise.resolve(performance.now() > quietUntil))
      const p99 = { during: percentile(during, 99), quiet: percentile(quiet, 99) }
      return [
        {
          claim: `PostgreSQL: ${count.toLocaleString('en')} fixes of a spool, one a request, go in`,
          // The drain began with the app, some moments before the clock.
          measured: left / seconds,
          unit: 'fixes/s',
          target: 5_000,
          better: 'higher',
          detail: `the last ${left.toLocaleString('en')} in ${seconds.toFixed(1)} s, with ${Math.round(1_000 / commandIntervalMs)} commands/s beside it`,
        },
        {
          claim: 'Commands while the spool goes in, 99th percentile',
          measured: p99.during,
          unit: 'ms',
          target: 100,
          better: 'lower',
          detail:
            `${during.length} commands, median ${percentile(during, 50).toFixed(1)} ms; afterwards ` +
            `${percentile(quiet, 50).toFixed(1)} ms and ${p99.quiet.toFixed(1)} ms at the 99th percentile: ` +
            `${(p99.during / p99.quiet).toFixed(1)} times as much`,
        },
      ]
    } finally {
      await fleet.stop()
    }
  } finally {
    await postgres.stop()
    rmSync(folder, { recursive: true })
  }
}

async function fillSpool(folder: string, outageS: number): Promise<void> {
  const quiet = () => undefined
  const spool = await Spool.open({
    folder,
    maxBytes: 2 ** 30,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  })
  const startMs = Date.now() - outageS * 1_000
  for (let second = 0; second < outageS; second++) {
    const timeMs = startMs + second * 1_000
    const records = Array.from({ length: trackers }, (_, tracker) => ({
      receivedAtMs: timeMs + Math.floor((tracker / trackers) * 1_000),
      fixes: [makeFix(tracker, timeMs)],
      heartbeats: [],
    }))
    if (!(await spool.write(records))) throw new Error('The spool is full.')
  }
  await spool.close()
}

function makeFix(tracker: number, time: number): SpooledFix {
  const angle = tracker + (time / 1_000) * 0.005
  return {
    device: `bench-${tracker}`,
    time,
    lat: 52.37 + 0.009 * Math.sin(angle),
    lon: 4.89 + 0.0147 * Math.cos(angle),
    speed_mps: 5.1,
    heading_deg: 270.5,
    accuracy_m: 4.8,
    altitude_m: 2.1,
    battery_pct: 83,
    charging: false,
    attributes: null,
    bike_no: tracker + 1,
    courier_no: null,
  }
}

async function signIn(url: string, link: string): Promise<ApiClient> {
  const response = await fetch(`${url}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: link.slice(link.lastIndexOf('/') + 1) }),
  })
  return createClient(url, fetch, { cookie: response.headers.getSetCookie()[0]!.split(';')[0]! })
}

/** @returns how long each command took, in milliseconds, until `isOver` */
async function measureCommands(client: ApiClient, isOver: () => Promise<boolean>): Promise<number[]> {
  const latencies: number[] = []
  const pending: Promise<void>[] = []
  let dueMs = performance.now()
  for (let i = 0; i % 25 !== 0 || !(await isOver()); i++) {
    const description = `command ${i} of ${dueMs}`
    const sentMs = dueMs
    pending.push(
      client
        .call('createIssue', { body: { kind: 'other', reporter: 'dispatcher', description } })
        .then(() => void latencies.push(performance.now() - sentMs)),
    )
    dueMs += commandIntervalMs
    await sleep(Math.max(0, dueMs - performance.now()))
  }
  await Promise.all(pending)
  return latencies
}

async function spooledFixes(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^fleet_spool_fixes (\S+)$/m.exec(text)![1])
}

async function countPositions(server: PostgresServer, database: string): Promise<number> {
  const { host, port, user, password } = server
  const client = new Client({ host, port, user, password, database })
  await client.connect()
  try {
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM position')
    return Number(rows[0]!.count)
  } finally {
    await client.end()
  }
}

if (import.meta.main) printResults(await run())
