import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import type { SqliteConfig, PostgresConfig } from '@fleet/store'
import { startPostgres, type PostgresServer } from '@fleet/store/testing'
import { startChild, startFleet } from './child.ts'
import type { HttpLoad, HttpLoadResult } from './http-load.ts'
import { measureCopy, measureRawInserts } from './ingest-store.ts'
import { type BenchResult, median, printResults } from './result.ts'

const trackers = 200
const batchSize = 1_000
const batchConnections = 8

interface Options {
  readonly rounds?: number
  /** Fixes of one round of batches. */
  readonly fixes?: number
  readonly measureMs?: number
}

/**
 * Ingest over HTTP: server, load generator and database each in their own process on this machine. Every 2xx is
 * counted against the rows of the database afterwards: an answer for a fix that is not there fails the run.
 */
export async function run(options: Options = {}): Promise<BenchResult[]> {
  const { rounds = 5, fixes = 120_000, measureMs = 5_000 } = options
  const postgres = await startPostgres()
  try {
    return [
      await compareBatches('SQLite', 'raw prepared inserts', rounds, fixes, onSqlite, () =>
        // In transactions as large as ingest makes them from requests that wait.
        measureRawInserts(fixes, 5 * batchSize),
      ),
      await compareBatches('PostgreSQL', 'psql \\copy', rounds, fixes, onPostgres(postgres), () =>
        measureCopy(postgres, fixes),
      ),
      await measureSingles('SQLite', measureMs, onSqlite),
      await measureSingles('PostgreSQL', measureMs, onPostgres(postgres)),
    ]
  } finally {
    await postgres.stop()
  }
}

/** Runs `work` on a new database and counts its positions afterwards. */
type OnDatabase = (
  work: (config: SqliteConfig | PostgresConfig) => Promise<HttpLoadResult>,
) => Promise<HttpLoadResult>

async function compareBatches(
  backend: string,
  peer: string,
  rounds: number,
  fixes: number,
  onDatabase: OnDatabase,
  measurePeer: () => Promise<number>,
): Promise<BenchResult> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    theirs.push(await measurePeer())
    const result = await onDatabase((config) =>
      putLoad(config, (ready) => ({
        kind: 'batches',
        port: Number(new URL(ready.url).port),
        connections: batchConnections,
        size: batchSize,
        trackers,
        // A server runs for months: the first seconds, in which its code is compiled, are not what is compared.
        warmUpBatches: 60,
        batches: fixes / batchSize,
      })),
    )
    ours.push((result.fixes / result.elapsedMs) * 1000)
  }
  const ratios = ours.map((rate, i) => rate / theirs[i]!)
  return {
    claim: `${backend}: batches of ${batchSize} over HTTP, ${batchConnections} connections, against ${peer}`,
    measured: median(ratios),
    unit: 'ratio',
    target: 0.5,
    better: 'higher',
    detail:
      `${Math.round(median(ours)).toLocaleString('en')} fixes/s against ${Math.round(median(theirs)).toLocaleString('en')}; ` +
      `ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`,
  }
}

async function measureSingles(
  backend: string,
  measureMs: number,
  onDatabase: OnDatabase,
): Promise<BenchResult> {
  const connections = 200
  const result = await onDatabase((config) =>
    putLoad(config, (ready) => ({
      kind: 'fixes',
      port: Number(new URL(ready.osmandUrl).port),
      connections,
      warmUpMs: 1_500,
      measureMs,
    })),
  )
  const { p50, p99 } = result.latencyMs
  return {
    claim: `${backend}: one fix a request, ${connections} keep-alive connections`,
    measured: (result.fixes / result.elapsedMs) * 1000,
    unit: 'durable fixes/s',
    target: 5_000,
    better: 'higher',
    detail: `answered within ${p50.toFixed(1)} ms (median), ${p99.toFixed(1)} ms (99th percentile)`,
  }
}

async function putLoad(
  config: SqliteConfig | PostgresConfig,
  loadOf: (ready: { url: string; osmandUrl: string }) => HttpLoad,
): Promise<HttpLoadResult> {
  const fleet = await startFleet({ config, bikes: trackers })
  try {
    const load = await startChild<HttpLoadResult>('http-load.ts', loadOf(fleet.first))
    await load.stop()
    return load.first
  } finally {
    await fleet.stop()
  }
}

const onSqlite: OnDatabase = async (work) => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  const file = join(folder, 'fleet.db')
  try {
    const result = await work({ backend: 'sqlite', file })
    const db = new DatabaseSync(file, { readOnly: true })
    const { rows } = db.prepare('SELECT count(*) AS rows FROM position').get() as { rows: number }
    db.close()
    return checkDurable(result, rows)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const onPostgres =
  (server: PostgresServer): OnDatabase =>
  async (work) => {
    const { host, port, user, password } = server
    const database = await server.createDatabase()
    const result = await work(server.config(database, 10))
    const client = new Client({ host, port, user, password, database })
    await client.connect()
    try {
      const counted = await client.query<{ rows: string }>('SELECT count(*) AS rows FROM position')
      return checkDurable(result, Number(counted.rows[0]!.rows))
    } finally {
      await client.end()
    }
  }

/** @throws Error when a fix was answered 2xx and is not in the database, or when any was refused */
function checkDurable(result: HttpLoadResult, rows: number): HttpLoadResult {
  if (rows < result.acknowledged) throw new Error(`${result.acknowledged} fixes answered 2xx, ${rows} stored`)
  if (result.refused > 0) throw new Error(`${result.refused} fixes were not answered 2xx`)
  return result
}

if (import.meta.main) printResults(await run())
