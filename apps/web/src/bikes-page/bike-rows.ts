import { unsaid } from '@fleet/api'
import {
  batteryRangeM,
  type Bike,
  type BikeKind,
  type BikeStatus,
  bikeStatuses,
  type Courier,
  type ServiceEntry,
} from '@fleet/domain'
import type { MarkerColumns } from '../live/marker-columns.ts'
import type { Registry } from '../live/registry.ts'
import { couriersByBike, searchText } from '../live-page/fleet-index.ts'
import { wordsOf } from '../palette/palette-match.ts'
import type { Sort, TableRow } from '../table/column.ts'
import { type Due, dues, nextService, type NextService } from './service-due.ts'

/** A bike with what its newest fix says; null for what was never said. */
export interface BikeRow extends TableRow {
  readonly bike: Bike
  readonly batteryPct: number | null
  readonly charging: boolean
  /** For those with a motor. */
  readonly rangeM: number | null
  readonly odometerM: number | null
  /** Age of the newest fix. */
  readonly ageMs: number | null
  readonly rider: Courier | null
  readonly openIssueCount: number
  readonly service: NextService | null
}

export interface BikeQuery {
  readonly search: string
  /** Empty: all. */
  readonly statuses: readonly BikeStatus[]
  readonly kinds: readonly BikeKind[]
  readonly dues: readonly Due[]
  readonly sort: Sort
}

export const bikeSortColumns = [
  'code',
  'status',
  'kind',
  'battery',
  'odometer',
  'seen',
  'rider',
  'issues',
  'service',
] as const
type BikeSortColumn = (typeof bikeSortColumns)[number]
export const bikesInOrder: Sort = { column: 'code', descending: false }

export interface BikeRows {
  readonly rows: readonly BikeRow[]
  /** Bikes that search, kind and service find, by status, whatever the status filter says. */
  readonly counts: Readonly<Record<BikeStatus, number>>
}

/**
 * Searches, filters and sorts the registry of bikes; what was never said comes last either way.
 *
 * @param dueService what is to be done again, by the bike's id
 */
export function createBikeRows(
  registry: Registry,
  markers: MarkerColumns,
  dueService: ReadonlyMap<string, readonly ServiceEntry[]>,
  query: BikeQuery,
  nowMs: number,
): BikeRows {
  const words = wordsOf(query.search)
  const riders = couriersByBike(registry.couriers)
  const openIssues = countOpenIssues(registry.issues)
  const counts = Object.fromEntries(bikeStatuses.map((status) => [status, 0])) as Record<BikeStatus, number>
  const rows: BikeRow[] = []
  for (const bike of registry.bikes.values()) {
    if (query.kinds.length > 0 && !query.kinds.includes(bike.kind)) continue
    if (words.length > 0) {
      const text = searchText(registry, bike)
      if (!words.every((word) => text.includes(word))) continue
    }
    const readings = readingsOf(bike, markers, nowMs)
    const odometerKm = readings.odometerM === null ? null : readings.odometerM / 1000
    const service = nextService(dueService.get(bike.id) ?? [], nowMs, odometerKm)
    if (query.dues.length > 0 && (service === null || !query.dues.includes(service.due))) continue
    counts[bike.status]++
    if (query.statuses.length > 0 && !query.statuses.includes(bike.status)) continue
    rows.push({
      id: bike.id,
      version: bike.version,
      bike,
      ...readings,
      rider: riders.get(bike.id) ?? null,
      openIssueCount: openIssues.get(bike.id) ?? 0,
      service,
    })
  }
  const { column, descending } = query.sort
  const key = sortKeys[column as BikeSortColumn] ?? sortKeys.code
  rows.sort((a, b) => compareKeys(key(a), key(b), descending) || compareText(a.bike.code, b.bike.code))
  return { rows, counts }
}

export function readingsOf(
  bike: Bike,
  markers: MarkerColumns,
  nowMs: number,
): Pick<BikeRow, 'batteryPct' | 'charging' | 'rangeM' | 'odometerM' | 'ageMs'> {
  const slot = markers.slotOfNo.get(bike.no)
  if (slot === undefined || markers.fixTimeMs[slot] === 0)
    return { batteryPct: null, charging: false, rangeM: null, odometerM: null, ageMs: null }
  const battery = markers.batteryPct[slot]!
  const batteryPct = battery === unsaid ? null : battery
  return {
    batteryPct,
    charging: markers.charging[slot] === 1,
    rangeM: bike.kind === 'e-cargo' && batteryPct !== null ? batteryRangeM(batteryPct) : null,
    odometerM: markers.odometerM[slot]!,
    ageMs: Math.max(0, nowMs - markers.fixTimeMs[slot]!),
  }
}

const sortKeys: Readonly<Record<BikeSortColumn, (row: BikeRow) => string | number | null>> = {
  code: ({ bike }) => bike.code,
  status: ({ bike }) => bikeStatuses.indexOf(bike.status),
  kind: ({ bike }) => bike.kind,
  battery: ({ batteryPct }) => batteryPct,
  odometer: ({ odometerM }) => odometerM,
  // To ten seconds: bikes that report each second would otherwise swap places each second.
  seen: ({ ageMs }) => (ageMs === null ? null : Math.floor(ageMs / 10_000)),
  rider: ({ rider }) => rider?.name ?? null,
  issues: ({ openIssueCount }) => openIssueCount,
  // The most pressing first, then by date; what has none comes after what has.
  service: ({ service }) =>
    service === null ? null : dues.indexOf(service.due) * 1e14 + (service.entry.dueMs ?? 9e13),
}

function compareKeys(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const order = typeof a === 'string' ? compareText(a, String(b)) : a - Number(b)
  return descending ? -order : order
}

const compareText = (a: string, b: string): number => a.localeCompare(b)

function countOpenIssues(issues: Registry['issues']): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { bikeId, status } of issues.values())
    if (bikeId !== null && status !== 'resolved') counts.set(bikeId, (counts.get(bikeId) ?? 0) + 1)
  return counts
}
