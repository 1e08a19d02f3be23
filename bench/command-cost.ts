import type { PostgresConfig } from '@fleet/store'
import { startPostgres, type PostgresServer } from '@fleet/store/testing'
import { signInByLink } from '../apps/fleet/testing/fleet-process.ts'
import { startChild, startFleet } from './child.ts'
import type { HttpLoad, HttpLoadResult } from './http-load.ts'
import { type BenchResult, median, printResults } from './result.ts'

const bikes = 200
/** As many as the app has connections to the database, PG_POOL_SIZE: what a busy control room asks for at once. */
const atOnce = 10

interface Options {
  readonly rounds?: number
  readonly measureMs?: number
}

interface Round {
  readonly perS: number
  readonly p99Ms: number
}

/** With and without, turn about. */
interface Rounds {
  readonly with: Round[]
  readonly without: Round[]
}

/**
 * What it costs that a command is recorded under its key and written to the change log: the app, and beside it the same
 * app that does neither (`openBareStore`), each in a process of its own, changing bikes through the API. Turn about, on
 * one PostgreSQL; without and with a synchronous standby, as the cluster has.
 */
export async function run({ rounds = 25, measureMs = 1_000 }: Options = {}): Promise<BenchResult[]> {
  const alone = await startPostgres()
  try {
    const results = await compare('one PostgreSQL', alone, rounds, measureMs)
    const standby = await alone.startStandby()
    try {
      await makeSynchronous(alone)
      return [...results, ...(await compare('with a synchronous standby', alone, rounds, measureMs))]
    } finally {
      await standby.stop()
    }
  } finally {
    await alone.stop()
  }
}

async function compare(
  where: string,
  postgres: PostgresServer,
  rounds: number,
  measureMs: number,
): Promise<BenchResult[]> {
  const configs = {
    with: postgres.config(await postgres.createDatabase(), atOnce),
    without: postgres.config(await postgres.createDatabase(), atOnce),
  }
  const fleets = {
    with: await startFleet({ config: configs.with, bikes }),
    without: await startFleet({ config: configs.without, bikes, isBare: true }),
  }
  const acknowledged = { with: 0, without: 0 }
  const measured: Rounds = { with: [], without: [] }
  try {
    const cookies = { with: await signIn(fleets.with.first), without: await signIn(fleets.without.first) }
    for (let round = 0; round < rounds; round++)
      for (const name of round % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const)) {
        const { url, bikeIds } = fleets[name].first
        const result = await putLoad({
          kind: 'commands',
          port: Number(new URL(url).port),
          connections: atOnce,
          cookie: cookies[name],
          bikeIds,
          // In the first round a server compiles its code: that is not what is compared.
          warmUpMs: round === 0 ? 6_000 : 200,
          measureMs,
        })
        acknowledged[name] += result.acknowledged
        measured[name].push({
          perS: (result.fixes / result.elapsedMs) * 1_000,
          p99Ms: result.latencyMs.p99,
        })
      }
    await checkRecords(postgres, configs.with, (records) => records >= acknowledged.with)
    await checkRecords(postgres, configs.without, (records) => records < acknowledged.without / 100)
  } finally {
    await fleets.with.stop()
    await fleets.without.stop()
  }
  return [
    judge(`${where}: as many a second`, 'perS', measured, { unit: '/s', better: 'higher', target: 0.75 }),
    judge(`${where}: the 99th percentile`, 'p99Ms', measured, { unit: 'ms', better: 'lower', target: 1.25 }),
  ]
}

const signIn = ({ url, signInLink }: { url: string; signInLink: string | null }) =>
  signInByLink({ url, signInLink: signInLink! })

async function putLoad(load: HttpLoad): Promise<HttpLoadResult> {
  const child = await startChild<HttpLoadResult>('http-load.ts', load)
  await child.stop()
  if (child.first.refused > 0) throw new Error(`${child.first.refused} commands were not answered 2xx`)
  return child.first
}

/** @throws Error when what was measured did not do what it is named for */
async function checkRecords(
  postgres: PostgresServer,
  { database }: PostgresConfig,
  isRight: (records: number) => boolean,
): Promise<void> {
  const client = await postgres.connect(database)
  const { rows } = await client.query<{ records: string; lines: string }>(
    `SELECT (SELECT count(*) FROM idempotency) AS records, (SELECT count(*) FROM changes WHERE version > 1) AS lines`,
  )
  await client.end()
  const { records, lines } = rows[0]!
  if (!isRight(Number(records)) || !isRight(Number(lines)))
    throw new Error(`${database} has ${records} records and ${lines} lines in the change log`)
}

async function makeSynchronous(postgres: PostgresServer): Promise<void> {
  const client = await postgres.connect()
  await client.query(`ALTER SYSTEM SET synchronous_standby_names = '*'`)
  await client.query('SELECT pg_reload_conf()')
  await client.end()
}

function judge(
  what: string,
  figure: keyof Round,
  measured: Rounds,
  { unit, better, target }: { unit: string; better: BenchResult['better']; target: number },
): BenchResult {
  const figures = (rounds: readonly Round[]) => rounds.map((round) => round[figure])
  const ratios = measured.with.map((round, i) => round[figure] / measured.without[i]![figure])
  const show = (values: readonly number[], digits: number) =>
    [Math.min(...values), median(values), Math.max(...values)]
      .map((value) => value.toFixed(digits))
      .join(' / ')
  return {
    claim: `Commands through the API with their record and their lines in the change log, beside without, ${what}`,
    measured: median(ratios),
    unit: 'ratio',
    target,
    better,
    detail:
      `min / median / max of ${ratios.length} rounds: ratio ${show(ratios, 2)}; ` +
      `with ${show(figures(measured.with), 1)} ${unit}, without ${show(figures(measured.without), 1)} ${unit}`,
  }
}

if (import.meta.main) printResults(await run())
