import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateData, type MigrationResult, openStore } from '@fleet/store'
import { type PostgresServer, startPostgres } from '@fleet/store/testing'
import { openSqlite } from '../packages/store/src/sqlite/connection.ts'
import { type BenchResult, median, printResults } from './result.ts'

/** 200 trackers, a fix every 10 s for 6 hours a day: 3 million positions in 7 days. */
const devices = 200
const fixesADay = 2_160
const dayMs = 86_400_000
const firstMs = Date.UTC(2026, 2, 2, 8)
const target = 50_000

interface Options {
  readonly days?: number
  readonly rounds?: number
}

/** `fleet migrate` as a person runs it: copying and comparing both count, and so does every commit to the disk. */
export async function run({ days = 7, rounds = 3 }: Options = {}): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  const server = await startPostgres()
  try {
    const file = join(folder, 'fleet.db')
    await fillFile(file, days)
    const [there, back]: [Measured[], Measured[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      const database = await server.createDatabase()
      there.push(await measure(server, file, database, 'to_postgres'))
      back.push(await measure(server, join(folder, `${round}.db`), database, 'to_sqlite'))
    }
    const list = (rates: readonly number[]) =>
      rates.map((rate) => Math.round(rate).toLocaleString('en')).join(', ')
    const result = (claim: string, runs: readonly Measured[]): BenchResult => ({
      claim,
      measured: median(runs.map(({ rate }) => rate)),
      unit: 'positions/s',
      target,
      better: 'higher',
      detail:
        `${(devices * fixesADay * days).toLocaleString('en')} positions, comparison included; ` +
        `runs ${list(runs.map(({ rate }) => rate))}; copying alone ${list(runs.map(({ copying }) => copying))}; ` +
        `memory at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
    })
    return [
      result('`fleet migrate` from SQLite to PostgreSQL', there),
      result('`fleet migrate` from PostgreSQL to SQLite', back),
    ]
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

/** Positions a second. */
interface Measured {
  readonly rate: number
  readonly copying: number
}

async function measure(
  server: PostgresServer,
  file: string,
  database: string,
  direction: 'to_postgres' | 'to_sqlite',
): Promise<Measured> {
  const began = performance.now()
  const result: MigrationResult = await migrateData({
    sqlite: { backend: 'sqlite', file },
    postgres: server.config(database, 2),
    direction,
    restart: false,
    asOfNow: false,
    now: Date.now,
  })
  if (!result.isEqual) throw new Error('The two databases differ')
  const perS = (ms: number) => (result.positions / ms) * 1000
  return { rate: perS(performance.now() - began), copying: perS(result.positionsMs) }
}

async function fillFile(file: string, days: number): Promise<void> {
  await (await openStore({ backend: 'sqlite', file })).close()
  const connection = await openSqlite(file)
  try {
    for (let day = 0; day < days; day++)
      await connection.transaction((db) => {
        db.prepare(
          `WITH RECURSIVE device (no) AS (SELECT 1 UNION ALL SELECT no + 1 FROM device WHERE no < ${devices}),
             fix (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM fix WHERE n < ${fixesADay - 1})
           INSERT INTO position
           SELECT no, $from + n * 10000 + no, 523000000 + (n * 7919 + no) % 900000, 48000000 + (n * 104729) % 900000,
             no, iif(no % 3 = 0, no, NULL), $from + n * 10000 + no + 350, 3.5 + (n % 100) / 37.0, (n * 13) % 360,
             3.5 + n % 9, NULL, 77, 0, iif(n % 50 = 0, 'inaccurate', NULL), NULL
           FROM device CROSS JOIN fix`,
        ).run({ $from: firstMs + day * dayMs })
      })
  } finally {
    await connection.close()
  }
}

if (import.meta.main) printResults(await run())
