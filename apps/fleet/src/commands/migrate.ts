import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError } from '@fleet/domain'
import {
  migrateData,
  parseStoreConfig,
  type MigrationResult,
  type MigrationStep,
  type PostgresConfig,
} from '@fleet/store'
import { type CommandWorld, defineCommand, StoppedError } from '../command.ts'
import { configurationError } from '../config/serve-config.ts'
import { databaseVariables, type Env } from '../config/settings.ts'
import { createProgress, type Progress } from '../progress.ts'
import { renderTable } from '../table.ts'

/** Stands for the server that PG_HOST and its like name. */
const server = 'postgres'

export const migrate = defineCommand({
  name: 'migrate',
  summary: 'Move the whole database from SQLite to PostgreSQL, or back',
  description:
    'Copies every table, history included, then compares counts and checksums of both sides, positions by day. The\n' +
    'app must be stopped; afterwards it goes on where it was: same ids, numbers and codes, people stay signed in, and\n' +
    'what was done can still be undone. The source is only read.\n' +
    '\n' +
    'Interrupted in any way, the same command goes on where it stopped; until it is done the app refuses the target.',
  options: {
    from: { type: 'string', value: 'FILE|postgres', summary: 'What is copied', required: true },
    to: {
      type: 'string',
      value: 'FILE|postgres',
      summary: 'An empty database, or a new file',
      required: true,
    },
    restart: { type: 'boolean', summary: 'Begin again: throw away what an unfinished migration has copied' },
    snapshot: {
      type: 'boolean',
      summary:
        'Copy PostgreSQL as it is now, though the app goes on; for a copy to look into, not for a move',
    },
  },
  positionals: [],
  examples: [
    { line: 'fleet migrate --from fleet.db --to postgres', says: 'To the cluster that PG_HOST names' },
    {
      line: 'fleet migrate --from postgres --to copy.db --snapshot',
      says: 'A copy for a laptop, of this moment',
    },
  ],
  environment: databaseVariables,
  async run({ options }, world) {
    const { from, to, restart, snapshot } = options
    const file = readFile(from, to)
    const direction = to === server ? ('to_postgres' as const) : ('to_sqlite' as const)
    if (snapshot && direction === 'to_postgres')
      throw new AppError('usage', '--snapshot is for --from postgres.', {
        fix: 'Leave it out and stop the app that uses the file.',
      })
    const progress = new MigrationProgress(world)
    const startedMs = world.now()
    try {
      const result = await migrateData({
        sqlite: { backend: 'sqlite', file },
        postgres: readServer(world.env),
        direction,
        restart,
        asOfNow: snapshot,
        now: world.now,
        signal: world.stop,
        report: (step) => progress.show(step),
      })
      progress.end()
      const seconds = (world.now() - startedMs) / 1000
      return {
        data: { ...result, positionsPerS: positionsPerS(result), seconds },
        text: describe(result, seconds, snapshot),
        exitCode: result.isEqual ? 0 : 1,
      }
    } catch (error) {
      progress.end()
      if (world.stop.aborted && error === world.stop.reason)
        throw new StoppedError('Stopped. Run the same command again to go on from here.')
      throw error
    }
  },
})

/** @returns the one of both that is a file */
function readFile(from: string, to: string): string {
  if (real(from) === real(to))
    throw new AppError('usage', `--from and --to are the same: ${from}.`, {
      fix: `Name a file for one of them, and ${server} for the other.`,
    })
  if (from !== server && to !== server)
    throw new AppError('usage', '--from and --to are both files.', {
      fix: `Name ${server} for one of them. To copy a file, stop the app and copy it.`,
    })
  return from === server ? to : from
}

function real(place: string): string {
  if (place === server) return place
  try {
    return realpathSync(place)
  } catch {
    // It is not there yet.
    return resolve(place)
  }
}

function readServer(env: Env): PostgresConfig {
  if (!env['PG_HOST'])
    throw new AppError(
      'invalid_configuration',
      'PG_HOST is not set, so nobody knows which PostgreSQL is meant.',
      {
        fix: 'Set PG_HOST, PG_USER, PG_PASSWORD and PG_DATABASE as for the app.',
      },
    )
  // The file is named by an option here.
  const parsed = parseStoreConfig({ ...env, FLEET_DB: undefined })
  if (!parsed.ok) throw configurationError(parsed.problems)
  return parsed.config as PostgresConfig
}

/** Rows done, the speed of the table that is copied, and how long it will take. */
class MigrationProgress {
  readonly #world: CommandWorld
  #shown: { readonly phase: MigrationStep['phase']; readonly bar: Progress; readonly first: Mark } | null =
    null
  #table: { readonly name: string; readonly first: Mark } | null = null

  constructor(world: CommandWorld) {
    this.#world = world
  }

  show({ phase, table, rows, totalRows }: MigrationStep): void {
    const at: Mark = { rows, ms: this.#world.now() }
    if (this.#shown?.phase !== phase) {
      this.end()
      const label = phase === 'copying' ? 'Copying' : 'Checking'
      this.#shown = { phase, bar: createProgress(this.#world, label, totalRows), first: at }
      this.#table = null
    }
    if (this.#table?.name !== table) this.#table = { name: table, first: at }
    const rate = rowsPerS(this.#table.first, at)
    const overall = rowsPerS(this.#shown.first, at)
    const notes = [
      table + (rate > 0 ? ` ${Math.round(rate).toLocaleString('en')}/s` : ''),
      ...(overall > 0 ? [`${describeSeconds((totalRows - rows) / overall)} left`] : []),
    ]
    this.#shown.bar.at(rows, notes.join(', '))
  }

  end(): void {
    this.#shown?.bar.end()
  }
}

interface Mark {
  readonly rows: number
  readonly ms: number
}

const rowsPerS = (from: Mark, to: Mark) =>
  to.ms > from.ms ? ((to.rows - from.rows) / (to.ms - from.ms)) * 1000 : 0

function positionsPerS({ positions, positionsMs }: MigrationResult): number | null {
  return positions > 0 && positionsMs > 0 ? Math.round((positions / positionsMs) * 1000) : null
}

const describeSeconds = (seconds: number) =>
  seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`

function describe(result: MigrationResult, seconds: number, asOfNow: boolean): string {
  const { source, target, rows, resumedRows, isEqual, comparisons } = result
  const count = (value: number) => value.toLocaleString('en')
  const speed = positionsPerS(result)
  const table = renderTable(
    ['', 'rows', 'checksum', `rows in ${target}`, 'checksum', 'equal'],
    comparisons.map(({ name, source: there, target: here, isEqual: equal }) => [
      name,
      count(there.rows),
      there.checksum,
      count(here.rows),
      here.checksum,
      equal ? 'yes' : 'NO',
    ]),
  )
  const lines = [
    table,
    '',
    `Copied ${count(rows)} rows from ${source} to ${target}` +
      `${resumedRows > 0 ? `, ${count(resumedRows)} of them before` : ''}, in ${describeSeconds(seconds)}` +
      `${speed === null ? '' : `; ${count(speed)} positions/s`}.`,
    isEqual
      ? `Both hold the same${asOfNow ? ', as of the moment when it began' : `: start the app on ${target}, and no longer on ${source}`}.`
      : `They differ where it says NO: ${target} stays marked as not finished, and the app refuses it. ` +
        'Run the same command with --restart; if they differ again, report it with this table.',
  ]
  return lines.join('\n')
}
