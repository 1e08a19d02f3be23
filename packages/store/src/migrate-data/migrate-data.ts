import { AppError } from '@fleet/domain'
import type { PostgresConfig, SqliteConfig } from '../config.ts'
import { translatePostgresError } from '../postgres/errors.ts'
import { translateSqliteError } from '../sqlite/errors.ts'
import { compareSides, type Comparison } from './compare.ts'
import { openPostgresSide } from './postgres-side.ts'
import type { Side } from './side.ts'
import { openSqliteSide } from './sqlite-side.ts'
import { positionTable, readTables, type Table } from './tables.ts'
import type { Place, Progress, Stamp } from './unfinished.ts'

export interface MigrationOptions {
  readonly sqlite: SqliteConfig
  readonly postgres: PostgresConfig
  readonly direction: 'to_postgres' | 'to_sqlite'
  /** Throws away what an unfinished migration has copied and begins again. */
  readonly restart: boolean
  /** Copies PostgreSQL as it is at this moment, though the app goes on writing to it. */
  readonly asOfNow: boolean
  readonly now: () => number
  /** Ends it between two transactions; it throws the signal's reason. */
  readonly signal?: AbortSignal
  readonly report?: (step: MigrationStep) => void
}

export interface MigrationStep {
  readonly phase: 'copying' | 'checking'
  readonly table: string
  /** Of all tables, in this phase; what an earlier run copied counts. */
  readonly rows: number
  readonly totalRows: number
}

export interface MigrationResult {
  readonly source: string
  readonly target: string
  /** Rows that earlier runs had copied. */
  readonly resumedRows: number
  readonly rows: number
  /** Positions that this run copied, and how long that took. */
  readonly positions: number
  readonly positionsMs: number
  /** All of them equal: the target is the app's now. Else it stays marked as not finished. */
  readonly isEqual: boolean
  readonly comparisons: readonly Comparison[]
}

/**
 * Copies everything from one database to the other and compares both in the end. The app goes on where it was: with the same
 * ids, numbers and codes, the same next ones, sessions, idempotency records and undo. The change log keeps its lines and
 * seqs under a name of its own, so screens begin with a fresh picture.
 *
 * If the process dies,
 * - before the mark is set (`Side.begin`): the target is an empty database, and the next run begins;
 * - between two batches: rows, and how far they lead, are one transaction, so the next run goes on behind the last row;
 * - within a batch, or when the answer to its commit is lost: the next run reads from the target which of both it was;
 * - after the last batch: the settings are written again, which changes nothing, and all is compared again;
 * - while the mark is removed: with the mark the next run compares again, without it the migration is finished.
 * All that time `openStore` refuses the target. The source is only read.
 *
 * @throws AppError migration_refused (with the fix), schema_too_new, database_unavailable, storage_failed
 */
export async function runMigration(options: MigrationOptions): Promise<MigrationResult> {
  const { sqlite, postgres, direction, asOfNow, now } = options
  const [sqliteRole, postgresRole] =
    direction === 'to_postgres' ? (['source', 'target'] as const) : (['target', 'source'] as const)
  const postgresLocation = `${postgres.host}:${postgres.port}/${postgres.database}`
  const opened: Side[] = []
  try {
    const fileSide = await openSqliteSide(sqlite.file, sqliteRole, now())
    opened.push(fileSide)
    const serverSide = await openPostgresSide(postgres, postgresRole, { asOfNow, nowMs: now() })
    opened.push(serverSide)
    const tables = await readTables(fileSide.db, serverSide.client)
    if (direction === 'to_sqlite') return await migrate(serverSide, fileSide, tables, options)
    return await migrate(fileSide, serverSide, tables, options, () => serverSide.refuseInUse())
  } catch (error) {
    throw translateSqliteError(translatePostgresError(error, postgresLocation), sqlite.file)
  } finally {
    for (const side of opened) await side.close()
  }
}

/** @param checkUnused throws when the app has the target open */
async function migrate(
  source: Side,
  target: Side,
  tables: readonly Table[],
  options: MigrationOptions,
  checkUnused: () => Promise<void> = () => Promise.resolve(),
): Promise<MigrationResult> {
  await checkUnused()
  const stamp = await readStamp(source, tables)
  const progress = await startOrResume(source, target, tables, stamp, options)
  // Once more, for an app that started between the two; from now on the mark refuses it.
  await checkUnused()
  const copied = await copyTables(source, target, tables, progress, options)
  const settings = await source.readSettings()
  await target.writeSettings(settings, tables)
  const { signal, report = () => {} } = options
  const comparisons = await compareSides(source, target, tables, {
    settings,
    rows: stamp.rows,
    signal,
    report,
  })
  if (!options.asOfNow) await checkUnchanged(source, tables, stamp)
  const isEqual = comparisons.every(({ isEqual: equal }) => equal)
  if (isEqual) await target.finish()
  return { source: source.location, target: target.location, ...copied, isEqual, comparisons }
}

async function readStamp(side: Side, tables: readonly Table[]): Promise<Stamp> {
  return { ...(await side.readLog()), rows: await side.countRows(tables) }
}

/** @throws AppError migration_refused */
async function startOrResume(
  source: Side,
  target: Side,
  tables: readonly Table[],
  stamp: Stamp,
  { restart }: MigrationOptions,
): Promise<Progress> {
  const unfinished = await target.readProgress()
  if (unfinished && !restart) {
    const changes = describeChanges(unfinished.stamp, stamp)
    if (changes.length === 0) return unfinished
    throw new AppError(
      'migration_refused',
      `${target.location} has a copy of ${unfinished.source} that is not finished, and the source is another by now: ` +
        `${changes.join('; ')}.`,
      { fix: 'Run the same command with --restart to begin again.' },
    )
  }
  if (!unfinished) {
    const there = Object.entries(await target.countRows(tables)).filter(([, rows]) => rows > 0)
    if (there.length > 0)
      throw new AppError(
        'migration_refused',
        `${target.location} is not empty: it has ${there.map(([name, rows]) => `${rows} ${name}`).join(', ')}.`,
        { fix: 'Name an empty database, or a file that does not exist yet.' },
      )
  }
  const progress: Progress = { source: source.location, stamp, places: {} }
  await target.begin(unfinished ? tables : [], progress)
  return progress
}

/** What a person is told of two moments of a source; nothing when they are the same. */
function describeChanges(then: Stamp, now: Stamp): readonly string[] {
  if (then.logId !== now.logId) return ['it is another database']
  const changes = then.headSeq === now.headSeq ? [] : [`its log went from ${then.headSeq} to ${now.headSeq}`]
  for (const [name, rows] of Object.entries(now.rows))
    if (then.rows[name] !== rows) changes.push(`${name} had ${then.rows[name] ?? 0} rows and has ${rows}`)
  return changes
}

async function copyTables(
  source: Side,
  target: Side,
  tables: readonly Table[],
  { source: location, stamp, places: begun }: Progress,
  { signal, report = () => {}, now }: MigrationOptions,
): Promise<Pick<MigrationResult, 'rows' | 'resumedRows' | 'positions' | 'positionsMs'>> {
  const totalRows = sum(Object.values(stamp.rows))
  const resumedRows = sum(Object.values(begun).map(({ rows }) => rows))
  const places: Record<string, Place> = { ...begun }
  let rows = resumedRows
  let [positions, positionsMs] = [0, 0]
  for (const table of tables) {
    const startedMs = now()
    const rowsBefore = rows
    let writing = Promise.resolve()
    for await (const batch of source.read(table, places[table.name]?.after ?? [])) {
      // One batch is read while the one before it is written.
      await writing
      signal?.throwIfAborted()
      const last = batch.at(-1)
      if (!last) continue
      places[table.name] = {
        rows: (places[table.name]?.rows ?? 0) + batch.length,
        after: table.key.map((at) => last[at]!),
      }
      rows += batch.length
      report({ phase: 'copying', table: table.name, rows, totalRows })
      writing = target.write(table, batch, { source: location, stamp, places: { ...places } })
      // It is awaited above; until then nobody must take its failure for one that nobody looks at.
      writing.catch(() => {})
    }
    await writing
    if (table.name === positionTable) [positions, positionsMs] = [rows - rowsBefore, now() - startedMs]
  }
  return { rows, resumedRows, positions, positionsMs }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** @throws AppError migration_refused when somebody wrote to the source meanwhile */
async function checkUnchanged(source: Side, tables: readonly Table[], stamp: Stamp): Promise<void> {
  await source.endSnapshot()
  const changes = describeChanges(stamp, await readStamp(source, tables))
  if (changes.length > 0)
    throw new AppError(
      'migration_refused',
      `${source.location} was written to while it was copied: ${changes.join('; ')}.`,
      { fix: 'Stop the app everywhere and run the same command with --restart.' },
    )
}
