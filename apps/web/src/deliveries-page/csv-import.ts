import { mostCommandsAtOnce } from '@fleet/api'
import { type DeliverySize, deliverySizes, type Point, priorities, type Priority } from '@fleet/domain'
import Papa from 'papaparse'
import { type AddressHit, certainHit } from './address-search.ts'
import type { DeliveryFormResult } from './delivery-form.tsx'
import { isStop, parseStopDraft, type StopFault } from './delivery-draft.ts'

/** Needed in every file; the others of csv-export.ts may be left out. */
export const requiredColumns = [
  'pickup_address',
  'pickup_from',
  'pickup_to',
  'dropoff_address',
  'dropoff_from',
  'dropoff_to',
] as const

export type CsvFault =
  /** Of the file as a whole. */
  | { readonly kind: 'columns'; readonly columns: readonly string[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'quotes' }
  | { readonly kind: 'too_many'; readonly most: number }
  /** Of one cell. */
  | { readonly kind: StopFault | 'size' | 'priority'; readonly column: string; readonly text: string }

export interface CsvRow {
  /** As a spreadsheet counts: the header is line 1. */
  readonly line: number
  readonly cells: Cells
  /** What would be created; null when something is wrong. */
  readonly delivery: DeliveryFormResult | null
  readonly faults: readonly CsvFault[]
}

export interface CsvPreview {
  readonly faults: readonly CsvFault[]
  readonly rows: readonly CsvRow[]
}

/** All or none of them are created. */
export const mostCsvRows = mostCommandsAtOnce

/** Addresses that may be meant, best first, by what was asked for. */
type Finds = ReadonlyMap<string, readonly AddressHit[]>

/**
 * Reads a file and finds everything that is wrong with it.
 *
 * @param today `2026-11-23`: the day of rows that name none
 * @param lookUp finds addresses; asked once, for all that the file gives no place for, each once
 */
export async function parseDeliveriesCsv(
  text: string,
  today: string,
  lookUp: (addresses: readonly string[]) => Promise<Finds>,
): Promise<CsvPreview> {
  const parsed = Papa.parse<Record<string, string>>(text.replace(/^\uFEFF/, ''), {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (header) => header.trim().toLowerCase().replaceAll(' ', '_'),
    // Our own export puts an apostrophe before what a spreadsheet would take for a formula, like a telephone number.
    transform: (value) => value.trim().replace(/^'(?=[=+\-@])/, ''),
  })
  const missing = requiredColumns.filter((column) => !(parsed.meta.fields ?? []).includes(column))
  if (missing.length > 0) return { faults: [{ kind: 'columns', columns: missing }], rows: [] }
  if (parsed.data.length === 0) return { faults: [{ kind: 'empty' }], rows: [] }
  if (parsed.data.length > mostCsvRows) return { faults: [{ kind: 'too_many', most: mostCsvRows }], rows: [] }
  if (parsed.errors.some(({ type }) => type === 'Quotes')) return { faults: [{ kind: 'quotes' }], rows: [] }

  const finds = await lookUp([...new Set(parsed.data.flatMap(addressesToFind))])
  return { faults: [], rows: parsed.data.map((cells, i) => parseRow(cells, i + 2, today, finds)) }
}

type Cells = Readonly<Record<string, string>>
const stopKinds = ['pickup', 'dropoff'] as const
type StopKind = (typeof stopKinds)[number]

const cellOf = (cells: Cells, kind: StopKind, name: string): string => cells[`${kind}_${name}`] ?? ''
const givenPoint = (cells: Cells, kind: StopKind): Point | null =>
  pointOf(cellOf(cells, kind, 'lat'), cellOf(cells, kind, 'lon'))

const addressesToFind = (cells: Cells): readonly string[] =>
  stopKinds
    .filter((kind) => givenPoint(cells, kind) === null)
    .map((kind) => cellOf(cells, kind, 'address'))
    .filter((address) => address !== '')

function parseRow(cells: Cells, line: number, today: string, finds: Finds): CsvRow {
  const faults: CsvFault[] = []
  const pickup = parseStop(cells, 'pickup', today, finds, faults)
  const dropoff = parseStop(cells, 'dropoff', today, finds, faults)
  const size = cells['size'] || 'small'
  const priority = cells['priority'] || 'normal'
  if (!deliverySizes.includes(size as DeliverySize)) faults.push({ kind: 'size', column: 'size', text: size })
  if (!priorities.includes(priority as Priority))
    faults.push({ kind: 'priority', column: 'priority', text: priority })
  return {
    line,
    cells,
    faults,
    delivery:
      faults.length > 0 || pickup === null || dropoff === null
        ? null
        : { pickup, dropoff, size: size as DeliverySize, priority: priority as Priority },
  }
}

function parseStop(cells: Cells, kind: StopKind, today: string, finds: Finds, faults: CsvFault[]) {
  const cell = (name: string) => cellOf(cells, kind, name)
  const address = cell('address')
  const point = givenPoint(cells, kind) ?? certainHit(address, finds.get(address) ?? [])?.point
  const stop = parseStopDraft({
    where: { address, point: point ?? null },
    date: cells['date'] || today,
    from: cell('from'),
    to: cell('to'),
    contact: cell('contact').slice(0, 120),
    note: cell('note').slice(0, 2000),
  })
  if (isStop(stop)) return stop
  const columnOf: Record<StopFault, string> = {
    address: `${kind}_address`,
    place: `${kind}_address`,
    date: 'date',
    from: `${kind}_from`,
    to: `${kind}_to`,
    order: `${kind}_to`,
  }
  for (const fault of stop) {
    const column = columnOf[fault]
    // Both stops have the same day: it is wrong once.
    if (!faults.some((other) => 'column' in other && other.kind === fault && other.column === column))
      faults.push({ kind: fault, column, text: cells[column] ?? '' })
  }
  return null
}

/** A comma for a point is what Dutch spreadsheets write. */
function pointOf(latText: string, lonText: string): Point | null {
  const [lat, lon] = [latText, lonText].map((text) =>
    /^-?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN,
  ) as [number, number]
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null
}
