import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres, type PostgresServer } from '@fleet/store/testing'
import type { PositionStore } from '../packages/store/src/positions-port.ts'
import type { ResolvedFix } from '../packages/store/src/port.ts'
import { createPostgresConnection } from '../packages/store/src/postgres/connection.ts'
import { migratePostgres } from '../packages/store/src/postgres/migrate.ts'
import { createPostgresPositions } from '../packages/store/src/postgres/positions.ts'
import { openSqlite } from '../packages/store/src/sqlite/connection.ts'
import { migrateSqlite } from '../packages/store/src/sqlite/migrate.ts'
import { createSqlitePositions } from '../packages/store/src/sqlite/positions.ts'
import { type BenchResult, median, printResults } from './result.ts'

const devices = 200
const startMs = Date.UTC(2025, 5, 15, 6)

/** How fixes come: how many in one transaction, how many of these under way, and what is claimed of it. */
interface Shape {
  readonly batch: number
  readonly inFlight: number
  readonly target: number
}

interface Options {
  readonly fixes?: number
  readonly rounds?: number
  readonly sqlite?: readonly Shape[]
  readonly postgres?: readonly Shape[]
}

/** SQLite has one writer, and more than one under way would only wait. */
const sqliteShapes: readonly Shape[] = [
  { batch: 1000, inFlight: 1, target: 0.7 },
  { batch: 5000, inFlight: 1, target: 0.7 },
]
/** The peer pays for one commit; what a commit costs shows in the smaller batch. */
const postgresShapes: readonly Shape[] = [
  { batch: 1000, inFlight: 2, target: 0.5 },
  { batch: 5000, inFlight: 1, target: 0.7 },
  { batch: 5000, inFlight: 2, target: 0.7 },
]

/**
 * The store alone, without HTTP: fixes of 200 trackers in the order of time, each tracker known from the day before.
 * Beside the position itself the store keeps the marker, the odometer and the last contact, and knows repeats.
 */
export async function run(options: Options = {}): Promise<BenchResult[]> {
  const { fixes: count = 60_000, rounds = 5, sqlite = sqliteShapes, postgres = postgresShapes } = options
  const fixes = makeFixes(count)
  return [...(await runSqlite(fixes, rounds, sqlite)), ...(await runPostgres(fixes, rounds, postgres))]
}

function makeFixes(count: number): readonly ResolvedFix[] {
  return Array.from({ length: count }, (_, i) => {
    const deviceNo = (i % devices) + 1
    return {
      deviceNo,
      bikeNo: deviceNo,
      courierNo: deviceNo % 3 === 0 ? deviceNo : null,
      lat: 52.3 + ((i * 7919) % 900_000) / 1e7,
      lon: 4.8 + ((i * 104_729) % 900_000) / 1e7,
      timeMs: startMs + Math.floor(i / devices) * 10_000 + deviceNo,
      speedMps: 3 + (i % 100) / 37,
      headingDeg: (i * 13) % 360,
      accuracyM: 3.5 + (i % 9),
      altitudeM: null,
      batteryPct: 77,
      charging: false,
      attributes: null,
      flag: null,
      riddenM: 31.5,
    }
  })
}

/** Fixes a second of `store`, which has met the trackers before. */
async function storeAll(
  store: Pick<PositionStore<never>, 'appendFixes'>,
  fixes: readonly ResolvedFix[],
  { batch, inFlight }: Shape,
): Promise<number> {
  const dayBefore = fixes
    .slice(0, devices)
    .map((fix) => Object.assign({}, fix, { timeMs: fix.timeMs - 7200_000 }))
  await store.appendFixes({ receivedAtMs: startMs, fixes: dayBefore, heartbeats: [] })
  let next = 0
  let stored = 0
  const worker = async () => {
    while (next < fixes.length) {
      const slice = fixes.slice(next, (next += batch))
      const receivedAtMs = slice.at(-1)!.timeMs + 300
      const result = await store.appendFixes({ receivedAtMs, fixes: slice, heartbeats: [] })
      for (const one of result.stored) if (one) stored++
    }
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: inFlight }, worker))
  const seconds = (performance.now() - started) / 1000
  if (stored !== fixes.length) throw new Error(`${stored} of ${fixes.length} fixes were stored`)
  return fixes.length / seconds
}

function toResult(
  claim: string,
  target: number,
  ours: readonly number[],
  peer: string,
  theirs: readonly number[],
): BenchResult {
  const ratios = ours.map((rate, i) => rate / theirs[i]!)
  return {
    claim,
    measured: median(ratios),
    unit: 'ratio',
    target,
    better: 'higher',
    detail:
      `${Math.round(median(ours)).toLocaleString('en')} fixes/s against ${peer} ` +
      `${Math.round(median(theirs)).toLocaleString('en')}; ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`,
  }
}

async function runSqlite(
  fixes: readonly ResolvedFix[],
  rounds: number,
  shapes: readonly Shape[],
): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const shape of shapes) {
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < rounds; round++) {
      theirs.push(await onSqlite((connection) => insertRaw(connection, fixes, shape.batch)))
      ours.push(await onSqlite((connection) => storeAll(createSqlitePositions(connection), fixes, shape)))
    }
    results.push(
      toResult(
        `SQLite stores fixes, ${shape.batch} a transaction`,
        shape.target,
        ours,
        'raw prepared inserts of the same rows in the same transactions:',
        theirs,
      ),
    )
  }
  return results
}

async function onSqlite<T>(
  work: (connection: Awaited<ReturnType<typeof openSqlite>>) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  try {
    const connection = await openSqlite(join(folder, 'fleet.db'))
    try {
      await migrateSqlite(connection, 0)
      return await work(connection)
    } finally {
      await connection.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function insertRaw(
  connection: Awaited<ReturnType<typeof openSqlite>>,
  fixes: readonly ResolvedFix[],
  batch: number,
): Promise<number> {
  const rows = fixes.map((fix) => [
    fix.deviceNo,
    fix.timeMs,
    Math.round(fix.lat * 1e7),
    Math.round(fix.lon * 1e7),
    fix.bikeNo,
    fix.courierNo,
    fix.timeMs + 300,
    fix.speedMps,
    fix.headingDeg,
    fix.accuracyM,
    fix.altitudeM,
    fix.batteryPct,
    0,
    null,
    null,
  ])
  const started = performance.now()
  for (let at = 0; at < rows.length; at += batch)
    await connection.transaction((db) => {
      const insert = db.prepare(`INSERT INTO position VALUES (${Array(15).fill('?').join(', ')})`)
      for (const row of rows.slice(at, at + batch)) insert.run(...row)
    })
  return (fixes.length / (performance.now() - started)) * 1000
}

async function runPostgres(
  fixes: readonly ResolvedFix[],
  rounds: number,
  shapes: readonly Shape[],
): Promise<BenchResult[]> {
  const server = await startPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  try {
    const file = join(folder, 'positions.txt')
    writeFileSync(file, fixes.map(toCopyLine).join(''))
    const results: BenchResult[] = []
    for (const shape of shapes) {
      const ours: number[] = []
      const theirs: number[] = []
      for (let round = 0; round < rounds; round++) {
        theirs.push(
          await onPostgres(server, async (database) => copyFile(server, database, file, fixes.length)),
        )
        ours.push(await onPostgres(server, (_, store) => storeAll(store, fixes, shape)))
      }
      const underWay = shape.inFlight === 1 ? '' : `, ${shape.inFlight} under way`
      results.push(
        toResult(
          `PostgreSQL stores fixes, ${shape.batch} a transaction${underWay}`,
          shape.target,
          ours,
          'psql \\copy of the same rows into the same table, in one transaction:',
          theirs,
        ),
      )
    }
    return results
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

async function onPostgres<T>(
  server: PostgresServer,
  work: (database: string, store: Pick<PositionStore<never>, 'appendFixes'>) => Promise<T>,
): Promise<T> {
  const database = await server.createDatabase()
  const connection = createPostgresConnection(server.config(database, 4))
  try {
    await migratePostgres(connection, 0)
    const store = createPostgresPositions(connection)
    await store.maintainPositions(startMs, 90)
    // What earlier rounds left to be written must not be written during this one.
    await connection.withClient((client) => client.query('CHECKPOINT'))
    return await work(database, store)
  } finally {
    await connection.close()
  }
}

function copyFile(server: PostgresServer, database: string, file: string, rows: number): number {
  const columns =
    'device_no, time, lat_e7, lon_e7, bike_no, courier_no, received_at, speed_mps, heading_deg, accuracy_m, battery_pct, charging'
  const started = performance.now()
  execFileSync(
    join(server.binDir, 'psql'),
    [
      ['-h', server.host, '-p', String(server.port), '-U', server.user, '-d', database],
      ['-v', 'ON_ERROR_STOP=1', '-qc', `\\copy position (${columns}) from '${file}'`],
    ].flat(),
    { env: { ...process.env, PGPASSWORD: server.password } },
  )
  return (rows / (performance.now() - started)) * 1000
}

function toCopyLine(fix: ResolvedFix): string {
  return `${[
    fix.deviceNo,
    new Date(fix.timeMs).toISOString(),
    Math.round(fix.lat * 1e7),
    Math.round(fix.lon * 1e7),
    fix.bikeNo,
    fix.courierNo ?? '\\N',
    new Date(fix.timeMs + 300).toISOString(),
    fix.speedMps,
    fix.headingDeg,
    fix.accuracyM,
    fix.batteryPct,
    'f',
  ].join('\t')}\n`
}

/** What `ingest-http.ts` is compared with: fixes a second of raw prepared inserts, of psql copying the same rows. */
export const measureRawInserts = (fixes: number, batch: number): Promise<number> =>
  onSqlite((connection) => insertRaw(connection, makeFixes(fixes), batch))

export async function measureCopy(server: PostgresServer, fixes: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  try {
    const file = join(folder, 'positions.txt')
    writeFileSync(file, makeFixes(fixes).map(toCopyLine).join(''))
    return await onPostgres(server, async (database) => copyFile(server, database, file, fixes))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (import.meta.main) printResults(await run())
