import { dayMs } from '@fleet/domain'
import { DigestSum, type Digest } from './digest.ts'
import type { MigrationStep } from './migrate-data.ts'
import type { Settings, Side } from './side.ts'
import { positionTable, type Table } from './tables.ts'

/** One line of the table that is shown in the end. */
export interface Comparison {
  /** A table, `settings`, or `position 2026-03-02`. */
  readonly name: string
  readonly source: Digest
  readonly target: Digest
  readonly isEqual: boolean
}

interface Options {
  /** Of the source, as they were written: an app that goes on gives out numbers meanwhile. */
  readonly settings: Settings
  /** What the source holds, for the progress. */
  readonly rows: Readonly<Record<string, number>>
  readonly signal?: AbortSignal | undefined
  readonly report: (step: MigrationStep) => void
}

const nothing = new DigestSum().digest()

/** Counts and checksums of every table, and of every day of positions, from both sides at once. */
export async function compareSides(
  source: Side,
  target: Side,
  tables: readonly Table[],
  { settings, rows, signal, report }: Options,
): Promise<readonly Comparison[]> {
  const totalRows = Object.values(rows).reduce((total, count) => total + count, 0)
  const comparisons = [
    compare('settings', digestSettings(settings), digestSettings(await target.readSettings())),
  ]
  let done = 0
  for (const table of tables) {
    signal?.throwIfAborted()
    report({ phase: 'checking', table: table.name, rows: done, totalRows })
    if (table.name === positionTable) comparisons.push(...(await compareDays(source, target, table)))
    else {
      const [there, here] = await Promise.all([source.digest(table), target.digest(table)])
      comparisons.push(compare(table.name, there, here))
    }
    done += rows[table.name] ?? 0
  }
  return comparisons
}

async function compareDays(source: Side, target: Side, table: Table): Promise<readonly Comparison[]> {
  const [there, here] = await Promise.all([source.digestDays(table), target.digestDays(table)])
  return [...new Set([...there.keys(), ...here.keys()])]
    .toSorted((a, b) => a - b)
    .map((day) =>
      compare(
        `${table.name} ${new Date(day * dayMs).toISOString().slice(0, 10)}`,
        there.get(day) ?? nothing,
        here.get(day) ?? nothing,
      ),
    )
}

function digestSettings({ meta, counters }: Settings): Digest {
  const sum = new DigestSum()
  for (const entry of [...Object.entries(meta), ...Object.entries(counters)]) sum.add(JSON.stringify(entry))
  return sum.digest()
}

function compare(name: string, source: Digest, target: Digest): Comparison {
  const isEqual = source.rows === target.rows && source.checksum === target.checksum
  return { name, source, target, isEqual }
}
